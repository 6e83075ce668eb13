/**
 * One job on a fleet: the scheduler assigns, the workers compute, frames are returned in order. Messages of workers become
 * events of schedule/; this file executes its commands.
 */

import { createHash } from 'node:crypto';
import { BOUNDS } from '../../cluster/bounds.js';
import type { Result } from '../../cluster/messages.js';
import { FractalError } from '../../errors.js';
import { bytesOfPixel } from '../../shard/assemble.js';
import type { Frame } from '../../shard/frame.js';
import type { Fleet, JobChannel, JobMessage } from '../fleet/fleet.js';
import type { Command, Event } from '../schedule/events.js';
import { schedule } from '../schedule/schedule.js';
import { Allowance } from './allowance.js';
import { type Archive, Gathering, type Incomplete, type RenderJob } from './gathering.js';
import { Ledger, type Report } from './ledger.js';
import { Reports } from './reports.js';
import { JobScenes } from './scenes.js';
import { type Usage, UsageMeter } from './usage.js';
import { JobWorkers, type Standing, type WorkersOptions } from './workers.js';

export interface JobOptions extends WorkersOptions {
  /** The workers, too, print their metrics. */
  readonly metrics: boolean;
  /** At most so many assignments under way at a time, over all workers; 0 or absent: as many as workers take. */
  readonly maxSlots?: number;
  /** Ends the job; its reason is what `frames` throws. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A line about the job: a worker joined, was lost, is left out. */
  note(text: string): void;
  progress(progress: Progress): void;
  /** The last frame is gathered, but not yet handed on. */
  gathered(report: Report): void;
}

export interface Progress {
  /** Renders that are complete, in order. */
  readonly rendersDone: number;
  readonly samplesDone: number;
  /** What the samples computed so far were estimated to cost, and those found in the store. */
  readonly costDone: number;
  readonly costRecalled: number;
  /** Time that slots spent computing, as workers state it, and slots that take part now. */
  readonly busySeconds: number;
  readonly slots: number;
  readonly shardsDone: number;
  readonly iterations: number;
  readonly workers: number;
  readonly workersKnown: number;
}

export interface RunningJob {
  /**
   * One frame for each render, in order, to be read once: ending the iteration early ends the job. Throws NO_WORKER,
   * WORKER_MISSING, KERNEL_MISSING, SHARD_FAILED, FRAMES_DOUBTFUL, or the signal's reason.
   */
  readonly frames: AsyncIterable<Frame>;
  /** 0 to 100: among the jobs of a fleet, free slots of a worker go to the highest priority first. */
  setPriority(priority: number): void;
  setOwner(owner: string): void;
  /** 0: any number. What is under way beyond it is finished. */
  setMaxSlots(maxSlots: number): void;
  /** No new shard is assigned; what is under way is finished and committed. Frames wait. Idempotent, as `resume`. */
  pause(): void;
  resume(): void;
  readonly usage: Usage;
  /** Counts so far. */
  readonly report: Report;
  /** The first picture that is not complete, as far as it is. */
  partial(): Incomplete | undefined;
}

/** How often the scheduler checks for late shards. */
const TICK_MS = 100;

