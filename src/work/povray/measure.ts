/** What a worker states about its POV-Ray: the version, the digest of a fixed picture, and the rays a second. */

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FractalError, messageOf } from '../../errors.js';
import type { Measured } from '../kind.js';
import { argumentsOf } from './arguments.js';
import type { Installation } from './installation.js';
import { PixmapCrop } from './pixmap.js';
import { runPovray } from './run.js';
import { command } from './sandbox.js';
import type { PovrayScene } from './scene.js';
import { statisticsIn } from './words.js';

/** Noise, powers, refraction, an include file: what differs between versions and libraries of mathematics. */
const FIXED = `#version 3.7;
#include "functions.inc"
global_settings { assumed_gamma 1 max_trace_level 6 }
camera { location <0, 1.2, -4> look_at <0, .2, 0> }
light_source { <3, 5, -5> rgb 1 }
sky_sphere { pigment { wrinkles turbulence .6 color_map { [0 rgb <.2, .4, .9>] [1 rgb 1] } scale .4 } }
sphere { <-1, 0, 0>, 1 pigment { granite turbulence .5 } normal { bumps .4 scale .1 } finish { phong .6 reflection .2 } }
torus { .8, .25 rotate x * 70 translate <1.1, .1, -.4> pigment { rgbf <.9, 1, .95, .8> } interior { ior 1.45 } }
isosurface {
  function { f_noise3d(x * 3, y * 3, z * 3) - .5 + y }
  contained_by { box { <-2, -1.3, -1>, <2, -.6, 2> } } max_gradient 3 pigment { marble turbulence 1 }
}
`;

const SCENE: PovrayScene = {
  kind: 'povray',
  files: [],
  main: 'fixed.pov',
  width: 160,
  height: 120,
  bits: 16,
  options: ['+A0.1'],
  limits: { seconds: 60, memory: 512 << 20 },
};

/** `folder`: for its file, made here. @throws FractalError KERNEL_MISSING */
export async function measured(installation: Installation, settings: string, folder: string): Promise<Measured> {
  const { width, height } = SCENE;
  const rect = { x: 0, y: 0, width, height };
  const picture = new PixmapCrop(SCENE, rect);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, SCENE.main), FIXED);
    const args = argumentsOf(SCENE, { kind: 'povray', rect, declares: [] });
    const started = command(installation, { scene: folder, settings }, SCENE.limits, args);
    const text = (await runPovray(started, SCENE.limits, picture, () => false)) ?? '';
    const { rays, traceCpuSeconds } = statisticsIn(text);
    const hash = createHash('sha256').update(installation.version).update(picture.result());
    const confined = installation.bubblewrap === undefined ? 'without a sandbox' : 'in a sandbox';
    return {
      detail: `POV-Ray ${installation.version} ${confined}`,
      speed: Math.max(1, rays) / Math.max(1e-3, traceCpuSeconds),
      fingerprint: hash.digest('hex'),
    };
  } catch (error) {
    throw new FractalError('KERNEL_MISSING', `POV-Ray cannot render: ${remedyFor(messageOf(error))}`, { cause: error });
  }
}

/** What bubblewrap says where the kernel, or a container, does not let it make namespaces. */
function remedyFor(reason: string): string {
  if (!/bwrap:/.test(reason)) return reason;
  const way = 'permit user namespaces, as "fractal doctor" says; --no-sandbox is for scenes that you trust';
  return `${reason}: ${way}`;
}
