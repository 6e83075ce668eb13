/**
 * Which files a POV-Ray scene names. It is a program, so that names may be put together: what matters is that no file is
 * missed, so that one file more is no harm. A file is taken where a text in quotes ends its path, or where its name
 * begins with one and ends with another.
 */

/** The texts in quotes of a scene's file. */
export function quotedIn(source: string): string[] {
  const texts = new Set<string>();
  for (const [, text = ''] of source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) {
    const plain = text
      .replaceAll('\\\\', '/')
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, '');
    if (plain !== '' && plain.length < 256) texts.add(plain);
  }
  return [...texts];
}

/** A test for paths, of all the texts of the files that are known so far. */
export function namedBy(texts: readonly string[]): (path: string) => boolean {
  const whole = new Set(texts.map((text) => text.replace(/^(\.\.\/)+/, '').toLowerCase()));
  const endings = texts.filter((text) => /^\.?\w{0,12}\.\w{1,8}$/.test(text));
  const beginnings = texts.filter((text) => text.length > 1 || /\w/.test(text));
  return (path) => {
    const parts = path.toLowerCase().split('/');
    for (let k = 0; k < parts.length; k++) {
      const tail = parts.slice(k).join('/');
      if (whole.has(tail) || whole.has(tail.replace(/\.\w+$/, ''))) return true;
    }
    const name = path.split('/').at(-1) as string;
    return (
      endings.some((ending) => name.endsWith(ending)) &&
      (/^\d/.test(name) || beginnings.some((text) => startsWith(path, name, text)))
    );
  };
}

function startsWith(path: string, name: string, text: string): boolean {
  return name.startsWith(text) || path.startsWith(text) || path.includes(`/${text}`);
}

/** What of a scene's sources says that a picture depends on where its rendering begins; undefined: nothing. */
export function divisionHint(sources: readonly { readonly path: string; readonly text: string }[]): string | undefined {
  const plain = sources.map(({ path, text }) => ({ path, text: withoutComments(text) }));
  const at = (word: RegExp) => {
    for (const { path, text } of plain) {
      const found = text.search(word);
      if (found >= 0) return `${path}:${text.slice(0, found).split('\n').length}`;
    }
    return undefined;
  };
  const radiosity = at(/\bradiosity\b(?!\s*(off|0|false)\b)/);
  if (radiosity !== undefined) return `${radiosity} has radiosity`;
  // Jitter of cameras, media and photons does not depend on it.
  const jitter = at(/\barea_light\b/) === undefined ? undefined : at(/\bjitter\b/);
  return jitter === undefined ? undefined : `${jitter} has jitter, beside area lights`;
}

/** Comments and texts in quotes as spaces; line breaks stay. */
export function withoutComments(source: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return source.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, blank);
}
