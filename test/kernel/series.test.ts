import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPerturbation, shareReference } from '../../src/kernel/perturbation/kernel.js';
import { iterateReference, orderFor } from '../../src/kernel/perturbation/reference.js';
import { BLOCK } from '../../src/shard/block.js';
import type { Formula, View } from '../../src/view/view.js';
import { type Golden, readGolden } from '../golden.js';

/** Views of analytic formulas from a zoom of 1e20 on. */
const views = ['golden.json', 'deep-formulas.json']
  .flatMap((file) => readGolden(file))
  .filter(({ id, zoom, formula }) => Number(zoom) >= 1e14 && id !== 'rf-dragon' && !/ship|tricorn/.test(formula ?? ''));

function viewOf({ re, im, zoom, iterations, power = 2, juliaRe, juliaIm }: Golden): View {
  const julia = juliaRe === undefined || juliaIm === undefined ? {} : { julia: { re: juliaRe, im: juliaIm } };
  const formula: Formula = { step: 'holomorphic', power, ...julia };
  return {
    ...{ formula, re, im, zoom, iterations, width: 160, height: 90, rotation: 0 },
    ...{ bailout: 65536, count: 'smooth', sampling: { kind: 'grid', side: 1 } },
  };
}

/** Of a thousand points so many may hang on the last bits of a double: at the tip of the set, whose antenna is chaos. */
const FEW = 1;

for (const one of views) {
  test(`${one.id}: which block a point falls into does not show in its sample`, () => {
    const view = viewOf(one);
    const order = orderFor(view);
    const compute = openPerturbation(shareReference({ ...order, ...iterateReference(order) }, 1), 0);
    // A wider picture has the same points, farther to the right by half of what it is wider.
    for (const by of [3, BLOCK / 2]) {
      const wider = { ...view, width: view.width + 2 * by };
      const different: string[] = [];
      for (const rect of [
        { x: 0, y: 0, width: 24, height: 24 },
        { x: 64, y: 29, width: 32, height: 32 },
      ]) {
        const { nu } = compute(view, rect);
        const other = compute(wider, { ...rect, x: rect.x + by }).nu;
        nu.forEach((value, k) => {
          if (value === other[k] || Math.abs(value - (other[k] as number)) < 0.01) return;
          different.push(
            `(${rect.x + (k % rect.width)}, ${rect.y + Math.floor(k / rect.width)}): ${value}, ${other[k]}`,
          );
        });
      }
      assert.ok(different.length <= FEW, `in a picture wider by ${2 * by} there is at ${different.join('; ')}`);
    }
  });
}
