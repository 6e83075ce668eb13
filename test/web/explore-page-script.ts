/** The page of exploreServer: the engine as `engine`, for tests to call. */

import { openEngine } from '../../web/explore/engine/engine.js';
import { type PaletteAnswer, readPaletteTable } from '../../web/explore/engine/palette-table.js';

const flags = Object.fromEntries(new URLSearchParams(location.search));
const { re = '-0.75', im = '0', zoom = '1', rotation = '0', token, ...scene } = flags;
const shared = globalThis as unknown as Record<string, unknown>;
const settled: unknown[] = [];
const messages: string[] = [];
shared.settled = settled;
shared.messages = messages;
shared.engine = openEngine(document.querySelector('canvas') as HTMLCanvasElement, {
  look: { place: { re, im, zoom, rotation: Number(rotation) }, scene },
  url: `${location.origin.replace('http', 'ws')}/v1/explore`,
  ...(token ? { token } : {}),
  async palette(of) {
    const answer = await fetch(`/palette?${new URLSearchParams(of)}`);
    return readPaletteTable((await answer.json()) as PaletteAnswer);
  },
  onSettled: (look) => settled.push(look),
  onMessage: (line) => messages.push(line),
});
