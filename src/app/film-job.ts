/**
 * A film as a job: renders of keyframes, and of frames where keyframes cannot be shared, in the order in which the film
 * needs them; and its frames, made of them.
 */

import { assembled } from '../film/assemble.js';
import { type Assembler, openAssembler } from '../film/assembler.js';
import type { RenderJob } from '../leader/job/gathering.js';
import type { Colours } from '../render/colours.js';
import type { Paint } from '../render/paint.js';
import { lookChanges, neededOf, viewAt } from '../request/request.js';
import { bytesOfPixel } from '../shard/assemble.js';
import { movedBy } from '../shard/crop.js';
import type { Frame } from '../shard/frame.js';
import { areaOf } from '../shard/missing.js';
import type { Store } from '../store/store.js';
import { channelsOf } from '../view/channels.js';
import { samplesPerPixel } from '../view/view.js';
import type { Numerics } from '../work/fractal/numerics.js';
import { type FractalPicture, fractalRenders } from '../work/fractal/renders.js';
import { archiveOfParts, type KeptRenders } from './archive.js';
import type { KeyframeFilm, Stretch } from './assembly.js';
import { type AssemblyWorkers, assemblerFor, loadOf } from './assembly-place.js';
import { assemblyThreads } from './assembly-threads.js';
import { type FilmRender, type KeyframeRenders, keyframeRenders, samplesOf } from './keyframes.js';
import { paintingOf } from './painting.js';
import { lookNumbersAt } from './picture.js';
import { type Prepared, referenceOf } from './prepare.js';
import { timetable } from './timetable.js';

/** Renders that are under way or wait for their turn may take so much memory. */
const RENDERS_BYTES = 256 << 20;

export interface FilmJob {
  readonly job: RenderJob;
  readonly renders: readonly FilmRender[];
  /** By frame of the film: so many of the renders are needed until then. */
  readonly needed: readonly number[];
  /** Of keyframes: log10 of the zoom. */
  readonly depths: readonly number[];
  /** The frames of the film, of the job's renders in order. `workers`: may assemble them; absent: the leader's threads do. */
  frames(computed: AsyncIterable<Frame>, workers?: AssemblyWorkers): AsyncGenerator<Frame>;
  /** Where the renders are kept; undefined: nothing is. */
  archive(store: Store | undefined, numerics: Numerics): KeptRenders | undefined;
}

type Planned =
  | { readonly from: number; readonly renders: readonly FilmRender[] }
  | ({ readonly from: number; readonly film: KeyframeFilm } & KeyframeRenders);

export interface FilmJobOptions {
  readonly paint: Paint;
  /** Frames that are assembled may be planes. */
  readonly planes?: boolean | undefined;
  /** What frames are painted with, which may need less of the samples than the request's. */
  readonly colours?: Colours;
  /** As that of a Context. */
  readonly background?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** @throws the signal's reason */
export async function filmJob(
  prepared: Prepared,
  stretches: readonly Stretch[],
  { paint, planes = false, colours = prepared.request.colours, background = false, signal }: FilmJobOptions,
): Promise<FilmJob> {
  const { request } = prepared;
  const { width, height, sampling } = request;
  const perPixel = samplesPerPixel(sampling);
  const channels = channelsOf(neededOf(request));
  const whole = { x: 0, y: 0, width, height };
  const planned: Planned[] = [];
  for (const { from, frames, film } of stretches) {
    if (film) planned.push({ from, film, ...(await keyframeRenders(request, film, signal)) });
    else planned.push({ from, renders: frameRenders(from, frames) });
  }
  const renders = planned.flatMap((one): readonly FilmRender[] => one.renders);

  function frameRenders(from: number, count: number): FilmRender[] {
    return Array.from({ length: count }, (_, k) => {
      return { view: viewAt(request, from + k), box: whole, kept: whole, near: from + k };
    });
  }

  const changes = lookChanges(request);
  const pictures = renders.map(({ view, parts, near }): FractalPicture => {
    const reference = referenceOf(prepared, view);
    const look = changes ? { look: lookNumbersAt(request, paint, near) } : {};
    return { view, ...(parts ? {} : { paint, ...look }), ...(reference ? { reference } : {}) };
  });
  const made = fractalRenders(pictures);
  const at = (render: number) => renders[render] as FilmRender;
  const bytes = made.renders.map(
    ({ answer, ...size }, render) => areaOf([at(render).box]) * bytesOfPixel(answer, size),
  );
  const { shape, blockSize } = request;
  const { needed, names, depths } = timetable(planned);
  const job: RenderJob = {
    ...made,
    nameOf: (render) => names[render]?.() ?? `render ${render}`,
    renders: made.renders.map((render, k) => {
      const { box, parts } = at(k);
      const wanted = parts?.map((part) => movedBy(part, -box.x, -box.y));
      return { ...render, width: box.width, height: box.height, ...(wanted ? { parts: wanted } : {}) };
    }),
    taskOf: (render, rect) => made.taskOf(render, movedBy(rect, at(render).box.x, at(render).box.y)),
    shape,
    ...(blockSize === undefined ? {} : { blockSize }),
    window: Math.max(2, Math.floor(RENDERS_BYTES / Math.max(...bytes))),
  };
  return {
    ...{ job, renders, needed, depths },
    async *frames(computed, workers) {
      const source = computed[Symbol.asyncIterator]();
      async function next(): Promise<Frame> {
        const { done, value } = await source.next();
        if (done) throw new Error('the job ended before its film');
        return value;
      }
      async function* keyframes({ renders: own, order }: KeyframeRenders) {
        for (const k of order.keyframes.keys()) yield samplesOf(await next(), (own[k] as FilmRender).box);
      }
      let index = stretches[0]?.from ?? 0;
      let assembler: Assembler | undefined;
      try {
        for (const one of planned) {
          if (!('film' in one)) {
            for (const _ of one.renders) yield { ...(await next()), index: index++ };
            continue;
          }
          const { cover, path, from } = one.film;
          const painting = paintingOf({ ...request, colours }, paint, { channels, from });
          assembler ??= assemblerFor(
            openAssembler({ size: { width, height }, threads: assemblyThreads(), background }),
            loadOf(
              planned.flatMap((stretch) => ('film' in stretch ? [stretch.film] : [])),
              paint.levels,
              { ...request, colours },
            ),
            workers,
          );
          const levels = { ...paint.levels, planes };
          const film = { cover, order: one.order, path, painting, levels, assembler };
          for await (const rgb of assembled(film, keyframes(one))) {
            yield { index: index++, width, height, perPixel, answer: answerOf(rgb, width * height) };
          }
        }
      } finally {
        await assembler?.close();
        await source.return?.();
      }
    },
    archive: (store, numerics) => archiveOfParts(store, job, pictures, renders, numerics),
  };
}

/** Workers give pixels where the leader's threads give planes. */
function answerOf(made: Uint8Array | Uint16Array, pixels: number): Frame['answer'] {
  if (made instanceof Uint16Array) return { kind: 'deep-pixels', rgb: made };
  return made.length === 3 * pixels ? { kind: 'pixels', rgb: made } : { kind: 'planes', yuv: made };
}
