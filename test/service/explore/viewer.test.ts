/** What a viewer is sent, and when: one look after another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FractalError } from '../../../src/errors.js';
import { type Connected, type ExplorerOptions, openExplorer } from '../../../src/service/explore/explorer.js';
import type { KeptTiles } from '../../../src/service/explore/kept-tiles.js';
import { type PieceMessage, readPiece, type ToViewer } from '../../../src/tiles/protocol.js';
import { until } from '../runs.js';
import { type LookoutOptions, type TestLookout, testLookout } from './lookouts.js';
import { lookAt, tile, tiles } from './looks.js';

const BOUNDED = { timeout: 20_000 };

interface Watched extends Connected {
  readonly messages: ToViewer[];
  readonly pieces: PieceMessage[];
  /** Types of the messages and pieces, in their order. */
  readonly order: string[];
  hasRoom: boolean;
  leave(): void;
}

function explorerWith(options: LookoutOptions = {}, more: Partial<ExplorerOptions> = {}) {
  const lookout = testLookout(options);
  const errors: unknown[] = [];
  const explorer = openExplorer({
    ...{ lookout, memory: 1 << 20, version: '1.2.3', now: () => performance.now() },
    workers: { count: () => ({ ready: 1, slots: 2 }), watch: () => () => undefined },
    report: (error) => errors.push(error),
    ...more,
  });
  const watch = (): Watched => {
    const seen = { messages: [] as ToViewer[], pieces: [] as PieceMessage[], order: [] as string[], hasRoom: true };
    const admitted = explorer.admit('here');
    const connected = admitted.connect({
      send(message) {
        seen.messages.push(message);
        seen.order.push(message.type);
      },
      sendPiece(header, packed) {
        seen.pieces.push(readPiece(Buffer.concat([header, packed])) as PieceMessage);
        seen.order.push('piece');
      },
      get hasRoom() {
        return seen.hasRoom;
      },
    });
    return Object.assign(seen, connected, { leave: () => admitted.leave() });
  };
  return { lookout, explorer, watch, errors };
}

function has(viewer: Watched, type: ToViewer['type'], id?: number): boolean {
  return viewer.messages.some((one) => one.type === type && (id === undefined || ('id' in one && one.id === id)));
}

/** Lets all pieces come, until nothing runs. */
async function giveAll(lookout: TestLookout, ends: () => boolean): Promise<void> {
  await until(() => {
    for (const one of lookout.running) for (const _ of one.pieces) one.give();
    return ends();
  });
}

test('a look is answered by what was found, its pieces in their order, and the end', BOUNDED, async () => {
  const { watch } = explorerWith({ pace: 0 });
  const viewer = watch();
  viewer.receive(lookAt(1, [tile(0, 0, 8), tile(0, 0), tile(1, 0)]));
  await until(() => has(viewer, 'done'));
  assert.deepEqual(viewer.order, ['hello', 'workers', 'found', 'piece', 'piece', 'piece', 'done']);
  assert.deepEqual(viewer.pieces[0]?.piece, tile(0, 0, 8));
  const { milliseconds, ...done } = viewer.messages.at(-1) as { milliseconds: number };
  assert.deepEqual(done, { type: 'done', id: 1, computed: 3, cached: 0 });
  assert.ok(milliseconds >= 0);
});

test('until a look is found coarse pieces come with the limit of the one before', BOUNDED, async () => {
  const { lookout, watch } = explorerWith({ iterations: ({ width }) => width });
  const viewer = watch();
  viewer.receive(lookAt(1, [], { width: 100 }));
  await until(() => has(viewer, 'done', 1));
  const held = lookout.holdLooks();
  viewer.receive(lookAt(2, [tile(0, 0, 8), tile(0, 0)], { width: 200 }));
  await giveAll(lookout, () => viewer.pieces.length === 1);
  assert.deepEqual(viewer.messages.at(-1), {
    type: 'found',
    id: 2,
    iterations: 200,
    perturbed: false,
    provisional: true,
  });
  assert.equal(lookout.batches.length, 1, 'no fine piece is computed yet');
  held.release();
  await giveAll(lookout, () => has(viewer, 'done', 2));
  assert.deepEqual(
    viewer.pieces.map(({ piece }) => piece.scale),
    [8, 1],
    'the coarse piece is not repeated',
  );
});

