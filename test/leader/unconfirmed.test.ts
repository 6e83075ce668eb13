/** Registered addresses at which no worker was ever ready: how many are known, and which are forgotten for others. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOUNDS } from '../../src/cluster/bounds.js';
import { PROTOCOL } from '../../src/cluster/messages.js';
import { type FleetEvent, openFleet } from '../../src/leader/fleet/fleet.js';
import { Unconfirmed } from '../../src/leader/fleet/unconfirmed.js';
import { memoryNetwork } from '../cluster/memory.js';
import { Scripted, type ScriptedWorker } from '../cluster/scripted.js';

/** A clock by hand; addresses are being dialled while they are in `dialling`. */
function unconfirmed(inAll: number, perCaller: number) {
  const [dialling, forgotten] = [new Set<string>(), [] as string[]];
  const clock = { ms: 0 };
  const known = new Unconfirmed({
    ...{ inAll, perCaller, dialMs: 5_000, atOnce: 4, perSecond: 2, now: () => clock.ms },
    dialling: (name) => dialling.has(name),
    forget: (name) => void forgotten.push(name),
  });
  /** Registers addresses that are then being dialled; the last refusal. */
  const add = (caller: string, ...names: string[]) => {
    let why: string | undefined;
    for (const name of names) {
      why = known.add(name, caller);
      if (why === undefined) dialling.add(name);
    }
    return why;
  };
  return { known, dialling, forgotten, clock, add };
}

test('for one more address of a caller the oldest that is not being dialled is forgotten', () => {
  const { add, dialling, forgotten } = unconfirmed(10, 3);
  add('a', 'a1', 'a2', 'a3');
  add('b', 'b1');
  for (const name of ['a2', 'a3', 'b1']) dialling.delete(name);
  assert.equal(add('a', 'a4'), undefined);
  assert.deepEqual(forgotten, ['a2']);
});

test('while all of a caller are being dialled one more is refused, but not for longer than a dial may take', () => {
  const { add, forgotten, clock } = unconfirmed(10, 3);
  add('a', 'a1', 'a2', 'a3');
  const why = '3 addresses that were registered from a have not answered yet: it may register again';
  assert.equal(add('a', 'a4'), why);
  clock.ms = 4_999;
  assert.equal(add('a', 'a4'), why);
  assert.equal(add('b', 'b1'), undefined, 'another caller has its own share');
  clock.ms = 5_000;
  assert.equal(add('a', 'a4'), undefined);
  assert.deepEqual(forgotten, ['a1']);
});

test('a caller with few addresses gets a place of the one with the most, also one that is being dialled', () => {
  const { add, forgotten } = unconfirmed(4, 3);
  add('a', 'a1', 'a2', 'a3');
  add('b', 'b1');
  assert.equal(add('c', 'c1'), undefined);
  assert.deepEqual(forgotten, ['a1']);
  assert.equal(add('d', 'd1'), undefined);
  assert.deepEqual(forgotten, ['a1', 'a2']);
  assert.match(add('e', 'e1') ?? '', /^4 addresses that were registered have not answered yet/);
});

test('so many are forgotten for others at once, then so many a second', () => {
  const { add, dialling, forgotten, clock } = unconfirmed(10, 1);
  const more = (names: string[]) => {
    let accepted = 0;
    for (const name of names) {
      if (add('a', name) === undefined) accepted++;
      dialling.clear();
    }
    return accepted;
  };
  assert.equal(more(['1', '2', '3', '4', '5', '6', '7']), 1 + 4);
  assert.deepEqual(forgotten, ['1', '2', '3', '4']);
  clock.ms = 1_500;
  assert.equal(more(['8', '9', '10', '11']), 3);
  clock.ms = 60_000;
  assert.equal(more(['12', '13', '14', '15', '16', '17']), 4);
});

test('where a worker was ready the address is counted no more', () => {
  const { known, add, forgotten } = unconfirmed(10, 2);
  add('a', 'a1', 'a2');
  known.confirm('a1');
  assert.equal(add('a', 'a3'), undefined);
  assert.match(add('a', 'a4') ?? '', /^2 addresses/);
  assert.deepEqual(forgotten, []);
});

test('a fleet stays small under a flood of registrations, and keeps workers of hostfiles and those that were ready', async (t) => {
  const network = memoryNetwork();
  let time = 0;
  const identity = { dialer: network.dialer, version: '1', build: 'build', session: 's', maxSlots: 0 };
  const fleet = openFleet({ ...identity, retries: 0, random: () => 0, now: () => time });
  t.after(() => fleet.close());
  const events: FleetEvent[] = [];
  fleet.subscribe((event) => void events.push(event));
  const answer = async (worker: ScriptedWorker) => {
    await worker.next('hello');
    const program = { protocol: PROTOCOL, version: '1', build: 'build' };
    void worker.send({ kind: 'ready', ...program, slots: 1, credits: 2, instance: '' });
  };
  const honest = { host: 'honest', port: 1 };
  network.listen(honest, (link) => void answer(new Scripted(link)));
  fleet.add({ address: { host: 'named', port: 1 }, slots: 0 });
  assert.equal(fleet.add({ address: honest, slots: 0 }, 'caller'), undefined);
  await network.quiet();
  assert.equal(fleet.workers.find(({ name }) => name === 'honest:1')?.state, 'ready');
  const { inAll, perCaller, atOnce, perSecond } = BOUNDS.unconfirmed;
  let refused = 0;
  for (let port = 1; port <= 1_000; port++) {
    if (fleet.add({ address: { host: 'flood', port }, slots: 0 }, 'caller')) refused++;
    if (port % 10 === 0) await network.quiet();
    time++;
  }
  assert.equal(fleet.size, 2 + perCaller);
  const forgotten = atOnce + Math.floor(((1_000 - perCaller) / 1000) * perSecond);
  assert.equal(refused, 1_000 - perCaller - forgotten);
  for (let port = 1; port <= 3_000; port++) {
    if (fleet.add({ address: { host: 'other', port }, slots: 0 }, `caller ${port % 100}`)) refused++;
    if (port % 10 === 0) await network.quiet();
    time++;
  }
  assert.equal(fleet.size, 2 + inAll);
  const names = fleet.workers.map(({ name }) => name);
  assert.ok(names.includes('honest:1') && names.includes('named:1'));
  assert.equal(events.filter(({ kind }) => kind === 'forgotten').length, 4_000 - refused - inAll);
});
