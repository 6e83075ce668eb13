import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type Event, schedule } from '../../src/leader/schedule.js';
import type { Shard } from '../../src/shard/shard.js';
import { play } from './scenario.js';
import { efficiency, type SimulatedPeer } from './simulate.js';

const folder = fileURLToPath(new URL('../../../test/scenarios/', import.meta.url));

for (const name of readdirSync(folder)) {
  test(`scenario ${name.replace('.txt', '').replaceAll('-', ' ')}`, () => {
    const [script = '', expected] = readFileSync(folder + name, 'utf8').split('----\n');
    const said = play(script);
    if (process.env.REWRITE) writeFileSync(folder + name, `${script}----\n${said}`);
    else assert.equal(said, expected);
  });
}

test('a job of a million frames is planned at once', () => {
  const plan = schedule({ frames: 1e6, width: 640, height: 360, perPixel: 1, shape: 'auto', window: 10 });
  assert.ok(plan.on({ kind: 'joined', peer: 'a', slots: 1, speed: 1 }, 0).length > 0);
});

const job = fc.record({
  frames: fc.integer({ min: 1, max: 4 }),
  width: fc.integer({ min: 1, max: 200 }),
  height: fc.integer({ min: 1, max: 200 }),
  perPixel: fc.integer({ min: 1, max: 4 }),
  shape: fc.constantFrom('row' as const, 'tile' as const, 'auto' as const),
  window: fc.integer({ min: 1, max: 3 }),
});

test('whatever happens, every pixel is answered once, frames come in order, and the job ends', () => {
  fc.assert(
    fc.property(job, fc.infiniteStream(fc.nat(9999)), (size, luck) => {
      const dice = () => luck.next().value as number;
      const plan = schedule(size);
      const inFlight = new Map<string, Map<number, Shard>>();
      const slotsOf = new Map<string, number>();
      const answered = new Map<number, number>();
      const failures = new Map<number, number>();
      const queue: Event[] = [];
      let frames = 0;
      let done = false;
      let names = 0;
      const feed = (event: Event) => {
        for (const command of plan.on(event, 0)) {
          assert.ok(!done, 'nothing comes after done');
          if (command.kind === 'assign') {
            const mine = inFlight.get(command.peer);
            assert.ok(mine, 'only peers that are there get shards');
            mine.set(command.shard.id, command.shard);
            assert.ok(mine.size <= 2 * (slotsOf.get(command.peer) as number), 'no more in flight than credits');
          } else if (command.kind === 'frame') {
            assert.equal(command.frame, frames++);
            queue.push({ kind: 'taken', frame: command.frame });
          } else if (command.kind === 'done') done = true;
          else assert.fail('no shard failed three times');
        }
      };
      const join = () => {
        const peer = `p${names++}`;
        inFlight.set(peer, new Map());
        slotsOf.set(peer, 1 + (dice() % 3));
        feed({ kind: 'joined', peer, slots: slotsOf.get(peer) as number, speed: 1 + (dice() % 100) });
      };
      join();
      for (let turn = 0; !done; turn++) {
        assert.ok(turn < 20_000, 'the job ends');
        const taken = queue.shift();
        if (taken) feed(taken);
        const peers = [...inFlight.keys()];
        const peer = peers[dice() % peers.length];
        const luckOf = dice() % 20;
        if (peer === undefined || (luckOf === 0 && names < 20)) {
          join();
          continue;
        }
        const shards = [...(inFlight.get(peer) as Map<number, Shard>).values()];
        const shard = shards[dice() % Math.max(1, shards.length)];
        if (luckOf === 1 && names < 20) {
          inFlight.delete(peer);
          feed({ kind: 'left', peer });
          // An answer of one that is gone counts for nothing.
          if (shard) feed({ kind: 'finished', peer, shard: shard.id, seconds: 1 });
        } else if (shard && luckOf === 2 && (failures.get(shard.id) ?? 0) < 2) {
          failures.set(shard.id, (failures.get(shard.id) ?? 0) + 1);
          inFlight.get(peer)?.delete(shard.id);
          feed({ kind: 'failed', peer, shard: shard.id, reason: 'bad luck' });
        } else if (shard) {
          inFlight.get(peer)?.delete(shard.id);
          answered.set(shard.frame, (answered.get(shard.frame) ?? 0) + shard.width * shard.height);
          feed({ kind: 'finished', peer, shard: shard.id, seconds: (dice() % 1000) / 1e4 });
        }
      }
      assert.equal(frames, size.frames);
      for (let frame = 0; frame < size.frames; frame++) assert.equal(answered.get(frame), size.width * size.height);
    }),
    { numRuns: 150 },
  );
});

/** Nearly all the work lies in the last rows: a microsecond a pixel above, a hundred below. */
function uneven({ y, width, height }: Shard): number {
  let seconds = 0;
  for (let row = y; row < y + height; row++) seconds += width * (row > 900 ? 1e-4 : 1e-6);
  return seconds;
}

const still = { frames: 1, width: 1920, height: 1080, perPixel: 1, shape: 'auto' as const, window: 4 };
const film = { frames: 200, width: 640, height: 360, perPixel: 1, shape: 'auto' as const, window: 8 };
const crews: [string, Parameters<typeof efficiency>][] = [
  ['two slots, an uneven picture', [still, crew(1, 1), uneven]],
  ['a peer ten times slower', [still, crew(10, 1), long]],
  ['a peer a hundred times slower', [still, crew(100, 1), long]],
  ['a hundred slots, a film of small frames', [film, [{ name: 'a', slots: 100, speed: 1 }], even]],
  ['peers that say nothing true of their speed', [film, crew(1, 1, 1), even]],
];

function crew(...speeds: number[]): SimulatedPeer[] {
  return speeds.map((speed, i) => ({ name: `p${i}`, slots: 1, speed }));
}

/** The same, all of it a hundred times dearer. */
function long(shard: Shard): number {
  return uneven(shard) * 100;
}

function even({ width, height }: Shard): number {
  return width * height * 1e-6;
}

for (const [name, args] of crews) {
  test(`all finish together, efficiency of at least 0.95 in virtual time: ${name}`, () => {
    const reached = efficiency(...args);
    assert.ok(reached >= 0.95, `efficiency ${reached}`);
  });
}

test('times that are no numbers do not stay in the mean', () => {
  const plan = schedule({ ...still, width: 4096, height: 4096 });
  const feed = (event: Event) =>
    plan.on(event, 0).flatMap((command) => (command.kind === 'assign' ? [command.shard] : []));
  const [first, second] = feed({ kind: 'joined', peer: 'a', slots: 1, speed: 1 }) as [Shard, Shard];
  feed({ kind: 'finished', peer: 'a', shard: first.id, seconds: Number.NaN });
  const [shard] = feed({ kind: 'finished', peer: 'a', shard: second.id, seconds: second.width * second.height }) as [
    Shard,
  ];
  assert.ok(shard.width * shard.height <= 64, `a second a pixel, and a shard of ${shard.width}x${shard.height}`);
});
