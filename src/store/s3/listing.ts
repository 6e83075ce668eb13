/** The answer to ListObjectsV2: XML of which four elements are read. Names under a key of the store need no decoding. */

export interface S3Object {
  /** Below the listed prefix. */
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970 at which it was put. */
  readonly putAt: number;
}

export interface Page {
  readonly objects: readonly S3Object[];
  /** Where the next page begins; undefined: this is the last one. */
  readonly next: string | undefined;
}

/** `prefix`: that all names begin with; other objects are left out. undefined: it is no such answer. */
export function pageOf(xml: string, prefix: string): Page | undefined {
  if (!/<ListBucketResult[\s>]/.test(xml) || !xml.trimEnd().endsWith('</ListBucketResult>')) return undefined;
  const objects: S3Object[] = [];
  for (const part of xml.split('<Contents>').slice(1)) {
    const [key = '', bytes, putAt] = [
      text(part, 'Key'),
      Number(text(part, 'Size')),
      Date.parse(text(part, 'LastModified') ?? ''),
    ];
    if (!key.startsWith(prefix) || !Number.isSafeInteger(bytes) || !(bytes >= 0) || Number.isNaN(putAt)) continue;
    objects.push({ name: key.slice(prefix.length), bytes, putAt });
  }
  const more = text(xml, 'IsTruncated') === 'true';
  return { objects, next: more ? text(xml, 'NextContinuationToken') : undefined };
}

/** The code of an error's XML, such as NoSuchBucket; undefined: it has none. */
export function errorCodeOf(xml: string): string | undefined {
  const code = text(xml, 'Code');
  return code && /^[A-Za-z.]{1,60}$/.test(code) ? code : undefined;
}

/** Of the first element with this name. */
function text(xml: string, name: string): string | undefined {
  const from = xml.indexOf(`<${name}>`);
  const to = from < 0 ? -1 : xml.indexOf(`</${name}>`, from);
  return to < 0 ? undefined : unescaped(xml.slice(from + name.length + 2, to));
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#34': '"',
  '#39': "'",
};

function unescaped(escaped: string): string {
  return escaped.replace(/&(#?\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
}