test(
  'a picture that is looked at again is not computed again, its provisional coarse pieces neither',
  BOUNDED,
  async () => {
    const limits: Record<number, number> = { 100: 1_000, 200: 1_500, 300: 4_000 };
    const { lookout, watch } = explorerWith({ iterations: ({ width }) => limits[width] as number });
    const viewer = watch();
    const orderOf = (id: number, width: number) => lookAt(id, [tile(0, 0, 8), tile(0, 0)], { width });
    viewer.receive(lookAt(1, [], { width: 100 }));
    await until(() => has(viewer, 'done', 1));
    const computedFor = async (id: number, width: number, provisional: boolean) => {
      const held = lookout.holdLooks();
      viewer.receive(orderOf(id, width));
      if (provisional) await giveAll(lookout, () => viewer.pieces.at(-1)?.id === id);
      held.release();
      await giveAll(lookout, () => has(viewer, 'done', id));
      const done = viewer.messages.find((one) => one.type === 'done' && one.id === id);
      return done?.type === 'done' && done.computed;
    };
    assert.equal(await computedFor(2, 200, true), 2);
    viewer.receive(orderOf(3, 200));
    await until(() => has(viewer, 'done', 3));
    assert.deepEqual(viewer.messages.at(-1), { ...(viewer.messages.at(-1) as object), computed: 0, cached: 2 });
  },
);

test('a new look keeps what it wants of the former one, and stops the rest', BOUNDED, async () => {
  const { lookout, watch } = explorerWith();
  const viewer = watch();
  viewer.receive(lookAt(1, tiles(0, 3)));
  await until(() => lookout.running.length === 2);
  viewer.receive(lookAt(2, tiles(2, 1)));
  await until(() => has(viewer, 'stopped'));
  const stopped = viewer.messages.find(({ type }) => type === 'stopped') as { id: number; pieces: number };
  assert.deepEqual([stopped.id, stopped.pieces], [2, 2]);
  assert.deepEqual(
    lookout.running.map(({ pieces }) => pieces),
    [tiles(2, 1)],
  );
  await giveAll(lookout, () => has(viewer, 'done', 2));
  assert.deepEqual(
    viewer.pieces.map(({ id, piece }) => [id, piece.left]),
    [[2, 2]],
  );
  assert.equal(lookout.batches.length, 2, 'nothing was computed twice');
});

test('fine pieces below the limit of the new look are computed again', BOUNDED, async () => {
  const { lookout, watch } = explorerWith({ iterations: ({ width }) => width });
  const viewer = watch();
  viewer.receive(lookAt(1, tiles(0, 1), { width: 100 }));
  await until(() => lookout.running.length === 1);
  viewer.receive(lookAt(2, tiles(0, 1), { width: 200 }));
  await giveAll(lookout, () => has(viewer, 'done', 2));
  assert.deepEqual(
    viewer.pieces.map(({ iterations }) => iterations),
    [200],
  );
});

test('what was computed once comes from memory, for any viewer', BOUNDED, async () => {
  const { lookout, explorer, watch } = explorerWith({ pace: 0 });
  const viewer = watch();
  viewer.receive(lookAt(1, tiles(0, 4)));
  await until(() => has(viewer, 'done', 1));
  const computed = lookout.batches.length;
  const other = watch();
  other.receive(lookAt(7, tiles(0, 4)));
  await until(() => has(other, 'done', 7));
  assert.equal(lookout.batches.length, computed);
  assert.equal(explorer.counts.cached, 4);
});

test('what the store has is not computed', BOUNDED, async () => {
  const stored = new Map<string, Uint8Array>();
  const kept: KeptTiles = { find: async (key) => stored.get(key), keep: (key, packed) => stored.set(key, packed) };
  const first = explorerWith({ pace: 20 }, { kept });
  const viewer = first.watch();
  viewer.receive(lookAt(1, tiles(0, 9)));
  await until(() => has(viewer, 'done', 1));
  assert.ok(stored.size >= 4, 'pieces that took some time are kept');
  const second = explorerWith({}, { kept });
  const next = second.watch();
  next.receive(lookAt(1, tiles(0, 9)));
  await until(() => next.pieces.length >= stored.size - 3);
  await giveAll(second.lookout, () => has(next, 'done', 1));
  assert.ok(second.lookout.batches.flatMap(({ pieces }) => pieces).length < 9);
});

