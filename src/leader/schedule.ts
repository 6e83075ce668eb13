/**
 * Who computes what: a pure state machine. Events go in, commands come out; no clock (time is an argument), no network,
 * no randomness: the same events give the same commands.
 *
 * Guided self-scheduling (Polychronopoulos and Kuck, "Guided Self-Scheduling", 1987) over the rest of the whole job:
 * large shards while much is left, small ones at the very end, so that all slots finish together. A shard is worth at
 * least some milliseconds and not more than a fraction of a second by the cost measured so far. Each time that a shard
 * is given out is a lease with an epoch of its own; whatever comes for an epoch that is over changes nothing.
 */

import { FractalError } from '../errors.js';
import { areaOf } from '../shard/missing.js';
import type { Rect, Shard } from '../shard/shard.js';
import { type Cutter, cutter } from '../shard/split.js';
import { chase } from './schedule/chase.js';
import { Costs, effective } from './schedule/costs.js';
import { drawn } from './schedule/draw.js';
import type { Command, Event, Job, Schedule, Why } from './schedule/events.js';
import { type Lease, type Live, Member } from './schedule/member.js';
import { Words } from './schedule/words.js';

export type { Command, Event, Job, Schedule, Why } from './schedule/events.js';

/** Failures that fail the job, of one shard; or that expel a peer, whatever the shards. */
const ATTEMPTS = 3;
/** A shard is cut in two whenever so many peers were lost with it, and given up after so many. */
const LOSSES_TO_SPLIT = 2;
const LOSSES = 8;
/** Peers that disagree are waited on for a third one so long, with nothing else to do. */
const DECIDE_MS = 10_000;
/**
 * Once a copy is through, the next ones are looked for, no sooner than so long after the last time for each shard that
 * is to be looked at: looking takes little of the time, however many there are.
 */
const CHASE_MS = 0.01;

