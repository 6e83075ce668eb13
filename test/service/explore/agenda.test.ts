/** Which pieces are computed next: order, fairness, and what is stopped. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Agenda, type Batch, isCoarse, type WantedPiece } from '../../../src/service/explore/agenda.js';
import type { Look } from '../../../src/service/explore/lookout.js';
import { TILE } from '../../../src/tiles/lattice.js';
import { tile } from './looks.js';

const LOOK = { key: 'look', iterations: 1000 } as Look;

function wanted(name: string, scale = 1, look = LOOK): WantedPiece {
  return { key: name, place: name, piece: tile(0, 0, scale), look, scene: '' };
}

function many(prefix: string, count: number, scale = 1): WantedPiece[] {
  return Array.from({ length: count }, (_, k) => wanted(`${prefix}${k}`, scale));
}

function keysOf(batch: Batch | undefined): string[] {
  return (batch?.pieces ?? []).map(({ key }) => key);
}

/** Begins all that can begin. */
function begin(agenda: Agenda, now = 0): Batch[] {
  const batches: Batch[] = [];
  for (let one = agenda.next(now); one; one = agenda.next(now)) batches.push(one);
  return batches;
}

function finish(agenda: Agenda, batch: Batch, now: number): void {
  for (const piece of batch.pieces) agenda.computed(batch, piece);
  agenda.ended(batch, now, false);
}

test('coarse pieces of any viewer come before fine pieces of any viewer', () => {
  const agenda = new Agenda(TILE);
  agenda.want('a', [wanted('a-fine'), wanted('a-coarse', 8)]);
  agenda.want('b', [wanted('b-coarse', 4), wanted('b-fine', 2)]);
  assert.deepEqual(begin(agenda).map(keysOf), [['a-coarse'], ['b-coarse'], ['a-fine'], ['b-fine']]);
});

test('three batches have fine pieces, and six there are at most, each with pieces for all slots', () => {
  const agenda = new Agenda(TILE);
  agenda.slots = 16;
  agenda.want('a', many('fine', 100));
  assert.deepEqual(
    begin(agenda).map(({ pieces }) => pieces.length),
    [16, 16, 16],
  );
  agenda.want('b', many('coarse', 100, 8));
  assert.equal(begin(agenda).length, 3);
  assert.equal(agenda.batches, 6);
});

test('a piece that two viewers want is computed once, and both get it', () => {
  const agenda = new Agenda(TILE);
  agenda.want('a', [wanted('same')]);
  const [batch] = begin(agenda) as [Batch];
  agenda.want('b', [wanted('same')]);
  assert.deepEqual(begin(agenda), []);
  assert.deepEqual(agenda.computed(batch, batch.pieces[0] as WantedPiece), ['a', 'b']);
});

test('what one of two viewers does not want any more goes on for the other', () => {
  const agenda = new Agenda(TILE);
  agenda.want('a', [wanted('same')]);
  const [batch] = begin(agenda) as [Batch];
  agenda.want('b', [wanted('same')]);
  assert.deepEqual(agenda.want('a', []), []);
  assert.deepEqual(agenda.leave('b'), [batch]);
});

test('a batch that is stopped gives back what is still wanted of it', () => {
  const agenda = new Agenda(TILE);
  agenda.slots = 15;
  const pieces = many('piece', 3);
  agenda.want('a', pieces);
  const [batch] = begin(agenda) as [Batch];
  assert.equal(batch.pieces.length, 3);
  assert.deepEqual(agenda.want('a', pieces.slice(0, 1)), [batch]);
  assert.deepEqual(begin(agenda).map(keysOf), [['piece0']]);
  assert.deepEqual(agenda.computed(batch, pieces[0] as WantedPiece), []);
  assert.deepEqual(agenda.ended(batch, 1, false), []);
});

test('the viewers of what a failed batch has not computed are named, and what is tried again waits first', () => {
  const agenda = new Agenda(TILE);
  agenda.want('a', [wanted('one')]);
  const [failed] = begin(agenda) as [Batch];
  assert.deepEqual(agenda.ended(failed, 1, false), ['a']);
  assert.deepEqual(begin(agenda), []);
  agenda.want('a', [wanted('two'), wanted('three')]);
  const [again] = begin(agenda) as [Batch];
  assert.deepEqual(agenda.ended(again, 2, true), []);
  assert.equal(keysOf(agenda.next(3))[0], 'two');
});

