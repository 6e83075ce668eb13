/**
 * Who computes what: a pure state machine. Events go in, commands come out; no clock (time is an argument), no network,
 * no randomness: the same events give the same commands.
 *
 * Guided self-scheduling (Polychronopoulos and Kuck, "Guided Self-Scheduling", 1987) over the rest of the whole job:
 * large shards while much is left, small ones at the very end, so that all slots finish together. A shard is worth at
 * least some milliseconds and not more than a fraction of a second by the cost measured so far.
 */

import { FractalError } from '../errors.js';
import { areaOf } from '../shard/missing.js';
import type { Rect, Shard } from '../shard/shard.js';
import { type Cutter, cutter } from '../shard/split.js';

export interface Job {
  readonly frames: number;
  /** Pixels of every frame. */
  readonly width: number;
  readonly height: number;
  /** Samples a pixel. */
  readonly perPixel: number;
  readonly shape: 'row' | 'tile' | 'auto';
  /** Rows of a band, or side of a tile, in pixels; absent: guided. */
  readonly blockSize?: number;
  /** Frames that may be under way or waiting for the consumer, at least 1: what bounds the memory. */
  readonly window: number;
  /** Frames are begun when what of them is missing is known: event `recalled`. Absent: all of all of them is. */
  readonly recalls?: true;
}

export type Event =
  /** `speed`: of one slot, in any unit that is the same for all. */
  | { readonly kind: 'joined'; readonly peer: string; readonly slots: number; readonly speed: number }
  | { readonly kind: 'left'; readonly peer: string }
  /** Takes no more shards, finishes those it has. */
  | { readonly kind: 'draining'; readonly peer: string }
  /** `seconds`: what the shard took to compute. */
  | { readonly kind: 'finished'; readonly peer: string; readonly shard: number; readonly seconds: number }
  | { readonly kind: 'failed'; readonly peer: string; readonly shard: number; readonly reason: string }
  /** What of a frame is to be computed, without overlaps; of one frame after the other. */
  | { readonly kind: 'recalled'; readonly frame: number; readonly missing: readonly Rect[] }
  /** The consumer is through with a frame. */
  | { readonly kind: 'taken'; readonly frame: number };

export type Command =
  | { readonly kind: 'assign'; readonly peer: string; readonly shard: Shard }
  /** Every shard of the frame is finished; in order, once each. */
  | { readonly kind: 'frame'; readonly frame: number }
  /** The last frame was commanded; nothing follows. */
  | { readonly kind: 'done' }
  /** The job cannot be finished. */
  | { readonly kind: 'failed'; readonly shard: Shard; readonly reason: string };

export interface Schedule {
  on(event: Event, now: number): Command[];
}

/** Shards in flight for each slot: one computed, one on the way. */
const CREDITS = 2;
/** A shard gets this part of its slot's share of what is left. */
const PARTS = 3;
const MAX_SAMPLES = 1 << 18;
/** Before any cost is known. */
const FIRST_SAMPLES = 1 << 12;
const MIN_SECONDS = 0.004;
const MAX_SECONDS = 0.25;
const [FEWEST, MOST] = [64, 1 << 14];
/** Weight of the newest measurement in the running mean of the cost. */
const FRESH = 0.2;
const ATTEMPTS = 3;

interface Member {
  readonly name: string;
  readonly credits: number;
  readonly slots: number;
  readonly speed: number;
  readonly inFlight: Set<number>;
  draining: boolean;
  /** In the queue of those that could take a shard. */
  waiting: boolean;
}

interface Live {
  readonly shard: Shard;
  peer: string | undefined;
  attempts: number;
  /** Peers that it failed on. */
  readonly failedOn: Set<string>;
}

