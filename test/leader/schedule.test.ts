import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Command, Event } from '../../src/leader/schedule/events.js';
import { schedule } from '../../src/leader/schedule/schedule.js';
import type { Shard } from '../../src/shard/shard.js';
import { play } from './scenario.js';
import { type SimulatedPeer, simulate } from './simulate.js';
import { uniform } from './uniform.js';

type Assign = Command & { kind: 'assign' };

const folder = fileURLToPath(new URL('../../../test/scenarios/', import.meta.url));

for (const name of readdirSync(folder)) {
  test(`scenario ${name.replace('.txt', '').replaceAll('-', ' ')}`, () => {
    const [script = '', expected] = readFileSync(folder + name, 'utf8').split('----\n');
    const commands = play(script);
    if (process.env.REWRITE) writeFileSync(folder + name, `${script}----\n${commands}`);
    else assert.equal(commands, expected);
  });
}

test('a job of a million frames is planned at once', () => {
  const plan = schedule({ renders: uniform(1e6, 640, 360), shape: 'auto', window: 10 });
  assert.ok(plan.on({ kind: 'joined', peer: 'a', slots: 1, speed: 1 }, 0).length > 0);
});

/** Nearly all the work lies in the last rows: a microsecond a pixel above, a hundred below. */
function uneven({ y, width, height }: Shard): number {
  let seconds = 0;
  for (let row = y; row < y + height; row++) seconds += width * (row > 900 ? 1e-4 : 1e-6);
  return seconds;
}

const still = { renders: uniform(1, 1920, 1080), shape: 'auto' as const, window: 4 };
const large = { ...still, renders: uniform(1, 4096, 4096) };
const film = { renders: uniform(200, 640, 360), shape: 'auto' as const, window: 8 };
const fleets: [string, Parameters<typeof simulate>][] = [
  ['two slots, an uneven picture', [still, peersOf(1, 1), uneven]],
  ['a peer ten times slower', [still, peersOf(10, 1), long]],
  ['a peer a hundred times slower', [still, peersOf(100, 1), long]],
  ['a hundred slots, a film of small frames', [film, [{ name: 'a', slots: 100, speed: 1 }], even]],
  ['peers whose stated speeds are wrong', [film, peersOf(1, 1, 1), even]],
];

function peersOf(...speeds: number[]): SimulatedPeer[] {
  return speeds.map((speed, i) => ({ name: `p${i}`, slots: 1, speed }));
}

/** The same, all of it a hundred times as expensive. */
function long(shard: Shard): number {
  return uneven(shard) * 100;
}

function even({ width, height }: Shard): number {
  return width * height * 1e-6;
}

for (const [name, args] of fleets) {
  test(`all finish together, efficiency of at least 0.95 in virtual time: ${name}`, () => {
    const { efficiency: reached } = simulate(...args);
    assert.ok(reached >= 0.95, `efficiency ${reached}`);
  });
}

test('times that are no numbers do not stay in the mean', () => {
  const plan = schedule(large);
  let now = 0;
  const feed = (event: Event) => plan.on(event, now).flatMap((command) => (command.kind === 'assign' ? [command] : []));
  const [first, second] = feed({ kind: 'joined', peer: 'a', slots: 1, speed: 1 }) as [Assign, Assign];
  const finished = ({ epoch }: Assign, seconds: number) =>
    feed({ kind: 'finished', peer: 'a', epoch, seconds, digest: '' }) as [Assign];
  finished(first, Number.NaN);
  now = 1000 * second.shard.width * second.shard.height;
  const [{ shard }] = finished(second, second.shard.width * second.shard.height);
  assert.ok(shard.width * shard.height <= 64, `a second a pixel, and a shard of ${shard.width}x${shard.height}`);
});

test('a shard takes at most the time since its assignment, whatever its worker states', () => {
  const plan = schedule(large);
  const feed = (event: Event, now: number) =>
    plan.on(event, now).flatMap((command) => (command.kind === 'assign' ? [command] : []));
  const shards = feed({ kind: 'joined', peer: 'a', slots: 1, speed: 1 }, 0);
  for (let now = 1; now < 20; now++) {
    const { peer, epoch } = shards.shift() as Assign;
    shards.push(...feed({ kind: 'finished', peer, epoch, seconds: 1e7, digest: '' }, now));
  }
  const { width, height } = (shards.at(-1) as Assign).shard;
  assert.ok(width * height >= 4096, `a millisecond for 1024 pixels, and a shard of ${width}x${height}`);
});

