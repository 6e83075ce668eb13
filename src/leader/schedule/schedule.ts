/**
 * Which peer computes what: a pure state machine. Events go in, commands come out; no clock (time is an argument), no
 * network, no randomness: the same events give the same commands.
 *
 * Guided self-scheduling (Polychronopoulos and Kuck, "Guided Self-Scheduling", 1987) over the rest of the whole job:
 * large shards while much is left, small ones at the very end, so that all slots finish together. By the
 * cost measured so far a shard takes at least some milliseconds and at most a fraction of a second. Each assignment of a
 * shard is a lease with its own epoch; messages for an epoch that has ended change nothing.
 */

import { FractalError } from '../../errors.js';
import type { Shard } from '../../shard/shard.js';
import { Costs } from './costs.js';
import type { Command, Event, Job, Schedule, Why } from './events.js';
import type { Lease, Live, Member } from './member.js';
import { Members } from './members.js';
import { Provenance } from './provenance.js';
import { Renders } from './renders.js';
import { ATTEMPTS, LOSSES, Shards } from './shards.js';
import { speculate } from './speculation.js';

/** When peers disagree and nothing else is left to compute, a third peer is waited for so long. */
const DECIDE_MS = 10_000;
/**
 * After a copy was answered, the next ones are searched for, at the earliest so long after the last search, times the
 * number of shards: so the search takes a small part of the time, however many shards there are.
 */
const SPECULATE_MS = 0.01;

