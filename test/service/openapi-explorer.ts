/** Calls of what the page of the explorer uses: openapi-answers.test.ts compares the answers with the document. */

import type { ComparingClient } from './openapi-document.js';

const LONG = ' '.repeat((1 << 20) + 1);
const TOO_LONG = Buffer.alloc((64 << 20) + 1);

/** Every status of palettes and places. */
export async function useExplorer({ call }: ComparingClient): Promise<void> {
  const text = { 'content-type': 'text/plain' };
  for (const [id, query] of [
    ['listPalettes', ''],
    ['getPalette', '?palette=Hippi&slope=0.5&shade=distance:%23f00&interior=period&stripes=4&wave=2'],
    ['getPalette', '?color-curve=2:0%205:1.5'],
  ] as const) {
    const { headers } = await call(id, 200, { query });
    await call(id, 304, { query, headers: { 'if-none-match': headers.get('etag') ?? '' } });
  }
  await call('getPalette', 400, { query: '?palette=none' });
  await call('makePalette', 200, { body: { 'color-mode': '4' } });
  await call('makePalette', 400, { body: { 'color-mode': 4 } });
  await call('makePalette', 413, { body: LONG });
  await call('makePalette', 415, { body: '{}', headers: text });
  const palette = { query: '?name=a.json' };
  await call('importPalette', 200, { ...palette, body: Buffer.from('["#000", "#fff"]') });
  await call('importPalette', 400, { ...palette, body: Buffer.from('none') });
  await call('importPalette', 413, { ...palette, body: TOO_LONG });
  await call('importPalette', 415, { ...palette, body: 'none', headers: text });
  const view = { scene: {}, re: '-1.76', im: '0', zoom: '50' };
  await call('locate', 200, { body: view });
  await call('locate', 404, { body: { ...view, re: '2' } });
  await call('locate', 400, { body: { ...view, zoom: 50 } });
  await call('locate', 413, { body: LONG });
  await call('locate', 415, { body: '{}', headers: text });
  const place = { query: '?name=a.json' };
  await call('readLocation', 200, { ...place, body: Buffer.from('{"xpos": "-1.76", "ypos": "0", "zoom": "50"}') });
  await call('readLocation', 400, { ...place, body: Buffer.from('none') });
  await call('readLocation', 413, { ...place, body: TOO_LONG });
  await call('readLocation', 415, { ...place, body: 'none', headers: text });
}
