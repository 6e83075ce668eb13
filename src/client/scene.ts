/** What `fractal submit --scene` sends: a job with the digests of the scene's files, and before it those that the service lacks. */

import { JOB_FLAGS } from '../request/flags/job.js';
import type { Ini } from '../request/povray/ini.js';
import { iniText, SCENE_ORDER_FLAGS } from '../request/povray/order.js';
import { invalid, type RawFlags } from '../request/values.js';
import type { Api, JobAnswer } from './api.js';
import { type SentFile, submitWithFiles } from './files.js';

/** A scene with its flags: of `fractal scene`, and of the job. */
export interface SentScene {
  /** The path of the file that is rendered. */
  readonly main: string;
  readonly flags: RawFlags;
  readonly files: readonly (SentFile & { readonly path: string })[];
  readonly ini?: Ini;
}

/** @throws FractalError REQUEST_INVALID for a flag that a job of a scene does not have */
export function requireSceneFlags(flags: RawFlags): void {
  const other = Object.keys(flags).find(
    (name) => !(Object.hasOwn(SCENE_ORDER_FLAGS, name) || Object.hasOwn(JOB_FLAGS, name)),
  );
  if (other !== undefined) throw invalid(`--${other} has no meaning for a POV-Ray scene: leave it out`);
}

/** `key`: sent again, it is the same job. @throws FractalError */
export async function submitScene(api: Api, { main, flags, files, ini }: SentScene, key: string): Promise<JobAnswer> {
  const scene = {
    main,
    files: files.map(({ path, digest }) => ({ path, digest })),
    ...(ini ? { ini: iniText(ini) } : {}),
  };
  return submitWithFiles(api, JSON.stringify({ ...flags, scene }), files, key);
}