/** @throws FractalError REQUEST_INVALID for a job without pixels */
export function schedule(job: Job): Schedule {
  checkJob(job);
  const members = new Members(job.grain && 1);
  const renders = new Renders(job, handOn);
  const shards = new Shards((shard) => renders.samplesOf(shard), members, job);
  const costs = new Costs(job.grain === 'undivided' ? undefined : job.grain);
  /** Where answers are compared: which peer alone computed which shards, and the outvoted peers, whose results need
   * confirmation. */
  const provenance = job.verify ? new Provenance() : undefined;
  const outvoted = new Set<string>();
  /** Since when the job can only wait for another peer. */
  let stuckSince: number | undefined;
  /** A copy was answered: its slot may be idle. */
  let copyDone = false;
  let speculatedAt = -Infinity;
  /** Assignments that may be under way. */
  let most = Infinity;
  let over = false;
  let now = 0;
  let commands: Command[] = [];

  function on(event: Event, time: number): Command[] {
    if (over) return [];
    now = time;
    commands = [];
    const before = shards.leases.size;
    apply(event);
    // A heartbeat that ended no lease has left nothing to assign, and each worker sends one a second.
    if (!over && (event.kind !== 'heartbeat' || shards.leases.size !== before)) assignAvailable();
    if (!over && event.kind === 'tick') checkWaiting();
    else if (!over && copyDone && now - speculatedAt >= SPECULATE_MS * shards.live.size) copyLate();
    return commands;
  }

  function apply(event: Event): void {
    switch (event.kind) {
      case 'joined':
        leave(event.peer);
        return members.add(event.peer, event.slots, event.speed);
      case 'left':
        return leave(event.peer);
      case 'draining': {
        const member = members.get(event.peer);
        if (member) members.retire(member);
        return;
      }
      case 'resumed': {
        const member = members.get(event.peer);
        if (member) members.restore(member);
        return;
      }
      case 'heartbeat':
        return renewLeases(event.peer, event.epochs);
      case 'finished': {
        const lease = shards.leaseOf(event.peer, event.epoch);
        if (lease) finish(lease, event.seconds, event.digest);
        return;
      }
      case 'failed': {
        const lease = shards.leaseOf(event.peer, event.epoch);
        if (lease) fail(lease, event.reason, event.final);
        return;
      }
      case 'blamed':
        return countFailure(event.peer, event.reason);
      case 'recalled':
        renders.recall(event.render, event.missing);
        return;
      case 'taken':
        return renders.take(event.render);
      case 'limited':
        most = event.most;
        return;
      case 'tick':
        return;
      case 'stopped':
        for (const { epoch, member } of shards.leases.values()) cancel(member, epoch);
        over = true;
    }
  }

  function leave(name: string): void {
    const member = members.get(name);
    if (!member) return;
    // Shards that had not begun did not cause the loss, nor did shards sent to a worker that was draining.
    const suspects = member.draining ? [] : [...member.leases.values()].filter(({ began }) => began !== undefined);
    const began = new Set(suspects);
    members.remove(member);
    renders.leave(name);
    for (const lease of member.leases.values()) {
      const { live } = lease;
      shards.detach(lease);
      if (began.has(lease)) {
        live.losses++;
        // Other peers first: a peer that rejoins again and again must not be lost with the same shard each time.
        live.failedOn.add(name);
      }
      giveBack(live, began.has(lease));
      if (over) return;
    }
  }

  /** Messages keep their order: an epoch that was listed before, is not listed now, and was not answered, has failed. */
  function renewLeases(name: string, epochs: readonly number[]): void {
    const listed = new Set(epochs);
    for (const lease of [...(members.get(name)?.leases.values() ?? [])]) {
      if (listed.has(lease.epoch)) lease.acknowledged = true;
      else if (lease.acknowledged && shards.leases.has(lease.epoch))
        fail(lease, 'the worker does not list it any more');
      if (over) return;
    }
  }

  function finish(lease: Lease, seconds: number, digest: string): void {
    const { live, member, epoch } = lease;
    shards.release(lease, now);
    copyDone ||= lease.copy;
    // Seconds are stated by the peer: at most the time since the assignment counts.
    const taken = Math.min(seconds, (now - lease.given) / 1000);
    members.learn(member, () => {
      costs.note(member.speed, live.samples, taken);
      member.answered(lease, taken, now);
    });
    members.enqueue(member);
    if (!live.verified && !outvoted.has(member.name)) return commit(live, member.name, epoch);
    live.answers.set(member.name, { epoch, digest });
    const same = [...live.answers.values()].filter((answer) => answer.digest === digest);
    if (same.length > 1) confirm(live, member, epoch, digest);
    else if (live.answers.size < ATTEMPTS) giveBack(live);
    else failJob(live, `${[...live.answers.keys()].join(', ')} gave different answers`, [...live.answers.keys()]);
  }

  /** Two peers gave this answer; a third that gave another one was wrong. */
  function confirm(live: Live, member: Member, epoch: number, digest: string): void {
    const wrong = [...live.answers].filter(([, answer]) => answer.digest !== digest);
    for (const [name] of wrong) outvote(name);
    commit(live, member.name, epoch, true);
    for (const [name] of wrong) countFailure(name, `its answer for ${placeOf(live.shard)} is not that of two others`);
  }

  /** What this peer alone computed is computed again by others. */
  function outvote(name: string): void {
    outvoted.add(name);
    const { shards: revoked = [], renders: late = [] } = provenance?.revoke(name) ?? {};
    commands.push({ kind: 'outvoted', peer: name, revoked, late });
    for (const shard of revoked) {
      renders.revoke(shard);
      const live = shards.create(shard);
      live.failedOn.add(name);
      shards.returned.push(live);
    }
  }

  /** The first answer counts; the shard is cancelled on other peers. */
  function commit(live: Live, by: string, epoch: number, verified?: boolean): void {
    const { shard } = live;
    if (!verified) provenance?.record(by, shard);
    shards.live.delete(shard.id);
    commands.push({ kind: 'commit', shard, epoch, ...(verified === undefined ? {} : { verified }) });
    for (const lease of [...live.leases.values()]) {
      const { member, began } = lease;
      cancel(member, lease.epoch);
      shards.release(lease, now);
      if (began === undefined) continue;
      // Another peer was sooner, though it had to get the scene: that peer may go on with it.
      renders.leave(member.name);
      const seconds = (now - began) / 1000 - member.lag;
      members.learn(member, () => costs.noteAtLeast(member.speed, live.samples, seconds));
    }
    renders.commit(shard);
  }

  function cancel(member: Member, epoch: number): void {
    commands.push({ kind: 'cancel', peer: member.name, epochs: [epoch] });
  }

  function handOn(render: number): void {
    provenance?.handOn(render);
    commands.push({ kind: 'render', render });
    if (render < job.renders.length - 1) return;
    commands.push({ kind: 'done' });
    over = true;
  }

  function fail(lease: Lease, reason: string, final = false): void {
    const { live, member } = lease;
    shards.release(lease, now);
    if (final) return failJob(live, reason);
    live.failures++;
    live.failedOn.add(member.name);
    if (live.failures >= ATTEMPTS && live.leases.size === 0) return failJob(live, reason);
    giveBack(live);
    countFailure(member.name, reason);
  }

  function countFailure(name: string, reason: string): void {
    const expelled = members.fail(name, reason);
    if (over || expelled === undefined) return;
    commands.push({ kind: 'expelled', peer: name, reason: expelled });
    leave(name);
  }

  function failJob({ shard }: Live, reason: string, disagreeing?: readonly string[]): void {
    commands.push({ kind: 'failed', shard, reason, ...(disagreeing ? { disagreeing } : {}) });
    over = true;
  }

  /** `lost`: with a peer that computed it. */
  function giveBack(live: Live, lost = false): void {
    if (live.leases.size > 0) return;
    if (lost && live.losses >= LOSSES) return failJob(live, `${live.losses} workers were lost while they computed it`);
    shards.giveBack(live, lost);
  }

  function isLimited(): boolean {
    return shards.leases.size >= most;
  }

  /** Assigns one shard to each peer in turn, until no peer can take one or none is left. */
  function assignAvailable(): void {
    const { available } = members;
    const passed: Member[] = [];
    const next = () => (isLimited() ? undefined : available.shift());
    for (let member = next(); member; member = next()) {
      member.queued = false;
      if (member.draining || member.full) continue;
      const back = shards.take(shards.returned, member);
      const live = back ?? shards.take(shards.unverified, member) ?? cut(member);
      if (over) return;
      if (!live) {
        passed.push(member);
        // Another peer may have renders of its own.
        if (job.together) continue;
        // A shard fails on fewer peers than it has attempts: so one of that many peers can take the first returned shard.
        if (shards.returned.length + shards.unverified.length === 0 || passed.length >= ATTEMPTS) break;
        continue;
      }
      assign(live, member, live.answers.size > 0 ? 'check' : back ? 'again' : 'new');
      members.enqueue(member);
    }
    for (const member of passed) member.queued = true;
    available.unshift(...passed);
  }

  function cut({ name, speed, answers }: Member): Live | undefined {
    const { slots, totalPower } = members;
    const power = totalPower * Math.min(1, most / slots);
    const part = renders.cut(name, slots, (within) => costs.size(speed, within, power, slots, answers > 0));
    return part && shards.create(part);
  }

  function assign(live: Live, member: Member, why: Why): void {
    const { epoch } = shards.lease(live, member, why === 'copy', now);
    commands.push({ kind: 'assign', peer: member.name, shard: live.shard, epoch, why });
  }

  /** Periodic checks: returned shards that few peers may compute, late shards, shards that no peer can verify. */
  function checkWaiting(): void {
    for (const list of [shards.returned, shards.unverified]) {
      for (const live of [...list]) {
        if (isLimited()) return;
        const member = members.available.find((one) => !one.draining && !one.full && shards.suits(live, one));
        if (!member) continue;
        list.splice(list.indexOf(live), 1);
        assign(live, member, live.answers.size > 0 ? 'check' : 'again');
      }
    }
    copyLate();
    const stuck = shards.leases.size === 0 && most > 0 && members.active > 0 && shards.unverified.length > 0;
    stuckSince = stuck ? (stuckSince ?? now) : undefined;
    if (stuckSince !== undefined && (members.everSeen === 1 || now - stuckSince >= DECIDE_MS)) acceptUnverified();
  }

  /** Assigns copies of late shards to idle slots. */
  function copyLate(): void {
    copyDone = false;
    speculatedAt = now;
    const idle = members.available.filter((member) => member.idle > 0);
    if (idle.length === 0 || isLimited()) return;
    const copies = speculate(shards.live.values(), idle, costs, now, job.together);
    for (const { live, member } of copies.slice(0, most - shards.leases.size)) assign(live, member, 'copy');
  }

  /** Commits the shards that every present peer has answered. */
  function acceptUnverified(): void {
    for (const live of shards.unverified.splice(0)) {
      const [first, ...others] = live.answers;
      if (!first || others.length > 0) {
        const names = [...live.answers.keys()];
        const why = 'gave different answers, and there is no third worker to decide';
        return failJob(live, `${names.join(' and ')} ${why}`, names);
      }
      commit(live, first[0], first[1].epoch, false);
      if (over) return;
    }
    assignAvailable();
  }

  return {
    on,
    leased: (peer, epoch) => shards.leaseOf(peer, epoch)?.live.shard,
    get underWay() {
      return shards.leases.size;
    },
    underWayOn: (peer) => members.get(peer)?.leases.size ?? 0,
    get wants() {
      const left = shards.returned.length + shards.unverified.length > 0 || renders.hasNext(members.slots);
      return !over && isLimited() && left && members.available.some((member) => !member.draining && !member.full);
    },
  };
}

/** @throws FractalError REQUEST_INVALID */
function checkJob({ renders, window }: Job): void {
  const empty = renders.findIndex(({ width, height }) => width < 1 || height < 1);
  if (renders.length > 0 && window >= 1 && empty < 0) return;
  const what = empty < 0 ? `${renders.length} renders, ${window} at a time` : JSON.stringify(renders[empty]);
  throw new FractalError('REQUEST_INVALID', `there is nothing to render in ${what}`);
}

function placeOf({ x, y, width, height, render }: Shard): string {
  return `${width}x${height} pixels at (${x}, ${y}) of frame ${render}`;
}
