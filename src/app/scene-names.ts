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

/** Places that say that a picture depends on where its rendering begins: the kind, and its line. */
export function divisionHint(source: string): { readonly what: string; readonly line: number } | undefined {
  const text = withoutComments(source);
  const found = [/\bradiosity\b(?!\s*(off|0|false)\b)/, /\bjitter\b/].flatMap((pattern) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [{ what: pattern.source.includes('radiosity') ? 'radiosity' : 'jitter', at }];
  });
  const [first] = found.sort((a, b) => a.at - b.at);
  return first && { what: first.what, line: text.slice(0, first.at).split('\n').length };
}

/** Comments and texts in quotes as spaces; line breaks stay. */
export function withoutComments(source: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return source.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, blank);
}
