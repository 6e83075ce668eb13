/** Shards of POV-Ray scenes in one computing thread: one process each. */

import { join } from 'node:path';
import type { Computed, Computing } from '../kind.js';
import { argumentsOf } from './arguments.js';
import type { Installation } from './installation.js';
import { measured } from './measure.js';
import { PixmapCrop } from './pixmap.js';
import type { ThreadPovray } from './prepare.js';
import { runPovray } from './run.js';
import { command } from './sandbox.js';
import type { PovrayScene, PovrayTask } from './scene.js';
import { statisticsIn } from './words.js';

/** What all threads get. */
export interface SharedPovray {
  readonly installation: Installation;
  /** Folders of scratch.ts. */
  readonly scratch: string;
  readonly settings: string;
}

export function startPovray(shared: unknown, slot: number): Computing<PovrayTask> {
  const { installation, scratch, settings } = shared as SharedPovray;
  return {
    open: () => measured(installation, settings, join(scratch, `fixed-${slot}`)),
    useScene(prepared) {
      const { scene, folder } = prepared as ThreadPovray;
      return {
        async compute(_kernel, task, stopped) {
          requireFitting(scene, task);
          const from = performance.now();
          const picture = new PixmapCrop(scene, task.rect);
          const started = command(installation, { scene: folder, settings }, scene.limits, argumentsOf(scene, task));
          const text = await runPovray(started, scene.limits, picture, stopped);
          if (text === undefined) return undefined;
          return answerOf(picture.result(), task, text, (performance.now() - from) / 1000);
        },
      };
    },
    async close() {},
  };
}

/** @throws Error for a rectangle or a frame that the scene does not have */
function requireFitting({ width, height, animation }: PovrayScene, { rect, frame }: PovrayTask): void {
  if (rect.x + rect.width > width || rect.y + rect.height > height)
    throw new Error('the shard is not within its picture');
  if (frame === undefined) return;
  if (!animation || frame < animation.first || frame > animation.last)
    throw new Error(`the scene has no frame ${frame}`);
}

/** Starting, parsing and photons take the same time for every shard; tracing takes the rest. */
function answerOf(bytes: Uint8Array<ArrayBuffer>, { rect }: PovrayTask, text: string, seconds: number): Computed {
  const { rays, traceSeconds } = statisticsIn(text);
  const setup = Math.min(seconds, Math.max(0, seconds - traceSeconds));
  return { bytes, iterations: rays, uncertain: 0, samples: rect.width * rect.height, setup };
}
