/** A worker in virtual time: slots that compute one shard each, and a queue. */

import type { Shard } from '../../src/shard/shard.js';
import type { Calendar } from './virtual-time.js';

interface Task {
  readonly shard: Shard;
  readonly epoch: number;
}

interface Surroundings extends Pick<Calendar, 'at' | 'now'> {
  costOf(shard: Shard): number;
  answer(worker: SimulatedWorker, shard: Shard, epoch: number, seconds: number): void;
}

export class SimulatedWorker {
  readonly slots: number;
  /** The speed of a slot, and what it states. */
  readonly speed: number;
  readonly stated: number;
  /** Counts its processes: another one has nothing of those before. */
  life = 0;
  private waiting: Task[] = [];
  private readonly running = new Set<number>();

  constructor(
    readonly name: string,
    { slots, speed, stated = speed }: { readonly slots: number; readonly speed: number; readonly stated?: number },
    private readonly around: Surroundings,
  ) {
    this.slots = slots;
    this.speed = speed;
    this.stated = stated;
  }

  /** Of its shards. */
  get epochs(): number[] {
    return [...this.running, ...this.waiting.map(({ epoch }) => epoch)];
  }

  queue(shard: Shard, epoch: number): void {
    this.waiting.push({ shard, epoch });
    this.begin();
  }

  cancel(epoch: number): void {
    this.waiting = this.waiting.filter((task) => task.epoch !== epoch);
    if (this.running.delete(epoch)) this.begin();
  }

  /** It loses all its shards. */
  die(): void {
    this.life++;
    this.waiting = [];
    this.running.clear();
  }

  private begin(): void {
    while (this.running.size < this.slots) {
      const task = this.waiting.shift();
      if (!task) return;
      const { shard, epoch } = task;
      const { at, now, costOf, answer } = this.around;
      const [seconds, { life }] = [costOf(shard) / this.speed, this];
      this.running.add(epoch);
      at(now() + seconds, () => {
        if (this.life !== life || !this.running.delete(epoch)) return;
        this.begin();
        answer(this, shard, epoch, seconds);
      });
    }
  }
}
