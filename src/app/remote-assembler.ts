/**
 * Assembles the frames of a film on workers: frames in a row, a segment, on one of them, to which the texels of the segment
 * are sent once. When none of the workers is left, the leader's own threads go on, with the frames under way first.
 */

import { FractalError, messageOf } from '../errors.js';
import type { Assembler } from '../film/assembler.js';
import type { Shown } from '../film/part.js';
import { SegmentWriter, shownIn, tilesIn } from '../film/segment.js';
import type { RenderJob } from '../leader/job/gathering.js';
import type { Progress, RunningJob } from '../leader/job/job.js';
import type { Levels } from '../render/quantise.js';
import { filmRenders } from '../work/film/job.js';
import type { FilmScene } from '../work/film/scene.js';

export interface RemoteOptions {
  /** How many frames each stretch of the film has that is assembled. */
  readonly stretches: readonly number[];
  readonly levels: Levels;
  /** Frames of a segment, at most; and frames under way: more than those. */
  readonly segment: number;
  readonly ahead: number;
  /** Begins the job on the workers. `progress`: called when workers come and go. */
  start(job: RenderJob, progress: (progress: Progress) => void): StartedJob;
  note(text: string): void;
}

export interface StartedJob extends Pick<RunningJob, 'frames'> {
  /** `frames` then throws the reason. */
  end(reason: unknown): void;
}

type Pixels = Uint8Array | Uint16Array;

/** A frame that is not done. */
interface Waiting {
  readonly numbers: Float64Array;
  readonly segment: number;
  resolve(pixels: Pixels): void;
  reject(error: unknown): void;
}

/** Workers have so long to join. */
const JOIN_MS = 35_000;

export interface RemoteAssembler extends Assembler {
  /** The leader's threads have taken over. */
  readonly isOver: boolean;
}

/** `local`: the leader's own threads, and the memory of the texels; to be closed later. */
export function openRemoteAssembler(local: Assembler, options: RemoteOptions): RemoteAssembler {
  const { size, memory, paint } = local;
  const { levels, segment: most, ahead, note } = options;
  const segments = segmentsOf(options.stretches, most);
  const scenes: { readonly work: FilmScene; readonly assets: readonly string[] }[] = [];
  const waiting = new Map<number, Waiting>();
  const { renders, validate } = filmRenders(size, levels, segments);
  /** By segment. */
  const gates = Array.from({ length: (segments.at(-1) ?? -1) + 1 }, deferred);
  let writer: SegmentWriter | undefined;
  let [next, joined] = [0, false];
  /** Frames go to the leader's threads. */
  let here = false;
  let last: Promise<void> | undefined;

  const job: RenderJob = {
    ...{ renders, scenes, validate, shape: 'row', blockSize: size.height, window: ahead + 1, together: true },
    nameOf: (frame) => `assembled frame ${frame}`,
    taskOf: (frame, rect) => ({ kind: 'film', rect, shown: (waiting.get(frame) as Waiting).numbers }),
    // A frame is begun once its segment is complete.
    archive: {
      async recall(frame) {
        await gates[segments[frame] as number]?.promise;
        return [{ x: 0, y: 0, ...size }];
      },
      ...{ keep() {}, disown() {}, complete() {} },
    },
  };
  const running = options.start(job, ({ workers }) => {
    if (workers === 0 && joined) goOnHere('no worker is left');
    joined ||= workers > 0;
  });
  const timer = setTimeout(() => joined || goOnHere('no worker has joined'), JOIN_MS);
  const received = receive();

  async function receive(): Promise<void> {
    try {
      let held: { readonly index: number; readonly pixels: Pixels } | undefined;
      for await (const { index, answer } of running.frames) {
        if (answer.kind !== 'pixels' && answer.kind !== 'deep-pixels')
          throw new Error(`${answer.kind} came in the place of pixels`);
        settle(held);
        held = { index, pixels: answer.rgb };
      }
      // The last frame counts when no other one is in doubt.
      settle(held);
    } catch (error) {
      if (error instanceof FractalError && error.code === 'FRAMES_DOUBTFUL') fail(error);
      else goOnHere(messageOf(error));
    }
  }

  function settle(frame: { readonly index: number; readonly pixels: Pixels } | undefined): void {
    if (!frame || here) return;
    const found = waiting.get(frame.index);
    waiting.delete(frame.index);
    // Segments before that of the frame are done.
    const segment = segments[frame.index] as number;
    if (segment > 0) delete scenes[segment - 1];
    found?.resolve(frame.pixels);
  }

  function fail(error: unknown): void {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function goOnHere(why: string): void {
    if (here) return;
    here = true;
    running.end(new Error(why));
    note(`assembly: on the leader, ${waiting.size} frames of its workers first: ${why}`);
    last = underWayHere().catch(fail);
  }

  /** One segment after the other, so that the memory of one suffices. */
  async function underWayHere(): Promise<void> {
    for (const [, { segment }] of [...waiting]) {
      const frames = [...waiting].filter(([, one]) => one.segment === segment);
      if (frames.length === 0) continue;
      const { tiles, texels } = scenes[segment]?.work ?? (writer as SegmentWriter).finish();
      const at = memory.take(texels.length);
      new Uint8Array(memory.memory.buffer, at, texels.length).set(texels);
      const groups = tilesIn({ tiles }, at);
      await Promise.all(
        frames.map(async ([frame, { numbers, resolve, reject }]) => {
          waiting.delete(frame);
          await local.frame(shownIn(numbers, groups), levels).then(resolve, reject);
        }),
      );
      memory.give(at, texels.length);
    }
  }

  function seal(segment: number): void {
    scenes[segment] = { work: { kind: 'film', ...(writer as SegmentWriter).finish() }, assets: [] };
    writer = undefined;
    gates[segment]?.resolve();
  }

  return {
    ...{ size, memory, paint, ahead },
    get isOver() {
      return here;
    },
    frame(shown: readonly Shown[]) {
      const frame = next++;
      if (here) return local.frame(shown, levels);
      const segment = segments[frame] as number;
      writer ??= new SegmentWriter(memory, size, levels);
      const numbers = writer.add(shown);
      for (const { tiles } of shown) for (const { at } of tiles) memory.letGo(at);
      const pixels = new Promise<Pixels>((resolve, reject) =>
        waiting.set(frame, { numbers, segment, resolve, reject }),
      );
      if (segments[next] !== segment) seal(segment);
      return pixels;
    },
    async close() {
      clearTimeout(timer);
      here = true;
      running.end(new Error('the assembler is closed'));
      fail(new Error('the assembler is closed'));
      await Promise.allSettled([received, last]);
    },
  };
}

/** The number of the segment of each frame: none has frames of two stretches, since between them nothing is assembled. */
function segmentsOf(stretches: readonly number[], most: number): number[] {
  let segment = 0;
  return stretches.flatMap((frames) => {
    const first = segment;
    segment += Math.ceil(frames / most);
    return Array.from({ length: frames }, (_, frame) => first + Math.floor(frame / most));
  });
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
}

function deferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
