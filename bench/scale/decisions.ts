/** Microseconds of CPU that the schedule itself takes for each event, with many workers of four slots. */

import type { Event, Job } from '../../src/leader/schedule/events.js';
import { schedule } from '../../src/leader/schedule/schedule.js';
import { uniform } from '../../test/leader/uniform.js';
import { print } from '../table.js';

const SLOTS = 4;
const SHARD_SECONDS = 0.1;
const ANSWERS = 40_000;

interface Given {
  readonly peer: string;
  readonly epoch: number;
}

export function decisions(counts: readonly number[] = [25, 250, 2_500]): void {
  const still: Job = { renders: uniform(1, 65_536, 65_536, 1), shape: 'auto', window: 4 };
  const segments: Job = { renders: film(4_000), shape: 'auto', window: 4_000, together: true };
  const few: Job = { renders: film(8), shape: 'auto', window: 8, together: true };
  const rows = counts.flatMap((count) => [
    row('a still', still, count),
    row('4,000 renders, each on one worker', segments, count),
    row('8 renders, each on one worker', few, count),
  ]);
  print(
    `The schedule alone: microseconds of CPU an event, workers of ${SLOTS} slots`,
    ['job', 'workers', 'joined', 'finished', 'heartbeat', 'tick', 'left'],
    rows,
  );
}

/** Renders of a scene each. */
function film(count: number): Job['renders'] {
  return Array.from({ length: count }, (_, scene) => ({ width: 640, height: 360, perPixel: 1, scene }));
}

function row(name: string, job: Job, count: number): (string | number)[] {
  const plan = schedule(job);
  const given: Given[] = [];
  let now = 0;
  const feed = (event: Event) => {
    for (const command of plan.on(event, now)) {
      if (command.kind === 'assign') given.push(command);
      if (command.kind === 'render') plan.on({ kind: 'taken', render: command.render }, now);
    }
  };
  const names = Array.from({ length: count }, (_, k) => `10.0.${k >> 8}.${k & 255}:50051`);
  const joined = timed(names, (peer) => feed({ kind: 'joined', peer, slots: SLOTS, speed: 1 }));
  let at = 0;
  const finished = timed(Array.from({ length: ANSWERS }), () => {
    const one = given[at];
    if (!one) return false;
    at++;
    now += (1000 * SHARD_SECONDS) / (SLOTS * count);
    const { peer, epoch } = one;
    feed({ kind: 'finished', peer, epoch, seconds: SHARD_SECONDS, digest: '' });
    return true;
  });
  const epochsOf = new Map(names.map((peer) => [peer, [] as number[]]));
  for (const { peer, epoch } of given.slice(at)) epochsOf.get(peer)?.push(epoch);
  const heartbeat = timed(names, (peer) => feed({ kind: 'heartbeat', peer, epochs: epochsOf.get(peer) ?? [] }));
  const tick = timed(Array.from({ length: 20 }), () => feed({ kind: 'tick' }));
  const left = timed(names.slice(0, 100), (peer) => feed({ kind: 'left', peer }));
  return [name, count, ...[joined, finished, heartbeat, tick, left].map((one) => one.toFixed(1))];
}

/** Microseconds of CPU for each; `act` returns false when there is no more. */
function timed<T>(all: Iterable<T>, act: (one: T) => unknown): number {
  const from = process.cpuUsage();
  let count = 0;
  for (const one of all) {
    if (act(one) === false) break;
    count++;
  }
  const { user, system } = process.cpuUsage(from);
  return count > 0 ? (user + system) / count : Number.NaN;
}