test('two viewers that look at the same get it from one computation', BOUNDED, async () => {
  const { lookout, watch } = explorerWith();
  const viewers = [watch(), watch()] as const;
  for (const one of viewers) one.receive(lookAt(1, tiles(0, 2)));
  await giveAll(lookout, () => viewers.every((one) => has(one, 'done')));
  assert.equal(lookout.batches.flatMap(({ pieces }) => pieces).length, 2);
});

test('all work of a viewer that leaves is stopped at once, but for what others want', BOUNDED, async () => {
  const { lookout, explorer, watch } = explorerWith();
  const [one, other] = [watch(), watch()];
  one.receive(lookAt(1, tiles(0, 40)));
  await until(() => lookout.running.length === 3);
  other.receive(lookAt(1, tiles(0, 1)));
  await until(() => has(other, 'found'));
  one.leave();
  await until(() => lookout.running.length === 1);
  assert.equal(explorer.counts.waiting, 0);
  await giveAll(lookout, () => has(other, 'done'));
});

test('a look that cannot be rendered fails in one line, and the next one is answered', BOUNDED, async () => {
  const { watch, errors, lookout } = explorerWith();
  const viewer = watch();
  viewer.receive(lookAt(1, tiles(0, 1), { scene: { wrong: '7' } }));
  await until(() => has(viewer, 'failed', 1));
  const text = '--wrong 7 is no flag';
  assert.deepEqual(viewer.messages.at(-1), { type: 'failed', id: 1, code: 'REQUEST_INVALID', message: text });
  viewer.receive(lookAt(2, tiles(0, 1)));
  await giveAll(lookout, () => has(viewer, 'done', 2));
  assert.deepEqual(errors, []);
});

test('workers that fail end the look, not the viewer; texts of other errors are not sent', BOUNDED, async () => {
  const { lookout, watch, errors } = explorerWith();
  const viewer = watch();
  viewer.receive(lookAt(1, tiles(0, 2)));
  await until(() => lookout.running.length > 0);
  for (const one of lookout.running) one.fail(new Error('secret'));
  await until(() => has(viewer, 'failed', 1));
  assert.deepEqual(
    viewer.messages.filter(({ type }) => type === 'failed'),
    [{ type: 'failed', id: 1, code: 'INTERNAL', message: 'an error of the service; its log has more' }],
  );
  assert.equal((errors[0] as Error).message, 'secret');
});

test('when the fleet runs as many jobs as it may, pieces are tried again', BOUNDED, async () => {
  const { lookout, watch } = explorerWith();
  const viewer = watch();
  viewer.receive(lookAt(1, tiles(0, 1)));
  await until(() => lookout.running.length === 1);
  lookout.running[0]?.fail(new FractalError('RESOURCES', '16 jobs run already'));
  await until(() => lookout.batches.length === 2);
  await giveAll(lookout, () => has(viewer, 'done', 1));
  assert.equal(has(viewer, 'failed'), false);
});

test('nothing is computed for a viewer that does not read, until it reads again', BOUNDED, async () => {
  const { lookout, watch } = explorerWith();
  const viewer = watch();
  viewer.hasRoom = false;
  viewer.receive(lookAt(1, tiles(0, 5)));
  await until(() => has(viewer, 'found'));
  await new Promise(setImmediate);
  assert.equal(lookout.batches.length, 0);
  viewer.hasRoom = true;
  viewer.drained();
  await giveAll(lookout, () => has(viewer, 'done'));
});

test('colours are found for looks that leave them open', BOUNDED, async () => {
  const { watch } = explorerWith({ pace: 0 });
  const viewer = watch();
  viewer.receive(lookAt(1, [], { colours: true }));
  await until(() => viewer.messages.some((one) => one.type === 'found' && one.colours?.density === 2));
});
