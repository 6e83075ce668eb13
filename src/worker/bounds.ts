/** What a leader may ask of a worker, whatever the kind of work: everything beyond it is refused before it is kept. */

import type { ToWorker } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import { kindName, type SceneWork, type TaskWork } from '../work/work.js';

/** A job has one; a leader that goes on to another job greets again. */
export const MAX_SCENES = 8;
const MAX_ASSETS = 32;
const MAX_WORD = 100;

/** @throws FractalError PROTOCOL for words that are none: they are shown in the log. */
export function checkHello({ version, session, kernel }: ToWorker & { kind: 'hello' }): void {
  for (const word of [version, session, kernel]) {
    if (word.length > MAX_WORD || /[^\x20-\x7e]/.test(word)) throw refused('a greeting with an unreadable name');
  }
}

/** @throws FractalError PROTOCOL for a scene beyond the number that is kept, or one that is there already */
export function checkScene(id: number, kept: ReadonlySet<number>): void {
  if (kept.has(id)) throw refused(`scene ${id} for the second time`);
  if (kept.size >= MAX_SCENES) throw refused(`more than ${MAX_SCENES} scenes`);
}

/** @throws FractalError PROTOCOL for an asset beyond the number that is kept */
export function checkAsset(digest: string, kept: ReadonlySet<string>): void {
  if (!kept.has(digest) && kept.size >= MAX_ASSETS) throw refused(`more than ${MAX_ASSETS} assets`);
}

/** @throws FractalError PROTOCOL for work of another kind than the job's */
export function checkKind(work: SceneWork | TaskWork, kind: string): void {
  if (kindName(work) !== kind) throw refused(`work of the kind ${kindName(work)} in a job of the kind ${kind}`);
}

function refused(why: string): FractalError {
  return new FractalError('PROTOCOL', why);
}
