/** The samples of the explorer's pieces are those of stills of the same pixels. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { shownBy } from '../../src/tiles/lattice.js';
import {
  coarse,
  countsOf,
  countsOfStill,
  different,
  openedLookout,
  orderAt,
  type Place,
  tiles,
} from './explorer-looks.js';
import { never } from './orders.js';

/**
 * Share of the samples that differ by more than packing rounds: a still may iterate them by the other method, and a deep view has
 * another orbit. Then they differ in their last bits, and very near the set these decide on the count.
 */
const MOST_DIFFERENT: Readonly<Record<string, number>> = { 'KF 1e50': 0.01 };
const USUALLY_DIFFERENT = 0.0001;

const BOUNDED = { timeout: 120_000 };

/** A place of examples/places. */
function example(name: string): Place {
  const { xpos, ypos, zoom } = JSON.parse(readFileSync(`examples/places/${name}.json`, 'utf8'));
  return { re: xpos, im: ypos, zoom };
}

const PLACES: Readonly<Record<string, Place>> = {
  'the whole set': { re: '-0.6', im: '0.1', zoom: '1' },
  'a valley at 1e6': { re: '-0.7454286', im: '0.1130089', zoom: '1308000' },
  'a boundary at 1e20': {
    ...{ re: '-1.759817130804847813610825010561798238243999999999999999999800', zoom: '1e20' },
    ...{ im: '-0.012593310799749865383746631843264858450340000000000000000000' },
  },
  'KF 1e50': example('filaments'),
  'a Burning Ship': { re: '-1.7545', im: '-0.0258', zoom: '32', scene: { formula: 'burning-ship' } },
  'a Julia set': {
    re: '0.1',
    im: '0.2',
    zoom: '3',
    scene: { formula: 'julia', 'julia-re': '-0.8', 'julia-im': '0.156' },
  },
  'a multibrot': { re: '0.4', im: '0.6', zoom: '20', scene: { formula: 'multibrot', power: '5' } },
  'a turned view': { re: '-0.7454286', im: '0.1130089', zoom: '3000', rotation: 30 },
  'a stretched view': {
    ...{ re: '-0.7454286', im: '0.1130089', zoom: '3000', stretch: { factor: 2, angle: 20, skew: 10 } },
    scene: { stretch: '2', 'stretch-angle': '20', skew: '10' },
  },
};

for (const [name, place] of Object.entries(PLACES))
  test(`tiles of ${name}, and coarse pieces, have the counts of stills of the same pixels`, BOUNDED, async (t) => {
    const opened = await openedLookout(t);
    const order = orderAt(place);
    const look = await opened.lookout.look(order, never);
    for (const piece of [...tiles(), coarse(8)]) {
      const counts = await countsOf(look, [piece]);
      assert.ok(new Set(counts).size > 20, 'there is something to be seen');
      const still = await countsOfStill(t, opened, order, { look, shown: shownBy(order.lattice, piece) });
      const share = different(counts, still) / counts.length;
      assert.ok(share <= (MOST_DIFFERENT[name] ?? USUALLY_DIFFERENT), `${share} of piece ${JSON.stringify(piece)}`);
    }
  });
