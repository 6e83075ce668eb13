/** Checks scenes and tasks that come over the wire, before they are kept or computed. */

import { FractalError } from '../../errors.js';
import type { LookNumbers } from '../../render/look.js';
import type { Paint } from '../../render/paint.js';
import { isWhole } from '../../render/texture.js';
import { isCoordinate, MAX_DIGITS, MAX_SIDE, outOfBounds, POWER } from '../../view/bounds.js';
import { samplesPerPixel } from '../../view/view.js';
import type { FractalScene, FractalTask } from './scene.js';

const MAX_SHARD_SAMPLES = 1 << 24;

/**
 * @throws FractalError PROTOCOL for a paint without colours or with invalid numbers, a reference orbit whose point is not
 * valid, or samples that are to be both painted and packed
 */
export function validateScene({ paint, reference, packed }: FractalScene): void {
  if (paint) validatePaint(paint);
  if (paint && packed) throw refused('a scene whose samples are to be painted and packed');
  if (!reference) return;
  const { re, im, formula } = reference;
  const { julia = { re, im }, power } = formula;
  const places = [re, im, julia.re, julia.im].every((text) => isCoordinate(text, 2 * MAX_DIGITS));
  if (!places || power < POWER.min || power > POWER.max) throw refused('a reference orbit whose point is not valid');
}

function areFinite({ density, offset, lights }: LookNumbers): boolean {
  const numbers = lights.flatMap((light) => Object.values(light));
  return lights.length <= 2 && [density, offset, ...numbers].every(Number.isFinite);
}

function validatePaint(paint: Paint): void {
  const { size, height, linear, shade, patterns = {} } = paint;
  const finite = areFinite(paint) && (!shade || Object.values(shade).every(Number.isFinite));
  if (!finite || size < 1 || height < 1) throw refused('a paint with numbers out of range');
  if (paint.curve && !isCurve(paint.curve)) throw refused('a paint with a curve that is none');
  if (linear.length !== 3 * (size + 1)) throw refused(`a paint of ${size} colours with ${linear.length} numbers`);
  const { texture, ...others } = patterns;
  for (const { count, strength } of Object.values(others)) {
    if (!(count >= 1 && Number.isFinite(strength))) throw refused('a pattern with numbers out of range');
  }
  if (texture && !isWhole(texture)) throw refused('a texture whose size is not that of its texels');
}

function isCurve({ first, perRoot, cycles }: NonNullable<Paint['curve']>): boolean {
  return (
    cycles.length > 1 &&
    Number.isFinite(first) &&
    perRoot > 0 &&
    Number.isFinite(perRoot) &&
    cycles.every(Number.isFinite)
  );
}

/**
 * Keyframes of films reach beyond their view, to all sides.
 * @throws FractalError PROTOCOL for a rectangle far from its view, or too much at once
 */
export function validateTask({ view, rect, look }: FractalTask, shard: number): void {
  const near =
    view.width <= MAX_SIDE &&
    view.height <= MAX_SIDE &&
    rect.width > 0 &&
    rect.height > 0 &&
    rect.x >= -MAX_SIDE &&
    rect.y >= -MAX_SIDE &&
    rect.x + rect.width <= 2 * MAX_SIDE &&
    rect.y + rect.height <= 2 * MAX_SIDE;
  const { x, y, width, height } = rect;
  const within = x >= 0 && y >= 0 && x + width <= view.width && y + height <= view.height;
  const samples = width * height * samplesPerPixel(view.sampling);
  if (!near || (view.sampling.kind === 'adaptive' && !within) || samples <= 0 || samples > MAX_SHARD_SAMPLES) {
    const size = `${rect.width}x${rect.height} at (${rect.x}, ${rect.y}) of ${view.width}x${view.height}`;
    throw refused(`shard ${shard}, ${size} with ${samples} samples, is not one to compute`);
  }
  if (look && !areFinite(look)) throw refused(`shard ${shard} has a look with numbers out of range`);
  const wrong = outOfBounds(view);
  if (wrong !== undefined) throw refused(`shard ${shard} cannot be computed: ${wrong}`);
}

function refused(why: string): FractalError {
  return new FractalError('PROTOCOL', why);
}
