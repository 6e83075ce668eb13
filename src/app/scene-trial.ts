/**
 * Whether the bands of a scene are the same bytes as the whole, and what its pixels cost, by trying: a small picture of one
 * frame, rendered whole and in bands of one block each.
 */

import type { RenderJob } from '../leader/job/gathering.js';
import type { Frame } from '../shard/frame.js';
import type { Rect } from '../shard/shard.js';
import { POVRAY_BLOCK } from '../work/povray/scene.js';
import type { Trial } from './scene-archive.js';
import { type SceneWorkOptions, sceneJob, wholeOf } from './scene-job.js';

/** Pixels along the longer side of the small picture: some blocks. */
const SIDE = 96;

export interface TrialJob {
  readonly job: RenderJob;
  /** Of the frames of the job. */
  result(frames: AsyncIterable<Frame>): Promise<Trial>;
}

/** `frame`: of the whole film. */
export function trialJob({ request, files }: SceneWorkOptions, frame: number): TrialJob {
  const scale = Math.min(1, SIDE / Math.max(request.width, request.height));
  const [width, height] = [request.width, request.height].map((side) => Math.max(1, Math.round(side * scale)));
  const small = { ...request, width: width as number, height: height as number };
  const whole = wholeOf(small);
  const bands: Rect[] = [];
  for (let y = 0; y < small.height; y += POVRAY_BLOCK)
    bands.push({ ...whole, y, height: Math.min(POVRAY_BLOCK, small.height - y) });
  // The first band begins as the whole does: it would be the same. Bands may be cut into columns, too.
  const middle = POVRAY_BLOCK * Math.floor(small.width / POVRAY_BLOCK / 2);
  const others = [...bands.slice(1), { ...whole, x: middle, width: small.width - middle }];
  const parts = [whole, ...others].map((rect) => ({ frame, rect }));
  const job = sceneJob({ request: small, files, bits: 8 }, parts, 'undivided');
  const times: { render: number; seconds: number; setup: number }[] = [];
  const { validate } = job;
  return {
    job: {
      ...job,
      validate(answer, rect, render) {
        const { seconds, setup = 0 } = answer;
        times.push({ render, seconds, setup });
        return validate(answer, rect, render);
      },
    },
    async result(frames) {
      let all: Uint8Array | undefined;
      let differing = 0;
      for await (const { index, answer } of frames) {
        if (answer.kind !== 'pixels') throw new TypeError('a trial is of 8 bits');
        if (index === 0) all = answer.rgb;
        else differing += differences(all as Uint8Array, answer.rgb, parts[index]?.rect as Rect, small.width);
      }
      const setup = Math.min(...times.map((one) => one.setup));
      const tracing = times.filter(({ render }) => render === 0).map((one) => one.seconds - one.setup);
      const pixels = small.width * small.height;
      return { differing, pixels, setup, perPixel: Math.max(1e-9, Math.min(...tracing) / pixels) };
    },
  };
}

/** Pixels of a part that differ from those of the whole, which is so wide. */
export function differences(
  whole: Uint8Array | Uint16Array,
  part: Uint8Array | Uint16Array,
  at: Rect,
  width: number,
): number {
  let count = 0;
  for (let y = 0; y < at.height; y++) {
    for (let x = 0; x < at.width; x++) {
      const [a, b] = [3 * ((at.y + y) * width + at.x + x), 3 * (y * at.width + x)];
      if (whole[a] !== part[b] || whole[a + 1] !== part[b + 1] || whole[a + 2] !== part[b + 2]) count++;
    }
  }
  return count;
}
