/** POV-Ray scenes for tests, on a pool of threads. */

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Assignment, Scene } from '../../../src/cluster/messages.js';
import { type Asset, assetOf } from '../../../src/work/asset.js';
import { BUILT_IN } from '../../../src/work/kinds.js';
import { openPovray } from '../../../src/work/povray/kind.js';
import { POVRAY_KERNEL, type PovrayScene, type PovrayTask } from '../../../src/work/povray/scene.js';
import { type JobHandle, openPool, type Pool } from '../../../src/worker/pool.js';
import type { Outcome } from '../../../src/worker/queues.js';
import { RANK } from '../../worker/views.js';

const PATH = process.env.PATH ?? '';
const has = (program: string) => PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));
const missing = ['povray', 'bwrap'].filter((program) => !has(program));

/** For the tests that need both programs. */
export const POVRAY = {
  skip: missing.length > 0 && `${missing.join(' and ')} missing: apt-get install povray povray-includes bubblewrap`,
  timeout: 300_000,
};

export const SPHERES = `#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <0, 1, -4> look_at 0 }
light_source { <3, 5, -5> rgb 1 }
sphere { 0, 1 pigment { checker rgb <1, 0, 0> rgb <0, 0, 1> scale .3 } finish { phong .5 } }
sphere { <1.3, clock, 0>, .5 pigment { rgb <1, 1, .2> } }
plane { y, -1 pigment { rgb <.3, .6, .2> } }
sky_sphere { pigment { gradient y color_map { [0 rgb .9] [1 rgb <.2, .4, 1>] } } }
`;

export const SIZE = { width: 100, height: 80 };

export interface Given {
  readonly scene: PovrayScene;
  readonly assets: readonly Asset[];
}

/** `files`: contents by path; the first one is rendered. */
export function sceneOf(files: Readonly<Record<string, string | Uint8Array>>, more: Partial<PovrayScene> = {}): Given {
  const assets = Object.values(files).map((content) =>
    assetOf(typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content),
  );
  const paths = Object.keys(files);
  const scene: PovrayScene = {
    kind: 'povray',
    files: paths.map((path, k) => ({ path, digest: (assets[k] as Asset).digest })),
    main: paths[0] as string,
    ...SIZE,
    bits: 8,
    options: [],
    limits: { seconds: 60, memory: 256 << 20 },
    ...more,
  };
  return { scene, assets };
}

export async function povrayPool(t: TestContext, slots = 1, unconfined = false): Promise<Pool> {
  const povray = await openPovray({ path: PATH, unconfined });
  const pool = openPool(slots, { kinds: { ...BUILT_IN, povray } });
  t.after(() => pool.close());
  await pool.started;
  return pool;
}

export interface Rendering {
  readonly job: JobHandle;
  /** Of a rectangle; absent: of the whole picture. */
  render(task?: Partial<PovrayTask>): Promise<Outcome>;
}

/** A job with one scene. */
export function rendering(pool: Pool, { scene, assets }: Given): Rendering {
  const job = pool.session().open(POVRAY_KERNEL, RANK);
  for (const asset of assets) job.asset(asset);
  const whole: Scene = { work: scene, assets: [...new Set(assets.map(({ digest }) => digest))] };
  job.scene(0, whole);
  let epoch = 0;
  return {
    job,
    render(task = {}) {
      const rect = { x: 0, y: 0, width: scene.width, height: scene.height };
      const work: PovrayTask = { kind: 'povray', rect, declares: [], ...task };
      const assignment: Assignment = { shard: epoch, epoch: ++epoch, scene: 0, render: 0, work };
      return new Promise((resolve) => job.queue(assignment, resolve));
    },
  };
}

/** The bytes of an answer. @throws the reason of a failure */
export function bytesOf(outcome: Outcome): Buffer {
  if (outcome.kind === 'failed') throw new Error(outcome.reason);
  return Buffer.from(outcome.bytes);
}
