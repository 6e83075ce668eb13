/**
 * Places to start from: those of examples/places, and of the gallery. `node tools/start-pictures.mjs` renders their small pictures
 * again.
 */

import abyss from '../../examples/places/abyss.json';
import antenna from '../../examples/places/antenna.json';
import e318 from '../../examples/places/e318.json';
import filaments from '../../examples/places/filaments.json';
import flake from '../../examples/places/flake.json';
import island from '../../examples/places/island.json';
import needle from '../../examples/places/needle.json';
import valley from '../../examples/places/valley.json';
import type { Scene } from '../../src/tiles/protocol.js';
import type { Look } from './engine/engine.js';
import pictures from './starts.webp';

export interface Start {
  readonly name: string;
  readonly look: Look;
}

interface PlaceFile {
  readonly xpos: string;
  readonly ypos: string;
  readonly zoom: string;
}

function start(name: string, { xpos, ypos, zoom }: PlaceFile, scene: Scene, rotation = 0): Start {
  return { name, look: { place: { re: xpos, im: ypos, zoom, rotation }, scene } };
}

/** CSS pixels of a small picture. */
export const START_PICTURE = { width: 72, height: 45 } as const;
/** Those of all places, one below the other. */
export const startPictures = (): string => new URL(pictures, import.meta.url).href;

export const STARTS: readonly Start[] = [
  start('Antenna', antenna, { palette: 'Ice' }, 90),
  start('Valley of the sea horses', valley, { interior: 'multiplier' }),
  start(
    'A ship of the armada',
    { xpos: '-1.7535', ypos: '-0.037', zoom: '36' },
    { formula: 'burning-ship', palette: 'Sunset', shade: 'distance' },
  ),
  start(
    'Julia set',
    { xpos: '0', ypos: '0', zoom: '2.6' },
    { formula: 'julia', 'julia-re': '-0.8', 'julia-im': '0.156', palette: 'Aurora', slope: '0.6' },
    25,
  ),
  start(
    'Multibrot of power 3',
    { xpos: '-0.087716546668', ypos: '1.145', zoom: '40' },
    { formula: 'multibrot', power: '3', interior: 'multiplier', palette: 'Lava', slope: '0.4' },
  ),
  start('Island', island, { palette: 'Gold', slope: '0.7' }),
  start('Filaments', filaments, {}),
  start('Needle', needle, { palette: 'BlueGold', slope: '0.5' }),
  start('Flake', flake, { palette: 'Ice', slope: '0.4' }),
  start('Leaves', e318, { palette: 'Peacock', slope: '0.4' }),
  start('Abyss', abyss, { palette: 'inferno', wave: '7' }),
];