/** @throws FractalError REQUEST_INVALID for a job without pixels, RESOURCES when the fleet runs too many jobs */
export function startJob(fleet: Fleet, job: RenderJob, options: JobOptions): RunningJob {
  const { archive, renders } = job;
  const plan = schedule({ ...job, mostScenes: BOUNDS.scenes, ...(archive ? { recalls: true } : {}) });
  const ledger = new Ledger(options.now, job.costOf);
  const gathering = new Gathering(job, ledger);
  const workers = new JobWorkers(fleet, options, !archive, {
    opened({ name, slots, detail }) {
      ledger.joined(name, slots, detail);
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
      return state === 'running' && plan.wants && allowance.isWithin(plan.underWay);
    },
    allot: (most) => limit({ allotted: most }),
  });
  const scenes = new JobScenes(job, (name, order) => void channel.send(name, order));
  const frames: Frame[] = [];
  const reports = new Reports();
  const allowance = new Allowance(options.maxSlots);
  const meter = new UsageMeter(job, ledger);
  let state: 'running' | 'complete' | 'failed' = 'running';
  let failure: unknown;
  /** Frames that the consumer has finished with. */
  let taken = 0;
  let wake = () => {};
  let proceed = () => {};
  /** Assignments that the scheduler may have under way. */
  let limited = Infinity;

  limit({});
  channel.changed(workers.owner);
  const ticking = setInterval(() => feed({ kind: 'tick' }), TICK_MS);
  const abort = () => fail(options.signal.reason);
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  else workers.start();
  if (archive && state === 'running') recallAll(archive).catch(fail);

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
      case 'failed':
        return feed({ kind: 'failed', peer: name, epoch: received.epoch, reason: received.reason });
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
    if (state !== 'running') return;
    if (how !== 'left out') ledger.left(name, how === 'lost');
    if (fault) feed({ kind: 'blamed', peer: name, reason });
    feed({ kind: 'left', peer: name });
  }

  function feed(event: Event): void {
    if (state !== 'running') return;
    for (const command of plan.on(event, options.now())) {
      execute(command);
      if (hasFailed()) return;
    }
    channel.changed(workers.owner);
  }

  function underWay(): number {
    return state === 'running' ? plan.underWay : 0;
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

  function hasFailed(): boolean {
    return state === 'failed';
  }

  function execute(command: Command): void {
    switch (command.kind) {
      case 'assign':
        return assign(command);
      case 'cancel':
        return void channel.send(command.peer, { kind: 'cancel', epochs: command.epochs });
      case 'commit':
        return gathering.commit(command);
      case 'outvoted':
        return outvoted(command);
      case 'expelled':
        ledger.expelled(command.peer, command.reason);
        return workers.expel(command.peer, command.reason);
      case 'render':
        frames.push(gathering.frame(command.render));
        scenes.handedOn(command.render);
        return wake();
      case 'failed': {
        const { x, y, width, height, render } = command.shard;
        const where = `${width}x${height} pixels at (${x}, ${y}) of ${job.nameOf?.(render) ?? `frame ${render}`}`;
        // It is not known which answer is right: what one of them alone computed must not be found by a later run.
        for (const name of command.disagreeing ?? []) archive?.disown(name);
        return fail(new FractalError('SHARD_FAILED', `${where} cannot be computed: ${command.reason}`));
      }
      case 'done':
        state = 'complete';
        return wake();
    }
  }

  function assign({ peer, shard, epoch, why }: Command & { kind: 'assign' }): void {
    ledger.handed(why);
    scenes.provide(peer, shard.render);
    const { id, render, x, y, width, height } = shard;
    const work = job.taskOf(render, { x, y, width, height });
    const ordered = gathering.renderAt(render);
    const answerBytes = width * height * bytesOfPixel(ordered.answer, ordered);
    const assignment = { shard: id, epoch, scene: ordered.scene, render, work };
    void channel.send(peer, { kind: 'assign', assignment, answerBytes });
  }

  function outvoted(command: Command & { kind: 'outvoted' }): void {
    gathering.outvoted(command);
    const { peer, revoked } = command;
    const shards = `${revoked.length} shard${revoked.length > 1 ? 's' : ''}`;
    const again = revoked.length > 0 ? `: computing again what only it had computed, ${shards}` : '';
    options.note(`${peer} was wrong where two others agreed${again}`);
  }

  /** Searches the archive for one render after the other, as far ahead as renders may be under way. */
  async function recallAll(known: Archive): Promise<void> {
    for (let render = 0; render < renders.length; render++) {
      while (render >= taken + job.window && state === 'running') {
        await new Promise<void>((resolve) => (proceed = resolve));
      }
      if (state !== 'running') return;
      const missing = await gathering.recall(known, render);
      feed({ kind: 'recalled', render, missing });
      if (missing.length > 0) workers.need();
      reportProgress();
    }
  }

  function fail(reason: unknown): void {
    if (state !== 'running') return;
    for (const command of plan.on({ kind: 'stopped' }, options.now())) execute(command);
    state = 'failed';
    failure = reason;
    release(false);
    wake();
    proceed();
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

  /** The next frame; the last one only once the workers reported, so that metrics come before encoding. */
  async function nextFrame(index: number): Promise<Frame> {
    while (true) {
      if (state === 'failed') throw failure;
      const frame = frames[0];
      if (frame && (index < renders.length - 1 || state === 'complete')) {
        frames.shift();
        return frame;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
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
        const frame = await nextFrame(index);
        if (state === 'complete' && index === renders.length - 1) await awaitReports();
        yield frame;
        taken = index + 1;
        feed({ kind: 'taken', render: index });
        proceed();
      }
      gathering.checkDoubtful();
    } finally {
      if (state === 'complete') release(options.metrics);
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