test('time in which workers were starting is not charged to those who waited', () => {
  const agenda = new Agenda(TILE);
  agenda.want('a', many('a', 10));
  for (const batch of begin(agenda)) finish(agenda, batch, 60_000);
  agenda.want('b', many('b', 10));
  const turns: string[] = [];
  for (let now = 60_000; turns.length < 8; now += 100) {
    const batch = agenda.next(now) as Batch;
    turns.push(batch.viewer);
    finish(agenda, batch, now + 100);
  }
  assert.ok(turns.includes('a') && turns.includes('b'), `${turns}`);
});

test('a viewer that takes nothing more gets nothing computed', () => {
  const agenda = new Agenda(TILE);
  agenda.want('a', many('a', 10));
  agenda.want('b', many('b', 10));
  assert.equal(agenda.next(0, (viewer) => viewer === 'b')?.viewer, 'b');
});

test('viewers with endless demands get the same slot time, whatever their pieces cost', () => {
  const costs = fc.array(fc.integer({ min: 100, max: 300 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(costs, fc.integer({ min: 1, max: 8 }), (costOf, slots) => {
      const agenda = new Agenda(TILE);
      agenda.slots = slots;
      const names = costOf.map((_, k) => `viewer-${k}`);
      const used = new Map(names.map((name) => [name, 0]));
      for (const name of names) agenda.want(name, many(`${name} `, 4000));
      let running: { batch: Batch; until: number; cost: number }[] = [];
      for (let now = 0; now < 10_000; ) {
        for (const batch of begin(agenda, now)) {
          const cost = costOf[names.indexOf(batch.viewer)] as number;
          running.push({
            batch,
            until: now + cost * Math.ceil(batch.pieces.length / slots),
            cost: cost * batch.pieces.length,
          });
        }
        now = Math.min(...running.map(({ until }) => until));
        for (const { batch, cost } of running.filter(({ until }) => until <= now)) {
          finish(agenda, batch, now);
          used.set(batch.viewer, (used.get(batch.viewer) as number) + cost);
        }
        running = running.filter(({ until }) => until > now);
      }
      const shares = [...used.values()];
      assert.ok(Math.min(...shares) > 0.4 * Math.max(...shares), `${shares}`);
    }),
    { numRuns: 20 },
  );
});

test('whatever viewers want, and whenever, each piece is computed or not wanted any more', () => {
  const step = fc.record({
    viewer: fc.integer({ min: 0, max: 3 }),
    names: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 8 }),
    ends: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const agenda = new Agenda(TILE);
      const missing = new Map<string, Set<string>>();
      let running: Batch[] = [];
      const end = (batch: Batch) => {
        for (const piece of batch.pieces)
          for (const viewer of agenda.computed(batch, piece)) {
            assert.ok(missing.get(viewer)?.delete(piece.key), 'only what a viewer wants is sent to it, once');
          }
        agenda.ended(batch, 0, false);
      };
      const advance = (ends: number) => {
        running.push(...begin(agenda));
        assert.ok(running.length <= 6);
        for (const batch of running.splice(0, ends)) end(batch);
      };
      for (const { viewer, names, ends } of steps) {
        const name = `viewer-${viewer}`;
        const all = [...new Set(names)].map((one) => wanted(String(one), one % 3 === 0 ? 8 : 1));
        missing.set(name, new Set(all.map(({ key }) => key)));
        const stopped = agenda.want(name, all);
        for (const batch of stopped) agenda.ended(batch, 0, false);
        running = running.filter((batch) => !stopped.includes(batch));
        advance(ends);
      }
      while (running.length > 0 || agenda.waiting > 0) advance(6);
      for (const keys of missing.values()) assert.deepEqual([...keys], []);
    }),
  );
});

test('scales from four on are coarse', () => {
  assert.deepEqual(
    [1, 2, 4, 8].map((scale) => isCoarse(tile(0, 0, scale))),
    [false, false, true, true],
  );
});
