/** What a leader may ask of a worker: everything beyond it is refused before it is kept or computed. */

import type { Assignment, Scene, ToWorker } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import { isCoordinate, MAX_DIGITS, MAX_SIDE, outOfBounds, POWER } from '../view/bounds.js';
import { samplesPerPixel } from '../view/view.js';

const MAX_SHARD_SAMPLES = 1 << 24;
/** Scenes that a worker has of one job at a time. */
export const MAX_SCENES = 8;
const MAX_WORD = 100;

/** @throws FractalError PROTOCOL for names that cannot be shown in the log. */
export function checkHello({ version, session }: ToWorker & { kind: 'hello' }): void {
  for (const name of [version, session]) if (!isReadable(name)) throw refused('a greeting with an unreadable name');
}

/** @throws FractalError PROTOCOL for names that cannot be shown in the log. */
export function checkOpen({ name, kernel }: ToWorker & { kind: 'open' }): void {
  for (const one of [name, kernel]) if (!isReadable(one)) throw refused('a job with an unreadable name');
}

function isReadable(name: string): boolean {
  return name.length <= MAX_WORD && !/[^\x20-\x7e]/.test(name);
}

/**
 * @throws FractalError PROTOCOL for a scene beyond the number that is kept, one that is there already, or a reference
 * orbit of no point.
 */
export function checkScene(id: number, { reference }: Scene, kept: ReadonlySet<number>): void {
  if (kept.has(id)) throw refused(`scene ${id} for the second time`);
  if (kept.size >= MAX_SCENES) throw refused(`more than ${MAX_SCENES} scenes`);
  if (!reference) return;
  const { re, im, formula } = reference;
  const { julia = { re, im }, power } = formula;
  const places = [re, im, julia.re, julia.im].every((text) => isCoordinate(text, 2 * MAX_DIGITS));
  if (!places || power < POWER.min || power > POWER.max) throw refused('a reference orbit of no point');
}

/** @throws FractalError PROTOCOL for a rectangle that is not a part of its view, or too much at once. */
export function checkAssignment({ shard, view, rect }: Assignment): void {
  const inside =
    view.width <= MAX_SIDE &&
    view.height <= MAX_SIDE &&
    rect.width > 0 &&
    rect.height > 0 &&
    rect.x + rect.width <= view.width &&
    rect.y + rect.height <= view.height;
  const samples = rect.width * rect.height * samplesPerPixel(view.sampling);
  if (!inside || samples <= 0 || samples > MAX_SHARD_SAMPLES) {
    const size = `${rect.width}x${rect.height}+${rect.x}+${rect.y} of ${view.width}x${view.height}`;
    throw refused(`shard ${shard}, ${size} with ${samples} samples, is not one to compute`);
  }
  const wrong = outOfBounds(view);
  if (wrong !== undefined) throw refused(`shard ${shard} cannot be computed: ${wrong}`);
}

function refused(why: string): FractalError {
  return new FractalError('PROTOCOL', why);
}
