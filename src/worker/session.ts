/**
 * One leader's session, on the worker: handshake, jobs, heartbeats, the end. What a leader may send is bounded; a session
 * beyond its bounds is ended, without an effect on others.
 */

import { BOUNDS } from '../cluster/bounds.js';
import { Budget } from '../cluster/budget.js';
import {
  type Assignment,
  type FromJob,
  HEARTBEAT_MS,
  PROTOCOL,
  rankOf,
  type ToJob,
  type ToWorker,
} from '../cluster/messages.js';
import { otherBuild, type Program } from '../cluster/program.js';
import type { WorkerLink } from '../cluster/transport.js';
import { FractalError, messageOf } from '../errors.js';
import type { Metric } from '../metrics/metric.js';
import { type Kind, kindWith } from '../work/kind.js';
import { weightOf } from '../work/weight.js';
import { checkHello, checkOpen } from './bounds.js';
import { CREDITS, type Tally, WorkerJob } from './job.js';
import { NoRoom } from './memory.js';
import type { Pool, SessionHandle } from './pool.js';

/**
 * A token bucket for messages of a leader: so many at once, more for each slot, then so many a second; 4 KiB of a task
 * count as one more. An answer gives back twice what its assignment cost.
 */
const UNEXPLAINED = { atOnce: 1_024, perSlot: 1_024, perSecond: 256 } as const;
const UNIT_BYTES = 4_096;
/** The session of a leader that reads no answers for so long is ended: they take memory that others need. */
const UNREAD_MS = 30_000;

type Open = ToJob & { readonly kind: 'open' };

export interface SessionEvents {
  /** A job was opened. */
  began(job: string, kernel: string): void;
  /** The leader closed a job: the metrics that go to it. `wanted`: the worker prints them, too. */
  finished(job: string, tally: Tally, wanted: boolean): readonly Metric[];
  /** A job ended that the leader did not close. */
  aborted(job: string, reason: string, tally: Tally): void;
  /** Once. `session`: empty when no Hello was accepted. `reason`: unless the leader ended it with no job open. */
  ended(session: string, reason: string | undefined): void;
}

export interface Session {
  /** Shards are under way. */
  readonly busy: boolean;
  /** Takes no more shards; ends when those it has are answered. */
  drain(): void;
  close(): void;
}