export function schedule(job: Job): Schedule {
  if (job.frames < 1 || job.width < 1 || job.height < 1 || job.window < 1) {
    throw new FractalError('REQUEST_INVALID', `there is nothing to render in ${JSON.stringify(job)}`);
  }
  const shape = job.shape === 'auto' ? 'tile' : job.shape;
  const framePixels = job.width * job.height;
  const members = new Map<string, Member>();
  const hungry: Member[] = [];
  /** Shards given back, first in line; and those that wait for the answer of another peer. */
  const returned: Live[] = [];
  const checks: Live[] = [];
  const lives = new Map<number, Live>();
  const leases = new Map<number, Lease>();
  const strikes = new Map<string, number>();
  const expelled = new Set<string>();
  /** Where answers are compared: what was not, and peers that were contradicted, whose word alone counts no more. */
  const words = job.verify ? new Words() : undefined;
  const doubted = new Set<string>();
  const seen = new Set<string>();
  const pixelsLeft = new Map<number, number>();
  const complete = new Set<number>();
  /** What is missing of frames that are not begun. */
  const recalled = new Map<number, readonly Rect[]>();
  const costs = new Costs();
  let cutting: Cutter | undefined;
  let [nextFrame, nextShard, nextEpoch] = [0, 0, 1];
  let [emitted, taken] = [0, 0];
  /** Samples not yet cut into shards. */
  let uncut = job.frames * framePixels * job.perPixel;
  /** Of the members that take shards: their slots, what these can do, their number. */
  let [slots, active] = [0, 0];
  /** What their slots can do: of those that have answered, and of those that only state it. */
  const power = { proved: 0, stated: 0 };
  /** Since when nothing can be done but to wait for another peer. */
  let stuckSince: number | undefined;
  /** A copy is through: its slot may have nothing else to do. */
  let copyDone = false;
  let chasedAt = -Infinity;
  let over = false;
  let now = 0;
  let commands: Command[] = [];

  function on(event: Event, time: number): Command[] {
    if (over) return [];
    now = time;
    commands = [];
    hear(event);
    if (!over) handOut();
    if (!over && event.kind === 'tick') lookRound();
    else if (!over && copyDone && now - chasedAt >= CHASE_MS * lives.size) copyLate();
    return commands;
  }

  function hear(event: Event): void {
    switch (event.kind) {
      case 'joined':
        return join(event.peer, event.slots, event.speed);
      case 'left':
        return leave(event.peer);
      case 'draining': {
        const member = members.get(event.peer);
        if (member) retire(member);
        return;
      }
      case 'beat':
        return renew(event.peer, event.epochs);
      case 'finished': {
        const lease = leaseOf(event.peer, event.epoch);
        if (lease) finish(lease, event.seconds, event.digest);
        return;
      }
      case 'failed': {
        const lease = leaseOf(event.peer, event.epoch);
        if (lease) fail(lease, event.reason);
        return;
      }
      case 'blamed':
        return strike(event.peer, event.reason);
      case 'recalled':
        return recall(event.frame, event.missing);
      case 'taken':
        taken = Math.max(taken, event.frame + 1);
        return;
      case 'tick':
    }
  }

  function join(name: string, count: number, speed: number): void {
    leave(name);
    if (expelled.has(name)) return;
    const member = new Member(name, count, speed);
    members.set(name, member);
    seen.add(name);
    slots += count;
    active++;
    weigh(member, 1);
    want(member);
  }

  function leave(name: string): void {
    const member = members.get(name);
    if (!member) return;
    // What only waited there had no part in it, nor has what met a worker on its way out.
    const suspects = member.draining ? [] : [...member.leases.values()].filter(({ began }) => began !== undefined);
    const began = new Set(suspects);
    retire(member);
    members.delete(name);
    for (const lease of member.leases.values()) {
      leases.delete(lease.epoch);
      lease.live.leases.delete(lease.epoch);
      if (began.has(lease)) {
        lease.live.losses++;
        // Elsewhere first: a peer that comes back again and again does not take the same shard along each time.
        lease.live.failedOn.add(name);
      }
      giveBack(lease.live, began.has(lease));
      if (over) return;
    }
  }

  function retire(member: Member): void {
    if (member.draining) return;
    member.draining = true;
    slots -= member.slots;
    active--;
    weigh(member, -1);
  }

  /** Messages keep their order: what was named once, is no more, and was not answered, was forgotten. */
  function renew(name: string, epochs: readonly number[]): void {
    const named = new Set(epochs);
    for (const lease of [...(members.get(name)?.leases.values() ?? [])]) {
      if (named.has(lease.epoch)) lease.acknowledged = true;
      else if (lease.acknowledged && leases.has(lease.epoch)) fail(lease, 'the worker forgot it');
      if (over) return;
    }
  }

  function recall(frame: number, missing: readonly Rect[]): void {
    const pixels = areaOf(missing);
    uncut -= (framePixels - pixels) * job.perPixel;
    recalled.set(frame, missing);
    if (pixels === 0) emit(frame);
  }

  function finish(lease: Lease, seconds: number, digest: string): void {
    const { live, member, epoch } = lease;
    release(lease);
    copyDone ||= lease.copy;
    // Seconds come from the peer: no shard takes longer than it has been away.
    const taken = Math.min(seconds, (now - lease.given) / 1000);
    learn(member, () => {
      costs.note(member.speed, live.samples, taken);
      member.answered(lease, taken, now);
    });
    want(member);
    if (!live.verified && !doubted.has(member.name)) return commit(live, member.name, epoch);
    live.answers.set(member.name, { epoch, digest });
    const same = [...live.answers.values()].filter((answer) => answer.digest === digest);
    if (same.length > 1) {
      const wrong = [...live.answers].filter(([, answer]) => answer.digest !== digest);
      for (const [name] of wrong) contradict(name);
      commit(live, member.name, epoch, true);
      for (const [name] of wrong) strike(name, `its answer for ${placeOf(live.shard)} is not that of two others`);
    } else if (live.answers.size < ATTEMPTS) giveBack(live);
    else abandon(live, `${[...live.answers.keys()].join(', ')} gave different answers`, [...live.answers.keys()]);
  }

  /** What is learned of a peer's speed changes what all can do together. */
  function learn(member: Member, note: () => void): void {
    if (!member.draining) weigh(member, -1);
    note();
    if (!member.draining) weigh(member, 1);
  }

  function weigh({ speed, slots: count, answers }: Member, sign: 1 | -1): void {
    power[answers > 0 ? 'proved' : 'stated'] += sign * count * effective(speed);
  }

  /** What stands on its word alone is computed anew, by others. */
  function contradict(name: string): void {
    doubted.add(name);
    const { shards: revoked = [], frames: late = [] } = words?.takeBack(name) ?? {};
    commands.push({ kind: 'contradicted', peer: name, revoked, late });
    for (const shard of revoked) {
      complete.delete(shard.frame);
      pixelsLeft.set(shard.frame, (pixelsLeft.get(shard.frame) ?? 0) + areaOf([shard]));
      const live = born({ ...shard, id: nextShard++ });
      live.failedOn.add(name);
      returned.push(live);
    }
  }

  /** The first answer wins, whoever else is at it may stop. */
  function commit(live: Live, by: string, epoch: number, verified?: boolean): void {
    const { shard } = live;
    if (!verified) words?.take(by, shard);
    lives.delete(shard.id);
    commands.push({ kind: 'commit', shard, epoch, ...(verified === undefined ? {} : { verified }) });
    for (const lease of [...live.leases.values()]) {
      const { member, began } = lease;
      commands.push({ kind: 'cancel', peer: member.name, epochs: [lease.epoch] });
      release(lease);
      if (began === undefined) continue;
      learn(member, () => costs.noteAtLeast(member.speed, live.samples, (now - began) / 1000 - member.lag));
    }
    const left = (pixelsLeft.get(shard.frame) as number) - shard.width * shard.height;
    pixelsLeft.set(shard.frame, left);
    if (left === 0) emit(shard.frame);
  }

  function emit(frame: number): void {
    pixelsLeft.delete(frame);
    complete.add(frame);
    while (complete.delete(emitted)) {
      words?.handOn(emitted);
      commands.push({ kind: 'frame', frame: emitted++ });
    }
    if (emitted < job.frames) return;
    commands.push({ kind: 'done' });
    over = true;
  }

  function fail(lease: Lease, reason: string): void {
    const { live, member } = lease;
    release(lease);
    live.failures++;
    live.failedOn.add(member.name);
    if (live.failures >= ATTEMPTS && live.leases.size === 0) return abandon(live, reason);
    giveBack(live);
    strike(member.name, reason);
  }

  function strike(name: string, reason: string): void {
    const count = (strikes.get(name) ?? 0) + 1;
    strikes.set(name, count);
    if (over || count < ATTEMPTS || expelled.has(name)) return;
    expelled.add(name);
    commands.push({ kind: 'expelled', peer: name, reason: `it failed ${count} times, last: ${reason}` });
    leave(name);
  }

  function abandon({ shard }: Live, reason: string, liars?: readonly string[]): void {
    commands.push({ kind: 'failed', shard, reason, ...(liars ? { liars } : {}) });
    over = true;
  }

  /** Nobody is at it any more: somebody else's turn. `lost`: with a peer that computed it. */
  function giveBack(live: Live, lost = false): void {
    if (live.leases.size > 0) return;
    if (lost && live.losses >= LOSSES) return abandon(live, `${live.losses} workers were lost while they computed it`);
    if (live.answers.size > 0) checks.push(live);
    else if (lost && live.losses % LOSSES_TO_SPLIT === 0) returned.push(...halves(live));
    else returned.push(live);
  }

  /** A shard that takes its workers along: smaller ones tell where it is, or need less of what they lacked. */
  function halves(live: Live): Live[] {
    const { width, height, x, y, frame } = live.shard;
    if (width * height === 1) return [live];
    lives.delete(live.shard.id);
    const parts = cutter([{ x, y, width, height }], 'tile');
    const half = () => {
      const rect = parts.next(width * height - 1) as Rect;
      return born({ ...rect, id: nextShard++, frame }, live);
    };
    return [half(), half()];
  }

  /** `of`: what it was cut from; its parts go elsewhere first, too. */
  function born(shard: Shard, of?: Live): Live {
    const live: Live = {
      shard,
      samples: shard.width * shard.height * job.perPixel,
      verified: drawn(job.verify, shard.id),
      leases: new Map(),
      answers: new Map(),
      failedOn: new Set(of?.failedOn),
      failures: 0,
      losses: of?.losses ?? 0,
    };
    lives.set(shard.id, live);
    return live;
  }

  /** Only what a peer really has: anything else is a late or foreign answer. */
  function leaseOf(name: string, epoch: number): Lease | undefined {
    const lease = leases.get(epoch);
    return lease?.member.name === name ? lease : undefined;
  }

  function release(lease: Lease): void {
    const { epoch, live, member } = lease;
    leases.delete(epoch);
    live.leases.delete(epoch);
    member.release(lease, now);
    want(member);
  }

  function want(member: Member): void {
    if (member.waiting || member.draining || member.full) return;
    member.waiting = true;
    hungry.push(member);
  }

  /** One shard each in turn, until nobody wants one or there is none. */
  function handOut(): void {
    const passed: Member[] = [];
    for (let member = hungry.shift(); member; member = hungry.shift()) {
      member.waiting = false;
      if (member.draining || member.full) continue;
      const back = pick(returned, member);
      const live = back ?? pick(checks, member) ?? cut(member);
      if (!live) {
        passed.unshift(member);
        // A shard fails on fewer peers than it has attempts: of so many, one can take the first that came back.
        if (returned.length + checks.length === 0 || passed.length >= ATTEMPTS) break;
        continue;
      }
      give(live, member, live.answers.size > 0 ? 'check' : back ? 'again' : 'new');
      want(member);
    }
    for (const member of passed) {
      member.waiting = true;
      hungry.unshift(member);
    }
  }

  function give(live: Live, member: Member, why: Why): void {
    const copy = why === 'copy';
    const lease: Lease = { epoch: nextEpoch++, live, member, given: now, began: undefined, acknowledged: false, copy };
    leases.set(lease.epoch, lease);
    live.leases.set(lease.epoch, lease);
    member.take(lease, now);
    commands.push({ kind: 'assign', peer: member.name, shard: live.shard, epoch: lease.epoch, why });
  }

  /** Whoever has only just given back many shards must not make each event look at all of them. */
  function pick(list: Live[], member: Member): Live | undefined {
    const at = list.slice(0, ATTEMPTS).findIndex((live) => suits(live, member));
    return at < 0 ? undefined : list.splice(at, 1)[0];
  }

  /** Not where it was answered; where it failed only when it failed everywhere. */
  function suits({ failedOn, answers }: Live, { name }: Member): boolean {
    return !answers.has(name) && (!failedOn.has(name) || remaining(failedOn) === active);
  }

  /** How many of these peers still take shards. */
  function remaining(names: ReadonlySet<string>): number {
    return [...names].filter((name) => members.get(name)?.draining === false).length;
  }

  function cut({ speed, answers }: Member): Live | undefined {
    if (!cutting?.left) {
      const rects = begin();
      if (!rects) return undefined;
      cutting = cutter(rects, shape, job.blockSize);
    }
    // What may be handed out before the consumer moves on has to do for all slots, however long the job.
    const within = Math.min(uncut, job.window * framePixels * job.perPixel);
    const rect = cutting.next(
      costs.size(speed, within, power.proved > 0 ? power.proved : power.stated, slots, answers > 0) / job.perPixel,
    );
    if (!rect) return undefined;
    uncut -= rect.width * rect.height * job.perPixel;
    return born({ id: nextShard++, frame: nextFrame - 1, ...rect });
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

  /** What no single event asks for: shards that few peers suit, shards that take too long, shards nobody can check. */
  function lookRound(): void {
    for (const list of [returned, checks]) {
      for (const live of [...list]) {
        const member = hungry.find((one) => !one.draining && !one.full && suits(live, one));
        if (!member) continue;
        list.splice(list.indexOf(live), 1);
        give(live, member, live.answers.size > 0 ? 'check' : 'again');
      }
    }
    copyLate();
    stuckSince = leases.size === 0 && active > 0 && checks.length > 0 ? (stuckSince ?? now) : undefined;
    if (stuckSince !== undefined && (seen.size === 1 || now - stuckSince >= DECIDE_MS)) settle();
  }

  /** Copies of what takes too long, for slots with nothing else to do. */
  function copyLate(): void {
    copyDone = false;
    chasedAt = now;
    const idle = hungry.filter((member) => member.idle > 0);
    if (idle.length === 0) return;
    for (const { live, member } of chase(lives.values(), idle, costs, now)) give(live, member, 'copy');
  }

  /** Every peer that is here has answered these. */
  function settle(): void {
    for (const live of checks.splice(0)) {
      const [first, ...others] = live.answers;
      if (!first || others.length > 0) {
        const names = [...live.answers.keys()];
        const why = 'gave different answers, and there is no third worker to decide';
        return abandon(live, `${names.join(' and ')} ${why}`, names);
      }
      commit(live, first[0], first[1].epoch, false);
      if (over) return;
    }
    handOut();
  }

  return { on, leased: (peer, epoch) => leaseOf(peer, epoch)?.live.shard };
}

function placeOf({ x, y, width, height, frame }: Shard): string {
  return `${width}x${height} pixels at (${x}, ${y}) of frame ${frame}`;
}