test('a worker that answers nothing has few shards of the first size, whatever speed it states', () => {
  const plan = schedule(large);
  const given = new Map<string, Assign[]>();
  const feed = (event: Event, now: number) => {
    for (const command of plan.on(event, now)) {
      if (command.kind === 'assign') given.set(command.peer, [...(given.get(command.peer) ?? []), command]);
    }
  };
  feed({ kind: 'joined', peer: 'honest', slots: 1, speed: 1e9 }, 0);
  for (let now = 1; now < 10; now++) {
    const { peer, epoch } = (given.get('honest') as Assign[]).shift() as Assign;
    feed({ kind: 'finished', peer, epoch, seconds: 0.001, digest: '' }, now);
  }
  feed({ kind: 'joined', peer: 'boaster', slots: 1024, speed: 1e15 }, 10);
  const shards = given.get('boaster') ?? [];
  assert.equal(shards.length, 32);
  for (const { shard } of shards) assert.ok(shard.width * shard.height <= 1024);
});

const eight = peersOf(1, 1, 1, 1, 1, 1, 1, 1);
/** About ten seconds for eight. */
const tenSeconds = ({ width, height }: Shard) => (width * height * 80) / (1920 * 1080);

for (const [what, late] of [
  ['from the start', 0],
  ['from the middle of the job on', 5],
  ['just before the end', 9.5],
] as const) {
  test(`a worker of eight that is ten times slower ${what} costs at most 1.3 times the time`, () => {
    const healthy = simulate(still, eight, tenSeconds).seconds;
    const slow = eight.map((peer, k) => (k > 0 ? peer : { ...peer, actual: { speed: 0.1, from: late } }));
    const { seconds } = simulate(still, slow, tenSeconds);
    assert.ok(seconds <= 1.3 * healthy, `${seconds} s, not ${healthy} s`);
  });
}

test('a worker that stalls for good costs at most 1.3 times the time', () => {
  const healthy = simulate(still, eight, tenSeconds).seconds;
  const stalled = eight.map((peer, k) => (k > 0 ? peer : { ...peer, actual: { speed: 1e-9, from: 6 } }));
  const { seconds, copies } = simulate(still, stalled, tenSeconds);
  assert.ok(seconds <= 1.3 * healthy, `${seconds} s, not ${healthy} s`);
  assert.ok(copies >= 2);
});

test('workers that answer shards at first and then none keep no shard from those that go on', () => {
  // At 6 of 10 s three of eight are left, with two fifths of the work; one second passes before shards are overdue.
  const left = 6 + (4 * 8) / 3;
  const stalled = eight.map((peer, k) => (k > 4 ? peer : { ...peer, actual: { speed: 1e-9, from: 6 } }));
  const { seconds } = simulate(still, stalled, tenSeconds);
  assert.ok(seconds <= 1.2 * left + 1, `${seconds} s, not ${left} s`);
});

test('workers that are lost again and again with their shards do not fail the job for the one that stays', () => {
  const plan = schedule({ renders: uniform(1, 256, 256), shape: 'tile', window: 1 });
  const names = ['a', 'b', 'c'];
  const held: Assign[] = [];
  let done = false;
  function feed(event: Event, now: number): void {
    for (const command of plan.on(event, now)) {
      assert.notEqual(command.kind, 'failed');
      if (command.kind === 'assign' && command.peer === 'good') held.push(command);
      if (command.kind === 'done') done = true;
    }
  }
  feed({ kind: 'joined', peer: 'good', slots: 1, speed: 1 }, 0);
  for (let now = 1; !done && now < 100_000; now++) {
    const peer = names[now % 3] as string;
    feed({ kind: 'joined', peer, slots: 1024, speed: 1e15 }, now);
    const next = held.shift();
    if (next) feed({ kind: 'finished', peer: 'good', epoch: next.epoch, seconds: 0.001, digest: '' }, now);
    feed({ kind: 'left', peer }, now);
    if (now % 100 === 0) feed({ kind: 'tick' }, now);
  }
  assert.ok(done);
});

test('copies of a shard that takes long everywhere become rarer', () => {
  const many = Array.from({ length: 100 }, (_, k) => ({ name: `p${k}`, slots: 1, speed: 1 }));
  const hard = (shard: Shard) => even(shard) + (shard.x === 0 && shard.y === 0 ? 100 : 0);
  const { copies } = simulate(still, many, hard);
  assert.ok(copies <= 100 + 3 * Math.log2(100), `${copies} copies`);
});

test('where all are as fast as they state almost nothing is computed twice', () => {
  const { copies, shards } = simulate(still, eight, tenSeconds);
  assert.ok(copies <= eight.length, `${copies} copies, ${shards} shards`);
});
