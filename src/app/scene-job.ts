/** A POV-Ray scene as a job: its renders are frames, and parts of them that are rendered a second time to compare. */

import type { RenderJob } from '../leader/job/gathering.js';
import type { Grain } from '../leader/schedule/events.js';
import { declaresAt, type SceneRequest } from '../request/povray/scene-request.js';
import { movedBy } from '../shard/crop.js';
import type { Rect } from '../shard/shard.js';
import { COUNTS } from '../view/channels.js';
import type { PovrayScene, PovrayTask } from '../work/povray/scene.js';
import type { SceneFile } from './scene-files.js';

/** Memory that frames under way and frames waiting for the encoder may take. */
const FRAMES_BYTES = 512 << 20;

export interface ScenePart {
  /** Of the whole film. */
  readonly frame: number;
  /** What of it is rendered. */
  readonly rect: Rect;
}

export interface SceneWorkOptions {
  readonly request: Pick<SceneRequest, 'main' | 'width' | 'height' | 'options' | 'declares' | 'film' | 'limits'>;
  readonly files: readonly Pick<SceneFile, 'path' | 'digest' | 'bytes'>[];
  readonly bits: 8 | 16;
}

/** What all shards share. */
export function povrayScene({ request, files, bits }: SceneWorkOptions): PovrayScene {
  const { main, width, height, options, film, limits } = request;
  const { frames, firstNumber, clock, cyclic } = film;
  const animation = {
    ...{ first: firstNumber, last: firstNumber + frames - 1, initialClock: clock.initial, finalClock: clock.final },
    cyclic,
  };
  return {
    ...{ kind: 'povray', main, width, height, bits, options, limits },
    files: files.map(({ path, digest }) => ({ path, digest })),
    ...(frames > 1 ? { animation } : {}),
  };
}

/** `parts`: the renders, in order. */
export function sceneJob(
  work: SceneWorkOptions,
  parts: readonly ScenePart[],
  grain: 'undivided' | Grain,
  blockSize?: number,
): RenderJob {
  const scene = povrayScene(work);
  const { request, files, bits } = work;
  const { width, height, film } = request;
  const answer = bits === 16 ? 'deep-pixels' : 'pixels';
  const bytesPerPixel = bits === 16 ? 6 : 3;
  const partAt = (render: number) => parts[render] as ScenePart;
  const digests = [...new Set(files.map(({ digest }) => digest))];
  return {
    renders: parts.map(({ rect }) => ({
      ...{ width: rect.width, height: rect.height, perPixel: 1, channels: COUNTS, answer, scene: 0 },
    })),
    scenes: [{ work: scene, assets: digests }],
    assets: digests.map((digest) => files.find((file) => file.digest === digest) as SceneFile),
    shape: 'row',
    grain,
    ...(blockSize === undefined || grain === 'undivided' ? {} : { blockSize }),
    window: Math.max(4, Math.floor(FRAMES_BYTES / (width * height * bytesPerPixel))),
    taskOf(render, rect): PovrayTask {
      const { frame, rect: part } = partAt(render);
      return {
        ...{ kind: 'povray', rect: movedBy(rect, part.x, part.y), declares: declaresAt(request, frame) },
        ...(film.frames > 1 ? { frame: film.firstNumber + frame } : { clock: film.clock.initial }),
      };
    },
    validate({ bytes, uncertain }, rect) {
      const expected = rect.width * rect.height * bytesPerPixel;
      if (bytes.length !== expected) return `${bytes.length} bytes came for ${rect.width}x${rect.height} pixels`;
      return uncertain > 0
        ? `${uncertain} of its pixels are stated as uncertain, which those of scenes never are`
        : undefined;
    },
    nameOf: (render) => `frame ${partAt(render).frame}`,
  };
}

export function wholeOf({ width, height }: Pick<Rect, 'width' | 'height'>): Rect {
  return { x: 0, y: 0, width, height };
}
