/** Plays a job in virtual time: peers of given speeds, shards of given cost, no network. */

import { type Event, type Job, schedule } from '../../src/leader/schedule.js';
import type { Shard } from '../../src/shard/shard.js';

export interface SimulatedPeer {
  readonly name: string;
  readonly slots: number;
  readonly speed: number;
}

interface Slot {
  readonly peer: SimulatedPeer;
  shard: Shard | undefined;
  end: number;
}

/**
 * @param costOf seconds of a slot of speed 1
 * @returns efficiency: the work done, over what all slots together could have done until the last shard was finished
 */
export function efficiency(job: Job, peers: readonly SimulatedPeer[], costOf: (shard: Shard) => number): number {
  const plan = schedule(job);
  const slots = peers.flatMap((peer) =>
    Array.from({ length: peer.slots }, (): Slot => ({ peer, shard: undefined, end: 0 })),
  );
  const queues = new Map(peers.map(({ name }) => [name, [] as Shard[]]));
  let work = 0;
  let now = 0;
  let done = false;

  function feed(event: Event): void {
    const events = [event];
    for (let next = events.shift(); next; next = events.shift()) {
      for (const command of plan.on(next, now)) {
        if (command.kind === 'assign') queues.get(command.peer)?.push(command.shard);
        else if (command.kind === 'frame') events.push({ kind: 'taken', frame: command.frame });
        else if (command.kind === 'done') done = true;
      }
    }
    for (const slot of slots) {
      if (slot.shard) continue;
      slot.shard = queues.get(slot.peer.name)?.shift();
      if (slot.shard) slot.end = now + costOf(slot.shard) / slot.peer.speed;
    }
  }

  for (const { name, slots: count, speed } of peers) feed({ kind: 'joined', peer: name, slots: count, speed });
  while (!done) {
    const next = slots.filter(({ shard }) => shard).reduce((a, b) => (b.end < a.end ? b : a));
    const shard = next.shard as Shard;
    now = next.end;
    next.shard = undefined;
    work += costOf(shard);
    feed({ kind: 'finished', peer: next.peer.name, shard: shard.id, seconds: costOf(shard) / next.peer.speed });
  }
  return work / (now * peers.reduce((sum, { slots: count, speed }) => sum + count * speed, 0));
}
