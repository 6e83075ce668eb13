/** How the pictures of a scene are divided among workers: what its files say, what trying shows, what it would save. */

import type { Grain } from '../leader/schedule/events.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import { POVRAY_BLOCK } from '../work/povray/scene.js';
import type { Trial } from './scene-archive.js';
import type { SceneFile } from './scene-files.js';
import { divisionHint } from './scene-names.js';

export interface Division {
  readonly grain: 'undivided' | Grain;
  /** Why it is so, for the user; undefined: nothing to say. */
  readonly why?: string;
  /** Bands differ from the whole, and are rendered all the same. */
  readonly differs?: true;
}

/** Pictures that take less are not divided: a shard takes some time whatever its size. */
const WORTH_SECONDS = 4;
const LEAST_SECONDS = 0.5;
const MOST_SECONDS = 30;
/** A shard takes so many times what each takes whatever its size. */
const SETUPS = 12;
/** A picture has about so many shards for each slot, where it is short. */
const SHARDS_A_SLOT = 4;

/** The file and line that say so: POV-Ray's features whose bands differ; undefined: none is seen. */
export function hintIn(files: readonly Pick<SceneFile, 'path' | 'bytes'>[]): string | undefined {
  const sources = files.filter(({ bytes }) => !bytes.includes(0));
  return divisionHint(sources.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('latin1') })));
}

/** Whether a trial can change how pictures are divided. */
export function isTried({ split, blockSize }: SceneRequest, hint: string | undefined): boolean {
  return split === 'bands' || blockSize !== undefined || (split === 'auto' && hint === undefined);
}

/** `slots`: of all workers, about. */
export function divisionOf(
  request: SceneRequest,
  hint: string | undefined,
  trial: Trial | undefined,
  slots: number,
): Division {
  const { split, width, height, blockSize } = request;
  const forced = split === 'bands';
  if (split === 'whole') return { grain: 'undivided' };
  if (!forced && hint !== undefined)
    return { grain: 'undivided', why: undivided(`${hint}, with which bands differ from the whole`) };
  if (!trial) return { grain: 'undivided' };
  const { differing, pixels, setup, perPixel } = trial;
  const difference = `${differing} pixels of a small picture of ${pixels} differ between bands and the whole`;
  if (differing > 0 && !forced) return { grain: 'undivided', why: undivided(trial.seen ?? difference) };
  const seconds = perPixel * width * height;
  if (!forced && blockSize === undefined && seconds < WORTH_SECONDS) return { grain: 'undivided' };
  const share = seconds / (SHARDS_A_SLOT * Math.max(1, slots));
  const least = Math.max(LEAST_SECONDS, Math.min(SETUPS * setup, share));
  const grain = { unit: POVRAY_BLOCK, least, most: Math.max(least, MOST_SECONDS), perSample: perPixel };
  return {
    grain,
    ...(differing > 0 ? { why: `${difference}: --split bands divides them all the same`, differs: true } : {}),
  };
}

export function undivided(why: string): string {
  return `each picture is one shard: ${why}; --split bands divides them all the same`;
}
