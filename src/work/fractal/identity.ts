/** What shapes the bytes of a frame, as plain data: frames are kept and found again by a digest of it (store/key.ts). */

import type { LookNumbers } from '../../render/look.js';
import { plainDecimal } from '../../view/decimal.js';
import type { View } from '../../view/view.js';
import { answerKind } from './answer.js';
import type { FractalScene } from './scene.js';

/** The part that frames of a scene share. `perturbed`: those that are differences from its reference orbit. */
export function sceneIdentity(
  { kind, paint, reference, packed }: FractalScene,
  perturbed: boolean,
): Record<string, unknown> {
  return {
    work: kind,
    answer: packed ? 'packed' : answerKind(paint),
    paint,
    reference: perturbed ? reference : undefined,
  };
}

/** The part of one frame: equal numbers have equal digits. `look`: where the answer is pixels. */
export function viewIdentity(view: View, look?: LookNumbers): Record<string, unknown> {
  const { re, im, zoom } = view;
  return { ...(look ? { look } : {}), ...view, re: plainDecimal(re), im: plainDecimal(im), zoom: plainDecimal(zoom) };
}
