/** Parameters inside XMP, the metadata of WebP, TIFF and JPEG: one attribute of a namespace of our own. */

const HEAD =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description rdf:about="" xmlns:fractal="urn:fractal:parameters" fractal:request="';
const TAIL = '"/></rdf:RDF></x:xmpmeta>';
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const PLAIN = new Map(Object.entries(ESCAPES).map(([plain, escaped]) => [escaped, plain]));

export function xmpOf(text: string): string {
  return HEAD + text.replace(/[&<>"]/g, (c) => ESCAPES[c] as string) + TAIL;
}

/** The text inside, wherever a program that changed the picture has put the attribute; undefined when there is none. */
export function textOfXmp(xmp: string): string | undefined {
  const found = /\bfractal:request="([^"]*)"/.exec(xmp)?.[1];
  return found?.replace(/&(?:amp|lt|gt|quot);/g, (escaped) => PLAIN.get(escaped) as string);
}