export function schedule(job: Job): Schedule {
  if (job.frames < 1 || job.width < 1 || job.height < 1 || job.window < 1) {
    throw new FractalError('REQUEST_INVALID', `there is nothing to render in ${JSON.stringify(job)}`);
  }
  const shape = job.shape === 'auto' ? 'tile' : job.shape;
  const framePixels = job.width * job.height;
  const members = new Map<string, Member>();
  const hungry: Member[] = [];
  /** Shards given back, first in line. */
  const returned: Live[] = [];
  const live = new Map<number, Live>();
  const pixelsLeft = new Map<number, number>();
  const complete = new Set<number>();
  /** What is missing of frames that are not begun. */
  const recalled = new Map<number, readonly Rect[]>();
  let cutting: Cutter | undefined;
  let nextFrame = 0;
  let nextShard = 0;
  let emitted = 0;
  let taken = 0;
  /** Samples not yet cut into shards, and what a sample costs: seconds of a slot of speed 1, a running mean. */
  let uncut = job.frames * framePixels * job.perPixel;
  let cost: number | undefined;
  let power = 0;
  let slots = 0;
  /** Members that take shards. */
  let active = 0;
  let over = false;

  function on(event: Event): Command[] {
    if (over) return [];
    const commands: Command[] = [];
    switch (event.kind) {
      case 'joined':
        join(event.peer, event.slots, event.speed);
        break;
      case 'left':
        leave(event.peer);
        break;
      case 'draining': {
        const member = members.get(event.peer);
        if (member) retire(member);
        break;
      }
      case 'finished':
        finish(event.peer, event.shard, event.seconds, commands);
        break;
      case 'failed':
        retry(event.peer, event.shard, event.reason, commands);
        break;
      case 'recalled':
        recall(event.frame, event.missing, commands);
        break;
      case 'taken':
        taken = Math.max(taken, event.frame + 1);
    }
    if (!over) handOut(commands);
    return commands;
  }

  function join(name: string, count: number, speed: number): void {
    leave(name);
    const credits = count * CREDITS;
    const usable = Number.isFinite(speed) && speed > 0 ? speed : 1;
    const member: Member = {
      name,
      credits,
      slots: count,
      speed: usable,
      inFlight: new Set(),
      draining: false,
      waiting: false,
    };
    members.set(name, member);
    slots += count;
    active++;
    power += count * usable;
    want(member);
  }

  function leave(name: string): void {
    const member = members.get(name);
    if (!member) return;
    retire(member);
    members.delete(name);
    for (const id of member.inFlight) {
      const lost = live.get(id) as Live;
      lost.peer = undefined;
      returned.push(lost);
    }
  }

  function retire(member: Member): void {
    if (member.draining) return;
    member.draining = true;
    slots -= member.slots;
    active--;
    power -= member.slots * member.speed;
  }

  function finish(name: string, id: number, seconds: number, commands: Command[]): void {
    const one = release(name, id);
    if (!one) return;
    live.delete(id);
    const { frame, width, height } = one.shard;
    const { speed } = members.get(name) as Member;
    const measured = (seconds * speed) / (width * height * job.perPixel);
    // The figure comes from a worker: one that is no number must not stay in the mean for ever.
    if (measured >= 0 && measured < Infinity) cost = cost === undefined ? measured : cost + FRESH * (measured - cost);
    const left = (pixelsLeft.get(frame) as number) - width * height;
    pixelsLeft.set(frame, left);
    if (left === 0) emit(frame, commands);
  }

  function recall(frame: number, missing: readonly Rect[], commands: Command[]): void {
    const pixels = areaOf(missing);
    uncut -= (framePixels - pixels) * job.perPixel;
    recalled.set(frame, missing);
    if (pixels === 0) emit(frame, commands);
  }

  function emit(frame: number, commands: Command[]): void {
    pixelsLeft.delete(frame);
    complete.add(frame);
    while (complete.delete(emitted)) commands.push({ kind: 'frame', frame: emitted++ });
    if (emitted < job.frames) return;
    commands.push({ kind: 'done' });
    over = true;
  }

  function retry(name: string, id: number, reason: string, commands: Command[]): void {
    const one = release(name, id);
    if (!one) return;
    one.attempts++;
    one.failedOn.add(name);
    one.peer = undefined;
    returned.push(one);
    if (one.attempts < ATTEMPTS) return;
    commands.push({ kind: 'failed', shard: one.shard, reason });
    over = true;
  }

  /** Takes a shard off a peer that really has it; anything else is a late or foreign answer. */
  function release(name: string, id: number): Live | undefined {
    const member = members.get(name);
    if (!member?.inFlight.delete(id)) return undefined;
    want(member);
    return live.get(id);
  }

  function want(member: Member): void {
    if (member.waiting || member.draining || member.inFlight.size >= member.credits) return;
    member.waiting = true;
    hungry.push(member);
  }

  /** One shard each in turn, until nobody wants one or there is none. */
  function handOut(commands: Command[]): void {
    const passed: Member[] = [];
    for (let member = hungry.shift(); member; member = hungry.shift()) {
      member.waiting = false;
      if (member.draining) continue;
      const one = again(member) ?? cut(member);
      if (!one) {
        passed.unshift(member);
        // A shard fails on fewer peers than it has attempts: of so many, one can take the first that came back.
        if (returned.length === 0 || passed.length >= ATTEMPTS) break;
        continue;
      }
      one.peer = member.name;
      member.inFlight.add(one.shard.id);
      commands.push({ kind: 'assign', peer: member.name, shard: one.shard });
      want(member);
    }
    for (const member of passed) {
      member.waiting = true;
      hungry.unshift(member);
    }
  }

  /** A shard that came back; one that failed on this peer is kept for another, as long as there is another. */
  function again(member: Member): Live | undefined {
    const suits = ({ failedOn }: Live) => !failedOn.has(member.name) || remaining(failedOn) === active;
    // Whoever has only just given back many shards must not make each event look at all of them.
    const at = returned.slice(0, ATTEMPTS).findIndex(suits);
    return at < 0 ? undefined : returned.splice(at, 1)[0];
  }

  /** How many of these peers still take shards. */
  function remaining(names: ReadonlySet<string>): number {
    return [...names].filter((name) => members.get(name)?.draining === false).length;
  }

  function cut(member: Member): Live | undefined {
    if (!cutting?.left) {
      const rects = begin();
      if (!rects) return undefined;
      cutting = cutter(rects, shape, job.blockSize);
    }
    const rect = cutting.next(sizeFor(member) / job.perPixel);
    if (!rect) return undefined;
    const shard: Shard = { id: nextShard++, frame: nextFrame - 1, ...rect };
    uncut -= rect.width * rect.height * job.perPixel;
    const one: Live = { shard, peer: undefined, attempts: 0, failedOn: new Set() };
    live.set(shard.id, one);
    return one;
  }

  /** What is missing of the next frame of which something is. */
  function begin(): readonly Rect[] | undefined {
    while (recalled.get(nextFrame)?.length === 0) recalled.delete(nextFrame++);
    // More frames than there are slots to work on them only cost memory.
    if (nextFrame >= job.frames || nextFrame >= taken + Math.min(job.window, 2 + 2 * slots)) return undefined;
    const rects = job.recalls ? recalled.get(nextFrame) : [{ x: 0, y: 0, width: job.width, height: job.height }];
    if (!rects) return undefined;
    recalled.delete(nextFrame);
    pixelsLeft.set(nextFrame, areaOf(rects));
    nextFrame++;
    return rects;
  }

  /** Samples that the next shard of a slot of this peer should have. */
  function sizeFor(member: Member): number {
    const { speed } = member;
    // What may be handed out before the consumer moves on has to do for all slots, however long the job.
    const within = Math.min(uncut, job.window * framePixels * job.perPixel);
    const guided = (within * speed) / (power * PARTS);
    if (cost === undefined) {
      const first = FIRST_SAMPLES * Math.min(1, (speed * slots) / power);
      return Math.max(FEWEST, Math.min(first, guided));
    }
    const worth = cost > 0 ? Math.min(MOST, Math.max(FEWEST, (MIN_SECONDS * speed) / cost)) : MOST;
    const bearable = cost > 0 ? Math.max(FEWEST, (MAX_SECONDS * speed) / cost) : MAX_SAMPLES;
    return Math.min(MAX_SAMPLES, bearable, Math.max(worth, guided));
  }

  return { on };
}
