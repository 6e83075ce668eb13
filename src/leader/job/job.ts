/**
 * One job on a fleet: the scheduler assigns, the workers compute, frames are returned in order. Messages of workers become
 * events of schedule/, whose commands are executed (commands.ts).
 */

import { createHash } from 'node:crypto';
import { BOUNDS } from '../../cluster/bounds.js';
import type { Result } from '../../cluster/messages.js';
import type { Frame } from '../../shard/frame.js';
import type { Fleet, JobChannel, JobMessage } from '../fleet/fleet.js';
import type { Event } from '../schedule/events.js';
import { schedule } from '../schedule/schedule.js';
import { Allowance } from './allowance.js';
import { executor } from './commands.js';
import { FrameQueue } from './frame-queue.js';
import { type Archive, Gathering, type RenderJob } from './gathering.js';
import { Ledger } from './ledger.js';
import { Reports } from './reports.js';
import type { JobOptions, RunningJob } from './running-job.js';
import { JobScenes } from './scenes.js';
import { UsageMeter } from './usage.js';
import { JobWorkers, type Standing } from './workers.js';

export type { JobOptions, Progress, RunningJob } from './running-job.js';

/** How often the scheduler checks for late shards. */
const TICK_MS = 100;

/** @throws FractalError REQUEST_INVALID for a job without pixels, RESOURCES when the fleet runs too many jobs */
export function startJob(fleet: Fleet, job: RenderJob, options: JobOptions): RunningJob {
  const { archive, renders } = job;
  const plan = schedule({ ...job, mostScenes: BOUNDS.scenes, ...(archive ? { recalls: true } : {}) });
  const ledger = new Ledger(options.now, job.costOf);
  const gathering = new Gathering(job, ledger);
  const digests = (job.assets ?? []).map(({ digest }) => digest);
  const workers = new JobWorkers(fleet, options, digests, !archive, {
    opened(worker) {
      scenes.joined(worker.name, worker.held);
      ledger.joined(worker.name, worker.slots, worker.detail);
      options.joined?.(worker);
      reportProgress();
    },
    available: ({ name, slots, speed }) => feed({ kind: 'joined', peer: name, slots, speed }),
    left,
    draining: (name) => feed({ kind: 'draining', peer: name }),
    resumed: (name) => feed({ kind: 'resumed', peer: name }),
    failed: fail,
    send: (name, order) => void channel.send(name, order),
    rank: ({ owner, priority }) => channel.rank(owner, priority),
    note: (text) => options.note(text),
  });
  const channel: JobChannel = fleet.attach({
    on(event) {
      if (event.kind === 'disconnected') reports.arrived(event.worker);
      workers.on(event);
      reportProgress();
    },
    message: guarded,
    leftOut: (name) => workers.reasonLeftOut(name),
    underWayOn: (name) => (frames.state === 'running' ? plan.underWayOn(name) : 0),
    ownerChanged(owner) {
      if (owner === workers.owner) workers.rank();
    },
    get owner() {
      return workers.owner;
    },
    get priority() {
      return workers.priority;
    },
    get underWay() {
      return underWay();
    },
    get wants() {
      return frames.state === 'running' && plan.wants && allowance.isWithin(plan.underWay);
    },
    allot: (most) => limit({ allotted: most }),
  });
  const scenes = new JobScenes(job, (name, order) => void channel.send(name, order));
  const frames = new FrameQueue(renders.length);
  const reports = new Reports();
  const allowance = new Allowance(options.maxSlots);
  const meter = new UsageMeter(job, ledger);
  const parts = { job, channel, workers, scenes, gathering, frames, ledger };
  const execute = executor({ ...parts, note: (text) => options.note(text), fail });
  /** Assignments that the scheduler may have under way. */
  let limited = Infinity;

  limit({});
  channel.changed(workers.owner);
  const ticking = setInterval(() => feed({ kind: 'tick' }), TICK_MS);
  const abort = () => fail(options.signal.reason);
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  else workers.start();
  if (archive && frames.state === 'running') recallAll(archive).catch(fail);

  /** An exception of the leader must fail the job, not count as a fault of the worker. */
  function guarded(name: string, received: JobMessage): void {
    try {
      message(name, received);
    } catch (error) {
      fail(error);
    }
  }

  function message(name: string, received: JobMessage): void {
    switch (received.kind) {
      case 'opened': {
        const fault = workers.opened(name, received);
        return fault === undefined ? undefined : channel.fault(name, fault);
      }
      case 'unavailable':
        return workers.refuse(name, received.reason);
      case 'result':
        return result(name, received);
      case 'failed': {
        const { epoch, reason, final } = received;
        return feed({ kind: 'failed', peer: name, epoch, reason, ...(final ? { final } : {}) });
      }
      case 'heartbeat':
        meter.stated(name, received.running);
        return feed({ kind: 'heartbeat', peer: name, epochs: received.epochs });
      case 'report':
        ledger.reported(name, received.metrics);
        reports.arrived(name);
    }
  }

  function result(name: string, answer: Result): void {
    channel.resetBackoff(name);
    const shard = plan.leased(name, answer.epoch);
    if (shard?.id !== answer.shard) {
      ledger.late++;
      return;
    }
    const { epoch, bytes, seconds, uncertain } = answer;
    const wrong = job.validate(answer, shard, shard.render);
    if (wrong) return feed({ kind: 'failed', peer: name, epoch, reason: wrong });
    ledger.worked(name, seconds);
    gathering.addAnswer(name, answer);
    const digest = job.verify ? createHash('sha256').update(bytes).update(String(uncertain)).digest('hex') : '';
    feed({ kind: 'finished', peer: name, epoch, seconds, digest });
    reportProgress();
  }

  function left(name: string, how: 'lost' | 'drained' | 'left out', reason: string, fault: boolean): void {
    scenes.forget(name);
    meter.left(name);
    if (frames.state !== 'running') return;
    if (how !== 'left out') ledger.left(name, how === 'lost');
    if (fault) feed({ kind: 'blamed', peer: name, reason });
    feed({ kind: 'left', peer: name });
  }

  function feed(event: Event): void {
    if (frames.state !== 'running') return;
    for (const command of plan.on(event, options.now())) {
      execute(command);
      if (frames.failed) return;
    }
    channel.changed(workers.owner);
  }

  function underWay(): number {
    return frames.state === 'running' ? plan.underWay : 0;
  }

  function limit(changes: Partial<Pick<Allowance, 'paused' | 'allotted' | 'maxSlots'>>): void {
    Object.assign(allowance, changes);
    if (allowance.most === limited) return;
    limited = allowance.most;
    feed({ kind: 'limited', most: limited });
  }

  function setStanding(changes: Partial<Standing>): void {
    const before = workers.owner;
    workers.rank(changes);
    for (const owner of new Set([before, workers.owner])) channel.changed(owner);
  }

  /** Searches the archive for one render after the other, as far ahead as renders may be under way. */
  async function recallAll(known: Archive): Promise<void> {
    for (let render = 0; render < renders.length; render++) {
      await frames.within(job.window, render);
      if (frames.state !== 'running') return;
      const missing = await gathering.recall(known, render);
      feed({ kind: 'recalled', render, missing });
      if (missing.length > 0) workers.need();
      reportProgress();
    }
  }

  function fail(reason: unknown): void {
    if (frames.state !== 'running') return;
    for (const command of plan.on({ kind: 'stopped' }, options.now())) execute(command);
    frames.fail(reason);
    release(false);
  }

  /** The workers are free for other jobs. */
  function release(metrics: boolean): void {
    clearInterval(ticking);
    options.signal.removeEventListener('abort', abort);
    workers.close(metrics);
    channel.detach();
  }

  function reportProgress(): void {
    const { frames: rendersDone, shards: shardsDone, iterations, cost: costDone, costRecalled, busySeconds } = ledger;
    const samplesDone = ledger.samples + ledger.recalled;
    const { size, slots, known } = workers;
    const counts = { rendersDone, samplesDone, costDone, costRecalled, busySeconds, shardsDone, iterations };
    options.progress({ ...counts, slots, workers: size, workersKnown: known });
  }

  /** Awaits the reports of the workers, for a short time. */
  async function awaitReports(): Promise<void> {
    clearInterval(ticking);
    ledger.gathered();
    const { names } = workers;
    await reports.of(names, () => workers.close(options.metrics));
    for (const name of names) {
      const { sent, received } = channel.traffic(name);
      ledger.traffic(name, sent, received);
    }
    options.gathered(ledger.report());
  }

  async function* inOrder(): AsyncGenerator<Frame> {
    try {
      for (let index = 0; index < renders.length; index++) {
        const frame = await frames.next(index);
        if (frames.state === 'complete' && index === renders.length - 1) await awaitReports();
        yield frame;
        feed({ kind: 'taken', render: index });
        frames.took(index);
      }
      gathering.checkDoubtful();
    } finally {
      if (frames.state === 'complete') release(options.metrics);
      else fail(new Error('the frames of the job are not read any more'));
    }
  }

  return {
    frames: inOrder(),
    setPriority: (priority) => setStanding({ priority }),
    setOwner: (owner) => setStanding({ owner }),
    setMaxSlots: (maxSlots) => limit({ maxSlots }),
    pause: () => limit({ paused: true }),
    resume: () => limit({ paused: false }),
    partial: () => gathering.partial(),
    get usage() {
      return meter.read(allowance.paused, underWay());
    },
    get report() {
      return ledger.report();
    },
  };
}
