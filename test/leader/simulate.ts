/** Plays a job in virtual time: peers of given speeds, shards of given cost, no network. */

import type { Event, Job } from '../../src/leader/schedule/events.js';
import { schedule } from '../../src/leader/schedule/schedule.js';
import type { Shard } from '../../src/shard/shard.js';

export interface SimulatedPeer {
  readonly name: string;
  readonly slots: number;
  /** The speed that it states. */
  readonly speed: number;
  /** Its real speed from some second on; absent: the stated one. */
  readonly actual?: { readonly speed: number; readonly from: number };
}

export interface Outcome {
  /** Until the last shard was committed. */
  readonly seconds: number;
  /** The work that was needed, over what all slots together could have done in that time, at the stated speeds. */
  readonly efficiency: number;
  readonly events: number;
  readonly shards: number;
  readonly copies: number;
}

interface Task {
  readonly shard: Shard;
  readonly epoch: number;
  readonly slot: Slot;
  readonly end: number;
  readonly seconds: number;
  stopped: boolean;
}

interface Slot {
  readonly peer: SimulatedPeer;
}

interface Given {
  readonly shard: Shard;
  readonly epoch: number;
}

const TICK_SECONDS = 0.1;

/** @param costOf seconds of a slot of speed 1 */
export function simulate(job: Job, peers: readonly SimulatedPeer[], costOf: (shard: Shard) => number): Outcome {
  const plan = schedule(job);
  const queues = new Map(peers.map(({ name }) => [name, [] as Given[]]));
  const free = new Map(peers.map((peer) => [peer.name, Array.from({ length: peer.slots }, (): Slot => ({ peer }))]));
  const underWay = new Map<number, Task>();
  const tasks = heap();
  let [now, work, events, shards, copies] = [0, 0, 0, 0, 0];
  let done = false;

  function begin(name: string): void {
    const [idle, queue] = [free.get(name) as Slot[], queues.get(name) as Given[]];
    while (idle.length > 0 && queue.length > 0) {
      const slot = idle.pop() as Slot;
      const { shard, epoch } = queue.shift() as Given;
      const { peer } = slot;
      const speed = peer.actual && now >= peer.actual.from ? peer.actual.speed : peer.speed;
      const seconds = costOf(shard) / speed;
      const task = { shard, epoch, slot, seconds, end: now + seconds, stopped: false };
      underWay.set(epoch, task);
      tasks.push(task);
    }
  }

  function end(task: Task): void {
    underWay.delete(task.epoch);
    free.get(task.slot.peer.name)?.push(task.slot);
  }

  function cancel(name: string, epoch: number): void {
    const queue = queues.get(name) as Given[];
    const at = queue.findIndex((one) => one.epoch === epoch);
    if (at >= 0) queue.splice(at, 1);
    const task = underWay.get(epoch);
    if (!task) return;
    task.stopped = true;
    end(task);
    begin(name);
  }

  function feed(event: Event): void {
    const waiting = [event];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      events++;
      for (const command of plan.on(next, now * 1000)) {
        if (command.kind === 'assign') {
          queues.get(command.peer)?.push(command);
          if (command.why === 'copy') copies++;
          begin(command.peer);
        } else if (command.kind === 'cancel') for (const epoch of command.epochs) cancel(command.peer, epoch);
        else if (command.kind === 'commit') {
          shards++;
          work += costOf(command.shard);
        } else if (command.kind === 'render') waiting.push({ kind: 'taken', render: command.render });
        else if (command.kind === 'done') done = true;
        else throw new Error(`unexpected command ${command.kind}`);
      }
    }
  }

  for (const { name, slots: count, speed } of peers) feed({ kind: 'joined', peer: name, slots: count, speed });
  let tick = TICK_SECONDS;
  while (!done) {
    const next = tasks.first();
    if (!next || next.end > tick) {
      now = tick;
      tick += TICK_SECONDS;
      feed({ kind: 'tick' });
      if (now > 1e7) throw new Error('the job does not end');
      continue;
    }
    tasks.pop();
    if (next.stopped) continue;
    now = next.end;
    const { epoch, seconds, slot } = next;
    end(next);
    begin(slot.peer.name);
    feed({ kind: 'finished', peer: slot.peer.name, epoch, seconds, digest: '' });
  }
  const power = peers.reduce((sum, { slots: count, speed }) => sum + count * speed, 0);
  return { seconds: now, efficiency: work / (now * power), events, shards, copies };
}

/** The task that ends first, first. */
function heap(): { push(task: Task): void; first(): Task | undefined; pop(): void } {
  const all: Task[] = [];
  const before = (a: number, b: number) => (all[a] as Task).end < (all[b] as Task).end;
  const swap = (a: number, b: number) => {
    [all[a], all[b]] = [all[b] as Task, all[a] as Task];
  };
  return {
    first: () => all[0],
    push(task) {
      all.push(task);
      for (let at = all.length - 1; at > 0 && before(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
    },
    pop() {
      const last = all.pop() as Task;
      if (all.length === 0) return;
      all[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        if (left >= all.length) return;
        const child = left + 1 < all.length && before(left + 1, left) ? left + 1 : left;
        if (!before(child, at)) return;
        swap(child, at);
        at = child;
      }
    },
  };
}
