/** Pictures of escape-time fractals as a kind of work. */

import type { KernelName } from '../../kernel/kernel.js';
import { compileSimd } from '../../kernel/simd.js';
import { numbersPerSample } from '../../view/channels.js';
import { samplesPerPixel } from '../../view/view.js';
import type { KernelUse, Kind } from '../kind.js';
import { lastingKey } from './kept-reference.js';
import { prepare } from './prepare.js';
import type { FractalScene, FractalTask } from './scene.js';
import { validateScene, validateTask } from './validate.js';

const KERNELS: Readonly<Record<KernelName, KernelUse>> = {
  simd: { device: false },
  gpu: {
    device: true,
    beforeOpening() {
      // Vulkan drivers that look for a Wayland display print "error: XDG_RUNTIME_DIR ..." where it is not set. Here, since
      // threads have a copy of the environment that drivers do not see.
      process.env.XDG_RUNTIME_DIR ||= '/nonexistent';
    },
  },
  cpu: { device: false },
};

export const fractal: Kind<FractalScene, FractalTask> = {
  kernels: KERNELS,
  share: compileSimd,
  validateScene,
  validateTask,
  lastingKey,
  taskBytes: ({ rect, view }) => rect.width * rect.height * samplesPerPixel(view.sampling) * 8 * numbersPerSample(view),
  prepare,
};
