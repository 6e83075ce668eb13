/** Bounds on what a leader may request of a worker, for every kind of work; messages beyond them are refused. */

import { BOUNDS } from '../cluster/bounds.js';
import type { ToWorker } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import { kindName, type SceneWork, type TaskWork } from '../work/work.js';

const MAX_NAME = 100;

/** @throws FractalError PROTOCOL for names that cannot be shown in the log. */
export function checkHello({ version, build, session }: ToWorker & { kind: 'hello' }): void {
  for (const name of [version, build, session]) if (!isReadable(name)) throw refused('a Hello with an unreadable name');
}

/** @throws FractalError PROTOCOL for names that cannot be shown in the log. */
export function checkOpen({ name, kernel }: ToWorker & { kind: 'open' }): void {
  for (const one of [name, kernel]) if (!isReadable(one)) throw refused('a job with an unreadable name');
}

/** @throws FractalError PROTOCOL for a scene beyond the number that is kept of a job, or one that is there already */
export function checkScene(id: number, kept: ReadonlySet<number>): void {
  if (kept.has(id)) throw refused(`scene ${id} for the second time`);
  if (kept.size >= BOUNDS.scenes) throw refused(`more than ${BOUNDS.scenes} scenes`);
}

/** @throws FractalError PROTOCOL for an asset beyond the number that is kept of a job */
export function checkAsset(digest: string, kept: ReadonlySet<string>): void {
  if (!kept.has(digest) && kept.size >= BOUNDS.assets) throw refused(`more than ${BOUNDS.assets} assets`);
}

/** @throws FractalError PROTOCOL for work of another kind than the job's */
export function checkKind(work: SceneWork | TaskWork, kind: string): void {
  if (kindName(work) !== kind) throw refused(`work of the kind ${kindName(work)} in a job of the kind ${kind}`);
}

function isReadable(name: string): boolean {
  return name.length <= MAX_NAME && !/[^\x20-\x7e]/.test(name);
}

function refused(why: string): FractalError {
  return new FractalError('PROTOCOL', why);
}