export function serve(link: WorkerLink, pool: Pool, program: Program, events: SessionEvents): Session {
  let name = '';
  let handle: SessionHandle | undefined;
  let slots = pool.slots;
  const jobs = new Map<number, WorkerJob>();
  /** The largest number of a job so far. */
  let latest = 0;
  const { atOnce, perSlot, perSecond } = UNEXPLAINED;
  const budget = new Budget(atOnce + perSlot * slots, perSecond, () => performance.now());
  let helloReceived = false;
  let draining = false;
  let over = false;
  let heartbeats: NodeJS.Timeout | undefined;
  /** Answers that the leader has not read; heartbeats since the last time that it read some of them. */
  let [unread, stalled, lastSent] = [0, 0, 0];

  link.listen({
    message(message) {
      try {
        handleMessage(message);
      } catch (error) {
        if (error instanceof NoRoom) closeLink(error.message);
        else refuse(messageOf(error));
      }
    },
    ended(error) {
      end(jobs.size > 0 ? (error?.message ?? 'the leader ended the session') : undefined);
      if (!error) link.end();
    },
  });

  function handleMessage(message: ToWorker): void {
    if (message.kind === 'hello') return handleHello(message);
    // Messages that arrive after the end.
    if (over) return;
    if (!handle) throw new FractalError('PROTOCOL', `${message.kind} came before Hello was answered`);
    budget.spend(costOf(message), 'messages without waiting for answers');
    if (message.kind === 'open') return openJob(message, handle);
    const job = jobs.get(message.job);
    if (job) job.handleMessage(message);
    else checkClosedJob(message);
    shardEnded();
  }

  /** Messages sent before the leader received Unavailable or Report are no error. */
  function checkClosedJob({ kind, job }: ToJob): void {
    const harmless = kind === 'cancel' || kind === 'priority' || kind === 'close';
    if (job > latest) throw new FractalError('PROTOCOL', `${kind} came for job ${job}, which was never opened`);
    if (!harmless) throw new FractalError('PROTOCOL', `${kind} for job ${job} came after the end`);
  }

  function handleHello(hello: ToWorker & { readonly kind: 'hello' }): void {
    if (helloReceived) throw new FractalError('PROTOCOL', 'the leader sent Hello twice');
    helloReceived = true;
    checkHello(hello);
    const skew = skewOf(hello);
    if (skew) return refuse(skew);
    if (over) return;
    name = hello.session;
    slots = hello.slots > 0 ? Math.min(hello.slots, pool.slots) : pool.slots;
    handle = pool.session(closeLink);
    heartbeats = setInterval(sendHeartbeat, HEARTBEAT_MS).unref();
    const { instance } = pool;
    void link.send({ kind: 'ready', protocol: PROTOCOL, ...program, slots, credits: CREDITS, instance });
  }

  /** How the leader's program differs, if it does: other versions and builds may compute other bits. */
  function skewOf(hello: ToWorker & { readonly kind: 'hello' }): string | undefined {
    const { version, build } = program;
    const same = 'run the same version on both';
    if (hello.protocol !== PROTOCOL) {
      return `the leader ${hello.version} speaks protocol ${hello.protocol}, this worker ${version} speaks ${PROTOCOL}: ${same}`;
    }
    if (hello.version !== version) return `the leader is version ${hello.version}, this worker ${version}: ${same}`;
    return hello.build === build ? undefined : otherBuild('the leader is', hello.build, 'this worker', build);
  }

  function openJob(open: Open, session: SessionHandle): void {
    const { job: number, name: jobName } = open;
    if (number <= latest) throw new FractalError('PROTOCOL', `job ${number} was opened after job ${latest}`);
    if (jobs.size >= BOUNDS.jobs) throw new FractalError('PROTOCOL', `more than ${BOUNDS.jobs} jobs at once`);
    checkOpen(open);
    latest = number;
    const job = new WorkerJob(number, jobName, rankOf(open), { answer, shardEnded });
    jobs.set(number, job);
    void openKernel(job, open, session);
  }

  async function openKernel(job: WorkerJob, open: Open, session: SessionHandle): Promise<void> {
    try {
      const offer = await pool.offer(open.kernel);
      if (over) return;
      const { detail, speed, fingerprint } = offer;
      const most = Math.min(slots, pool.slotsFor(offer.kernel));
      const kindName = kindWith(pool.kinds, offer.kernel) ?? '';
      job.opened(session.open(offer.kernel, job.rank), most, kindName, pool.kinds[kindName] as Kind);
      events.began(job.name, offer.kernel);
      const held = job.reuse(open.assets);
      const opened = { job: job.number, kernel: offer.kernel, detail, speed, fingerprint, slots: most, held };
      void link.send({ kind: 'opened', ...opened });
      shardEnded();
    } catch (error) {
      if (over) return;
      jobs.delete(job.number);
      void link.send({ kind: 'unavailable', job: job.number, reason: messageOf(error) });
    }
  }

  async function answer(message: FromJob, assignment: Assignment): Promise<void> {
    if (over) return;
    budget.refund(2 * costOf({ kind: 'assign', job: message.job, assignment }));
    unread++;
    await link.send(message);
    unread--;
  }

  function sendHeartbeat(): void {
    const { sent } = link.traffic;
    if (unread === 0 || sent !== lastSent) stalled = 0;
    else if (++stalled * HEARTBEAT_MS >= UNREAD_MS) return closeLink('the leader reads no answers');
    lastSent = sent;
    const open = [...jobs.values()].filter(({ isOpen }) => isOpen);
    void link.send({
      kind: 'heartbeat',
      jobs: open.map(({ number, underWay, running }) => ({ job: number, epochs: underWay, running })),
    });
  }

  /** A shard is no longer under way: closed jobs without shards are reported, and a draining session may end. */
  function shardEnded(): void {
    if (over) return;
    for (const job of jobs.values()) if (job.isDone) report(job);
    if (draining && !isBusy()) endDrained();
  }

  function report(job: WorkerJob): void {
    const { sent, received } = link.traffic.ofJob(job.number);
    const tally = Object.assign(job.tally, { bytesSent: sent, bytesReceived: received });
    const metrics = events.finished(job.name, tally, job.closing?.metrics ?? false);
    job.close();
    jobs.delete(job.number);
    link.traffic.forget(job.number);
    void link.send({ kind: 'report', job: job.number, metrics });
  }

  function isBusy(): boolean {
    return [...jobs.values()].some(({ underWay }) => underWay.length > 0);
  }

  /** The last shard of a worker that drains is answered. */
  function endDrained(): void {
    end('drained');
    link.end();
  }

  function refuse(reason: string): void {
    if (over) return;
    end(reason);
    void link.send({ kind: 'refused', reason }).then(() => link.end());
  }

  /** Ends a session without a fault of the leader, which may dial again. */
  function closeLink(reason: string): void {
    if (over) return;
    end(reason);
    link.close(reason);
  }

  /** Releases the session's part of the pool, once. `reason`: undefined if nothing was interrupted. */
  function end(reason: string | undefined): void {
    if (over) return;
    over = true;
    clearInterval(heartbeats);
    for (const job of jobs.values()) job.close();
    handle?.close();
    for (const { name: job, tally } of jobs.values()) events.aborted(job, reason ?? 'it was ended', tally);
    jobs.clear();
    events.ended(name, reason);
  }

  return {
    get busy() {
      return isBusy();
    },
    drain() {
      if (over) return;
      draining = true;
      void link.send({ kind: 'draining' });
      if (!isBusy()) endDrained();
    },
    close: () => link.close(),
  };
}

function costOf(message: ToJob): number {
  if (message.kind === 'cancel') return 1 + message.epochs.length / 16;
  return message.kind === 'assign' ? 1 + weightOf(message.assignment.work) / UNIT_BYTES : 1;
}
