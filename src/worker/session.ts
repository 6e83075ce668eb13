/**
 * One leader's session, as the worker sees it: greet, take scenes and shards, answer each shard once, report, part.
 * What a leader may send is bounded; one that goes beyond is sent away, and the others notice nothing.
 */

import { Budget } from '../cluster/budget.js';
import { type Assignment, BEAT_MS, type Figure, PROTOCOL, type ToWorker } from '../cluster/messages.js';
import type { WorkerLink } from '../cluster/transport.js';
import { FractalError, messageOf } from '../errors.js';
import { type Kind, kindWith } from '../work/kind.js';
import { weightOf } from '../work/weight.js';
import { checkAsset, checkHello, checkKind, checkScene } from './bounds.js';
import type { Pool, Seat } from './pool.js';
import { NoRoom } from './scenes.js';

/** Shards under way for each slot: one being computed, one so that the slot need not wait for the next. */
const CREDITS = 2;
/**
 * What a leader may send without having answers: so many messages at once, and so many more for each slot, then so many
 * a second; 4 KiB of a task count as one more. An answer gives back twice what its assignment cost.
 */
const UNEXPLAINED = { atOnce: 1_024, perSlot: 1_024, perSecond: 256 } as const;
const UNIT_BYTES = 4_096;
/** A leader that reads nothing of its answers for so long loses its session: they take memory that others need. */
const UNREAD_MS = 30_000;

/** What happened in a session, or in all of them: only ever grows. */
export interface Tally {
  shards: number;
  samples: number;
  iterations: number;
  busySeconds: number;
  bytesSent: number;
  bytesReceived: number;
}

export const NOTHING_YET: Readonly<Tally> = {
  shards: 0,
  samples: 0,
  iterations: 0,
  busySeconds: 0,
  bytesSent: 0,
  bytesReceived: 0,
};

export interface SessionEvents {
  /** For the log. */
  started(session: string, kernel: string): void;
  /** The leader said that the job is over: the figures that go to it. `wanted`: it asked for metrics. */
  finished(session: string, tally: Tally, wanted: boolean): readonly Figure[];
  /** Once. `session` is empty when it never began; `reason`: unless the job was finished. */
  ended(session: string, reason: string | undefined, tally: Tally): void;
}

export interface Session {
  /** Shards are under way. */
  readonly busy: boolean;
  /** Takes no more shards; ends when those it has are answered. */
  drain(): void;
  close(): void;
}

