/** POV-Ray scenes as a kind of work: a worker has it with --povray only, since scenes are programs of other people. */

import type { Kind } from '../kind.js';
import type { SharedPovray } from './compute.js';
import { findInstallation, type Installation } from './installation.js';
import { prepare } from './prepare.js';
import { POVRAY_KERNEL, type PovrayScene, type PovrayTask } from './scene.js';
import { Scratch } from './scratch.js';
import { validateScene, validateTask } from './validate.js';

export interface PovrayOptions {
  /** Folders where programs are looked for, as PATH names them. */
  readonly path: string;
  /** Scenes get the rights of the worker: for scenes of its own user. */
  readonly unconfined?: boolean;
}

/** @throws FractalError KERNEL_MISSING, DISK */
export async function openPovray({ path, unconfined = false }: PovrayOptions): Promise<Kind<PovrayScene, PovrayTask>> {
  const installation = await findInstallation(path, !unconfined);
  return povrayKind(installation, Scratch.open(installation.includes));
}

export function povrayKind(installation: Installation, scratch: Scratch): Kind<PovrayScene, PovrayTask> {
  const { path, settings } = scratch;
  return {
    kernels: { [POVRAY_KERNEL]: { device: false, outside: true } },
    share: (): SharedPovray => ({ installation, scratch: path, settings }),
    validateScene,
    validateTask,
    // The answer; POV-Ray's own memory is that of another process, with a limit of its own.
    taskBytes: ({ rect }) => 6 * rect.width * rect.height,
    prepare: (scene, _slots, _threads, assets) => prepare(scene, assets, scratch),
  };
}
