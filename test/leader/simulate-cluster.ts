/**
 * Plays a job on a cluster in virtual time: the real schedule, and a leader whose main thread, link and consumer of frames
 * each do one thing after the other. Messages take a latency, workers send heartbeats, are lost and come back.
 */

import type { Event, Job } from '../../src/leader/schedule/events.js';
import { schedule } from '../../src/leader/schedule/schedule.js';
import type { Shard } from '../../src/shard/shard.js';
import { SimulatedWorker } from './simulated-worker.js';
import { calendar, serial } from './virtual-time.js';

/** What was measured of a leader. Seconds and bytes. */
export interface LeaderCosts {
  /** CPU of the main thread for a shard, assigned and answered; for each byte of the answer, and of a scene that is sent. */
  readonly shard: number;
  readonly answerByte: number;
  readonly sceneByte: number;
  /** For a worker that joins; for each worker and second. */
  readonly join: number;
  readonly heartbeat: number;
}

export interface Cluster {
  readonly workers: readonly { readonly slots: number; readonly speed: number; readonly stated?: number }[];
  /** From the leader to a worker. */
  readonly latency: number;
  /** Bytes a second, each way. */
  readonly bandwidth: number;
  readonly costs: LeaderCosts;
  /** Every so many seconds a worker is killed, and is back after `back`. */
  readonly losses?: { readonly every: number; readonly back: number };
  /** Workers join one after another, so many a second; absent: all are ready when the job begins. */
  readonly joining?: number;
}

export interface SimulatedJob {
  readonly job: Job;
  /** Seconds of a slot of speed 1. */
  costOf(shard: Shard): number;
  bytesOf(shard: Shard): number;
  /** That each worker gets before its first shard of a scene. */
  readonly sceneBytes: number;
  /** What follows for each render in order, one after the other: assembling and encoding its frames. */
  readonly consume: number;
}

export interface Outcome {
  readonly seconds: number;
  /** The work that was needed, over what all slots could have done in that time. */
  readonly efficiency: number;
  readonly shards: number;
  readonly copies: number;
  readonly lost: number;
  /** Shares of the time in which these were busy. */
  readonly leader: number;
  readonly received: number;
  readonly sent: number;
  readonly consumer: number;
  /** Share of the time after the last new shard was assigned. */
  readonly tail: number;
}

/** Of an assignment, of a heartbeat, and of an answer beside its pixels. */
const ORDER_BYTES = 400;
const TICK = 0.1;
const HEARTBEAT = 1;

export function simulateCluster(
  { job, costOf, bytesOf, sceneBytes, consume }: SimulatedJob,
  cluster: Cluster,
): Outcome {
  const { latency, bandwidth, costs } = cluster;
  const plan = schedule(job);
  const { at, run, now } = calendar();
  const [cpu, incoming, outgoing, consumer] = [serial(), serial(), serial(), serial()];
  const workers = cluster.workers.map((one, k) => new SimulatedWorker(`w${k}`, one, { at, now, costOf, answer }));
  const byName = new Map(workers.map((worker) => [worker.name, worker]));
  const scenes = new Map<SimulatedWorker, Set<number>>();
  let [work, shards, copies, lost, lastNew, open] = [0, 0, 0, 0, 0, 0];
  let end = Number.NaN;

  /** The main thread handles it when it has handled what came before. */
  function handle(seconds: number, event: () => Event | undefined): void {
    at(cpu.use(now(), seconds), () => {
      const one = event();
      if (one) feed(one);
    });
  }

  function feed(event: Event): void {
    for (const command of plan.on(event, now() * 1000)) {
      switch (command.kind) {
        case 'assign': {
          if (command.why === 'new') lastNew = now();
          if (command.why === 'copy') copies++;
          assign(byName.get(command.peer) as SimulatedWorker, command.shard, command.epoch);
          break;
        }
        case 'cancel': {
          const worker = byName.get(command.peer) as SimulatedWorker;
          at(now() + latency, () => command.epochs.forEach((epoch) => void worker.cancel(epoch)));
          break;
        }
        case 'commit':
          shards++;
          work += costOf(command.shard);
          break;
        case 'render':
          open++;
          at(consumer.use(now(), consume), () => {
            open--;
            handle(0, () => ({ kind: 'taken', render: command.render }));
            if (open === 0 && Number.isNaN(end) && over) end = now();
          });
          break;
        case 'done':
          over = true;
          break;
        default:
          throw new Error(`unexpected command ${command.kind}`);
      }
    }
  }
  let over = false;

  function assign(worker: SimulatedWorker, shard: Shard, epoch: number): void {
    const there = scenes.get(worker) ?? new Set();
    scenes.set(worker, there);
    const scene = job.renders[shard.render]?.scene ?? 0;
    const bytes = there.has(scene) ? 0 : sceneBytes;
    there.add(scene);
    const sent = cpu.use(now(), costs.shard / 2 + bytes * costs.sceneByte);
    const { life } = worker;
    at(
      outgoing.use(sent, (bytes + ORDER_BYTES) / bandwidth) + latency,
      () => worker.life === life && worker.queue(shard, epoch),
    );
  }

  function answer(worker: SimulatedWorker, shard: Shard, epoch: number, seconds: number): void {
    const [bytes, { life }] = [bytesOf(shard), worker];
    at(incoming.use(now(), (bytes + ORDER_BYTES) / bandwidth) + latency, () => {
      handle(costs.shard / 2 + bytes * costs.answerByte, () =>
        worker.life === life ? { kind: 'finished', peer: worker.name, epoch, seconds, digest: '' } : undefined,
      );
    });
  }

  function join(worker: SimulatedWorker): void {
    const { name, slots, stated } = worker;
    handle(costs.join, () => ({ kind: 'joined', peer: name, slots, speed: stated }));
  }

  function beat(worker: SimulatedWorker): void {
    const { life, name, epochs } = worker;
    // Behind the answers that were sent before it.
    at(incoming.use(now(), ORDER_BYTES / bandwidth) + latency, () => {
      handle(costs.heartbeat, () => (worker.life === life ? { kind: 'heartbeat', peer: name, epochs } : undefined));
    });
    at(now() + HEARTBEAT, () => beat(worker));
  }

  function lose(index: number, { every, back }: { every: number; back: number }): void {
    const worker = workers[index % workers.length] as SimulatedWorker;
    lost++;
    worker.die();
    scenes.delete(worker);
    handle(costs.join, () => ({ kind: 'left', peer: worker.name }));
    at(now() + back, () => join(worker));
    at(now() + every, () => lose(index + 1, { every, back }));
  }

  function tick(): void {
    handle(0, () => ({ kind: 'tick' }));
    at(now() + TICK, tick);
  }

  const { joining, losses } = cluster;
  for (const [k, worker] of workers.entries()) {
    const from = joining ? k / joining : 0;
    at(from, () =>
      joining ? join(worker) : feed({ kind: 'joined', peer: worker.name, slots: worker.slots, speed: worker.stated }),
    );
    at(from + (HEARTBEAT * (k + 1)) / workers.length, () => beat(worker));
  }
  at(TICK, tick);
  if (losses) at(losses.every, () => lose(0, losses));
  run(() => !Number.isNaN(end));
  const power = cluster.workers.reduce((sum, { slots, speed }) => sum + slots * speed, 0);
  return {
    seconds: end,
    efficiency: work / (end * power),
    ...{ shards, copies, lost },
    leader: cpu.busy / end,
    received: incoming.busy / end,
    sent: outgoing.busy / end,
    consumer: consumer.busy / end,
    tail: (end - lastNew) / end,
  };
}
