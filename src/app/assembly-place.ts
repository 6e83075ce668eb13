/** Where the frames of a film are assembled: by the leader's threads, or on workers. */

import { availableParallelism } from 'node:os';
import type { Assembler } from '../film/assembler.js';
import { depthOf } from '../film/camera.js';
import { camerasOf } from '../film/exposure.js';
import { texelsShown } from '../film/filter.js';
import type { Size } from '../film/footprint.js';
import { densityOf } from '../film/levels.js';
import { areScaled } from '../render/colours.js';
import type { Levels } from '../render/quantise.js';
import { lookAt, lookChanges, type Request } from '../request/request.js';
import type { KeyframeFilm } from './assembly.js';
import { openRemoteAssembler, type RemoteAssembler, type RemoteOptions } from './remote-assembler.js';

export type AssembleOn = 'auto' | 'leader' | 'workers';

/** What decides it. */
export interface AssemblyLoad {
  readonly size: Size;
  readonly levels: Levels;
  /** Frames of each stretch that is assembled. */
  readonly stretches: readonly number[];
  /** Pictures that a frame is the mean of, and whether they are turned against the keyframes. */
  readonly pictures: number;
  readonly turned: boolean;
  /** Texels that a frame shows, for each of its pixels; and those of them that the frame before it does not show. */
  readonly shown: number;
  readonly fresh: number;
}

/** A frame's tiles have more texels than it shows by themselves: keyframes overlap, and reach beyond its edges. */
const BEYOND = 1.28;

/** Of the stretches of a film that are assembled, by the middle of the longest. */
export function loadOf(
  films: readonly Pick<KeyframeFilm, 'path' | 'size' | 'from'>[],
  levels: Levels,
  request: Request,
): AssemblyLoad {
  const { path, size, from } = films.reduce((a, b) => (b.path.frames > a.path.frames ? b : a));
  const middle = path.frames >> 1;
  const [before, at] = [path.at(Math.max(0, middle - 1)), path.at(middle)];
  const octaves = Math.abs(depthOf(at) - depthOf(before)) / Math.log10(2);
  const look = (frame: number) => JSON.stringify(lookAt(request, from + frame));
  const changing = lookChanges(request) && look(middle) !== look(Math.max(0, middle - 1));
  const paintings = areScaled(request.colours) ? 2 : 1;
  const shown = BEYOND * texelsShown(densityOf(size.samples));
  return {
    ...{ size, levels, shown },
    stretches: films.map((film) => film.path.frames),
    pictures: camerasOf(path, middle).length * paintings,
    turned: at.rotation !== before.rotation,
    // From an octave to the next one all mip levels are other ones.
    fresh: changing ? shown : Math.min(shown, octaves * shown * paintings),
  };
}

/** The workers that are ready, apart from those in the leader's process. */
export interface AssemblyWorkers extends Pick<RemoteOptions, 'start' | 'note'> {
  readonly on: AssembleOn;
  ready(): readonly { readonly slots: number }[];
}

/** Memory of the leader for segments and their frames. */
const SEGMENTS_BYTES = 1 << 30;
const TEXEL_BYTES = 8;
const [FEWEST, MOST] = [4, 32];

/** Frames of a segment, and of all that are under way, for so many workers; undefined: there is no memory for them. */
export function segmentsFor(
  { size, levels, shown, fresh }: Pick<AssemblyLoad, 'size' | 'levels' | 'shown' | 'fresh'>,
  workers: number,
): { segment: number; ahead: number } {
  const pixels = size.width * size.height;
  const first = shown * TEXEL_BYTES * pixels;
  const each = (fresh * TEXEL_BYTES + (3 * levels.bits) / 8) * pixels;
  const framesOf = (segments: number) => Math.floor((SEGMENTS_BYTES / segments - first) / each);
  let segments = workers + 1;
  while (segments > 2 && framesOf(segments) < FEWEST) segments--;
  const segment = Math.max(1, Math.min(MOST, framesOf(segments)));
  return { segment, ahead: segment * segments };
}

/**
 * Nanoseconds of a core for a pixel of a frame: a picture of it, one that is turned, and the pixel itself; with one sample a
 * pixel. Those of pictures grow about with the square root of the texels.
 */
const [UPRIGHT_NS, TURNED_NS, PIXEL_NS] = [8, 29, 5.5];
/** Bytes a second that a leader can be expected to receive: a network of 1 Gbit/s. */
const BYTES_PER_SECOND = 110e6;

/** Whether workers would assemble frames faster than the leader's `cores`, and why. */
export function worthSending(load: AssemblyLoad, slots: number, cores = availableParallelism()): boolean {
  const pixels = load.size.width * load.size.height;
  const { segment } = segmentsFor(load, 1);
  const each = (load.turned ? TURNED_NS : UPRIGHT_NS) * Math.sqrt(load.shown / (BEYOND * texelsShown(1)));
  const assembling = (pixels * (load.pictures * each + PIXEL_NS)) / 1e9;
  const bytes = pixels * ((3 * load.levels.bits) / 8 + TEXEL_BYTES * (load.shown / segment + load.fresh));
  return slots > cores && assembling / cores > bytes / BYTES_PER_SECOND;
}

/** How often workers are tried, after none of them was left. */
const TRIES = 3;

/**
 * The assembler of a film. It uses `local`, the leader's threads, until workers are ready that are worth it, and when none of
 * them is left.
 */
export function assemblerFor(local: Assembler, load: AssemblyLoad, workers: AssemblyWorkers | undefined): Assembler {
  if (!workers || workers.on === 'leader') return local;
  const opened: RemoteAssembler[] = [];
  let frame = 0;
  const remote = () => opened.at(-1)?.isOver === false && opened.at(-1);

  function openOn(workers: AssemblyWorkers): void {
    const ready = workers.ready();
    const slots = ready.reduce((sum, one) => sum + one.slots, 0);
    if (slots === 0 || (workers.on === 'auto' && !worthSending(load, slots))) return;
    const { segment, ahead } = segmentsFor(load, ready.length);
    const many = ready.length > 1 ? `${ready.length} workers` : '1 worker';
    workers.note(`assembly: on ${many}, ${segment} frames at a time`);
    const stretches = withoutFirst(load.stretches, frame);
    opened.push(openRemoteAssembler(local, { ...workers, levels: load.levels, stretches, segment, ahead }));
  }

  return {
    ...{ size: local.size, memory: local.memory, paint: local.paint },
    get ahead() {
      return (remote() || local).ahead;
    },
    frame(shown, levels) {
      if (!remote() && opened.length < TRIES) openOn(workers);
      frame++;
      return (remote() || local).frame(shown, levels);
    },
    async close() {
      for (const one of opened) await one.close();
      await local.close();
    },
  };
}

/** Of so many frames in each stretch, those that are left after the first ones. */
function withoutFirst(stretches: readonly number[], done: number): number[] {
  let skipped = done;
  return stretches.map((frames) => {
    const gone = Math.min(frames, skipped);
    skipped -= gone;
    return frames - gone;
  });
}
