import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type Event, schedule } from '../../src/leader/schedule.js';
import type { Shard } from '../../src/shard/shard.js';
import { play } from './scenario.js';

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

test('two slots finish an uneven picture together: efficiency of at least 0.95 in virtual time', () => {
  const size = { frames: 1, width: 1920, height: 1080, perPixel: 1, shape: 'auto' as const, window: 4 };
  // Nearly all the work lies in the last rows: a microsecond a pixel above, a hundred below.
  const costOf = ({ y, width, height }: Shard) => {
    let seconds = 0;
    for (let row = y; row < y + height; row++) seconds += width * (row > 900 ? 1e-4 : 1e-6);
    return seconds;
  };
  const plan = schedule(size);
  const slots = ['a', 'b'].map((peer) => ({ peer, queue: [] as Shard[], free: 0 }));
  let work = 0;
  let last = 0;
  let done = false;
  const feed = (event: Event, now: number) => {
    for (const command of plan.on(event, now)) {
      if (command.kind === 'done') done = true;
      if (command.kind !== 'assign') continue;
      const slot = slots.find(({ peer }) => peer === command.peer);
      if (slot?.queue.length === 0) slot.free = Math.max(slot.free, now);
      slot?.queue.push(command.shard);
    }
  };
  for (const { peer } of slots) feed({ kind: 'joined', peer, slots: 1, speed: 1 }, 0);
  while (!done) {
    const next = slots
      .filter(({ queue }) => queue.length > 0)
      .map((slot) => ({ slot, end: slot.free + costOf(slot.queue[0] as Shard) }))
      .sort((a, b) => a.end - b.end)[0];
    assert.ok(next);
    const shard = next.slot.queue.shift() as Shard;
    const seconds = next.end - next.slot.free;
    next.slot.free = next.end;
    work += seconds;
    last = next.end;
    feed({ kind: 'finished', peer: next.slot.peer, shard: shard.id, seconds }, next.end);
  }
  assert.ok(work / (2 * last) >= 0.95, `efficiency ${work / (2 * last)}`);
});