export function serve(link: WorkerLink, pool: Pool, version: string, events: SessionEvents): Session {
  let name = '';
  let seat: Seat | undefined;
  let slots = pool.slots;
  let finishing: (ToWorker & { kind: 'finish' }) | undefined;
  /** Of the job. */
  let [kindName, kind]: [string, Kind | undefined] = ['', undefined];
  const scenes = new Set<number>();
  const assets = new Set<string>();
  const { atOnce, perSlot, perSecond } = UNEXPLAINED;
  const budget = new Budget(atOnce + perSlot * slots, perSecond, () => performance.now());
  let greeted = false;
  let draining = false;
  let over = false;
  let beating: NodeJS.Timeout | undefined;
  /** Answers that the leader has not read; heartbeats since the last time that it read some of them. */
  let [unread, stalledBeats, moved] = [0, 0, 0];
  const tally: Tally = { ...NOTHING_YET };

  link.listen({
    message(message) {
      try {
        handle(message);
      } catch (error) {
        if (error instanceof NoRoom) giveUp(error.message);
        else refuse(messageOf(error));
      }
    },
    ended(error) {
      leave(error?.message ?? 'the leader left');
      if (!error) link.end();
    },
  });

  /** Gives up the place in the pool, once; the reason why, unless the job is over. */
  function leave(reason?: string): void {
    if (over) return;
    over = true;
    clearInterval(beating);
    seat?.leave();
    seat = undefined;
    events.ended(name, reason, tally);
  }

  function handle(message: ToWorker): void {
    if (message.kind === 'hello') {
      if (greeted) throw new FractalError('PROTOCOL', 'the leader greeted twice');
      greeted = true;
      checkHello(message);
      void greet(message);
      return;
    }
    // What was on its way when the session ended.
    if (over) return;
    if (!seat) throw new FractalError('PROTOCOL', `${message.kind} came before the greeting was answered`);
    if (finishing && message.kind !== 'cancel')
      throw new FractalError('PROTOCOL', `${message.kind} came after the end`);
    budget.spend(costOf(message), 'messages without waiting for answers');
    switch (message.kind) {
      case 'asset':
        checkAsset(message.digest, assets);
        assets.add(message.digest);
        seat.asset(message);
        return;
      case 'scene':
        checkScene(message.id, scenes);
        checkKind(message.scene.work, kindName);
        kind?.validateScene(message.scene.work);
        scenes.add(message.id);
        seat.scene(message.id, message.scene);
        return;
      case 'assign':
        take(seat, message.assignment);
        return;
      case 'cancel':
        for (const epoch of message.epochs) seat.cancel(epoch);
        settle();
        return;
      case 'finish':
        finishing = message;
        part();
    }
  }

  async function greet(hello: ToWorker & { kind: 'hello' }): Promise<void> {
    const skew = skewOf(hello);
    if (skew) return refuse(`${skew}: run the same version on both`);
    try {
      const { instance, kinds } = pool;
      const offer = await pool.offer(hello.kernel);
      if (over) return;
      name = hello.session;
      kindName = kindWith(kinds, offer.kernel) ?? '';
      kind = kinds[kindName];
      const most = pool.slotsFor(offer.kernel);
      slots = hello.slots > 0 ? Math.min(hello.slots, most) : most;
      seat = pool.seat(offer.kernel, giveUp);
      events.started(name, offer.kernel);
      beating = setInterval(beat, BEAT_MS).unref();
      await link.send({ ...offer, kind: 'ready', protocol: PROTOCOL, version, slots, credits: CREDITS, instance });
    } catch (error) {
      refuse(messageOf(error));
    }
  }

  /** How the leader's version differs, if it does: other versions may compute other bits. */
  function skewOf(hello: ToWorker & { kind: 'hello' }): string | undefined {
    if (hello.protocol !== PROTOCOL) {
      return `the leader ${hello.version} speaks protocol ${hello.protocol}, this worker ${version} speaks ${PROTOCOL}`;
    }
    return hello.version === version ? undefined : `the leader is version ${hello.version}, this worker ${version}`;
  }

  function beat(): void {
    if (unread === 0 || link.sent !== moved) stalledBeats = 0;
    else if (++stalledBeats * BEAT_MS >= UNREAD_MS) return giveUp('the leader reads no answers');
    moved = link.sent;
    void link.send({ kind: 'beat', epochs: seat?.underWay ?? [] });
  }

  function take(from: Seat, assignment: Assignment): void {
    if (from.underWay.length >= slots * CREDITS) {
      throw new FractalError('PROTOCOL', `more than ${slots * CREDITS} shards under way at once`);
    }
    checkKind(assignment.work, kindName);
    kind?.validateTask(assignment.work, assignment.shard);
    from.queue(assignment, async (result) => {
      if (!seat) return;
      const { shard, epoch } = assignment;
      if (result.kind === 'done') {
        const { bytes, seconds, iterations, uncertain } = result;
        tally.shards++;
        tally.samples += result.samples;
        tally.iterations += iterations;
        tally.busySeconds += seconds;
        const answer = { kind: 'result', shard, epoch, bytes, seconds, iterations, uncertain } as const;
        unread++;
        const read = link.send(answer);
        settle();
        await read;
        unread--;
      } else {
        void link.send({ kind: 'failed', shard, epoch, reason: result.reason });
        settle();
      }
      budget.refund(2 * costOf({ kind: 'assign', assignment }));
    });
  }

  /** Fewer shards are under way: when it was the last, whoever waited for that goes on. */
  function settle(): void {
    part();
    if (draining && seat?.underWay.length === 0) leaveDrained();
  }

  /** The last shard of a worker that says goodbye is answered. */
  function leaveDrained(): void {
    leave('drained');
    link.end();
  }

  /** Once the leader said that it is over, and every shard is answered: the report, then the end. */
  function part(): void {
    if (!finishing || !seat || seat.underWay.length > 0) return;
    tally.bytesSent = link.sent;
    tally.bytesReceived = link.received;
    const figures = events.finished(name, tally, finishing.metrics);
    leave();
    void link.send({ kind: 'report', figures }).then(() => link.end());
  }

  function refuse(reason: string): void {
    // What was on its way when the session ended is nobody's fault.
    if (over) return;
    leave(reason);
    void link.send({ kind: 'refused', reason }).then(() => link.end());
  }

  /** Ends a session that did nothing wrong: its leader may dial again. */
  function giveUp(reason: string): void {
    if (over) return;
    leave(reason);
    link.close(reason);
  }

  const session: Session = {
    get busy() {
      return (seat?.underWay.length ?? 0) > 0;
    },
    drain() {
      if (over) return;
      draining = true;
      void link.send({ kind: 'draining' });
      if (!seat || seat.underWay.length === 0) leaveDrained();
    },
    close: () => link.close(),
  };
  return session;
}

function costOf(message: ToWorker): number {
  if (message.kind === 'cancel') return 1 + message.epochs.length / 16;
  return message.kind === 'assign' ? 1 + weightOf(message.assignment.work) / UNIT_BYTES : 1;
}
