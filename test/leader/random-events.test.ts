/** The schedule under random events of a cluster, in any order. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Command, Event, Job, RenderShape } from '../../src/leader/schedule/events.js';
import { schedule } from '../../src/leader/schedule/schedule.js';
import { without } from '../../src/shard/missing.js';
import type { Rect } from '../../src/shard/shard.js';

/** Renders of any size, with any of four scenes; of some only a part is wanted. */
const render = fc
  .record({
    width: fc.integer({ min: 1, max: 120 }),
    height: fc.integer({ min: 1, max: 120 }),
    perPixel: fc.integer({ min: 1, max: 4 }),
    scene: fc.nat(3),
    unwanted: fc.option(fc.record({ x: fc.nat(60), y: fc.nat(60), width: fc.nat(120), height: fc.nat(120) })),
  })
  .map(({ unwanted, ...shape }): RenderShape => {
    const whole = { x: 0, y: 0, width: shape.width, height: shape.height };
    return unwanted ? { ...shape, parts: without([whole], unwanted) } : shape;
  });
const same = (count: number, shape: RenderShape) => new Array<RenderShape>(count).fill(shape);
const renders = fc.oneof(
  fc.array(render, { minLength: 1, maxLength: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 4 }), render).map(([count, shape]) => same(count, shape)),
);

const job = fc.record(
  {
    renders,
    shape: fc.constantFrom('row' as const, 'tile' as const, 'auto' as const),
    window: fc.integer({ min: 1, max: 3 }),
    verify: fc.record({ share: fc.constantFrom(0, 0, 0.2, 1), seed: fc.nat(99) }),
    recalls: fc.constant(true as const),
    mostScenes: fc.integer({ min: 1, max: 2 }),
  },
  { requiredKeys: ['renders', 'shape', 'window'] },
);

type Assign = Command & { kind: 'assign' };

interface Peer {
  readonly name: string;
  readonly slots: number;
  /** Its answers are wrong. */
  readonly isWrong: boolean;
  /** It answers nothing, until a random event ends that. */
  stuck: boolean;
  draining: boolean;
  readonly has: Map<number, Assign>;
}

/** Number of faults; after them there are none. */
const FAULTS = 40;

/** A cluster with random events; each command of the schedule is checked. */
function play(job: Job, dice: () => number): void {
  const plan = schedule(job);
  const shapeOf = (render: number) => job.renders[render] as RenderShape;
  const wantedOf = (render: number): readonly Rect[] => {
    const { width, height, parts = [{ x: 0, y: 0, width, height }] } = shapeOf(render);
    return parts;
  };
  const peers = new Map<string, Peer>();
  const covered = job.renders.map(({ width, height }) => new Uint8Array(width * height));
  const begun = new Set<number>();
  const committed = new Set<number>();
  const answered = new Map<number, { shard: number; by: string; right: boolean }>();
  /** The worker that alone answered for a shard. */
  const onlyWorker = new Map<number, string>();
  const doubtful = new Set<number>();
  const outvoted = new Set<string>();
  const past: { peer: string; epoch: number }[] = [];
  const failures = new Map<number, number>();
  const expelled = new Set<string>();
  const answeredWrong = new Set<string>();
  const wrongs = new Map<string, number>();
  const handedOn: number[] = [];
  let [epochs, names, faults, known, now] = [0, 0, 0, 0, 0];
  let most = Infinity;
  let end: 'done' | 'failed' | undefined;

  function feed(event: Event): void {
    now += dice() % 50;
    const waiting = [event];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (const command of plan.on(next, now)) {
        assert.ok(!end, 'nothing comes after the end');
        const taken = execute(command);
        if (taken !== undefined) waiting.push({ kind: 'taken', render: taken });
      }
    }
  }

  function execute(command: Command): number | undefined {
    switch (command.kind) {
      case 'assign': {
        const peer = peers.get(command.peer);
        assert.ok(peer && !peer.draining, 'only peers that are ready and not draining get shards');
        assert.ok(command.epoch > epochs, 'an epoch is new');
        assert.ok(!committed.has(command.shard.id), 'what is committed is not assigned');
        epochs = command.epoch;
        peer.has.set(command.epoch, command);
        assert.ok(peer.has.size <= 2 * peer.slots, 'no more under way than credits');
        const underWay = [...peers.values()].reduce((sum, { has }) => sum + has.size, 0);
        assert.ok(underWay <= most, 'no more under way than the limit');
        assert.deepEqual(plan.leased(peer.name, command.epoch), command.shard);
        begun.add(command.shard.render);
        const open = [...begun].filter((one) => one >= handedOn.length).map((one) => shapeOf(one).scene);
        assert.ok(new Set(open).size <= (job.mostScenes ?? Infinity), 'no more scenes than workers take');
        return undefined;
      }
      case 'cancel':
        for (const epoch of command.epochs) {
          assert.ok(peers.get(command.peer)?.has.delete(epoch), 'only what is under way is cancelled');
          past.push({ peer: command.peer, epoch });
        }
        return undefined;
      case 'commit': {
        const { shard, epoch, verified } = command;
        assert.ok(!committed.has(shard.id), 'a shard is committed once');
        committed.add(shard.id);
        assert.equal(answered.get(epoch)?.shard, shard.id, 'what is committed was answered');
        if (verified) assert.ok(answered.get(epoch)?.right, 'a wrong answer is not verified');
        count(shard, 1);
        const { by } = answered.get(epoch) as { by: string };
        if (!verified) onlyWorker.set(shard.id, by);
        assert.ok(verified !== undefined || !outvoted.has(by), 'results of an outvoted worker need confirmation');
        return undefined;
      }
      case 'outvoted':
        assert.ok(answeredWrong.has(command.peer), 'a worker that is right is not outvoted');
        outvoted.add(command.peer);
        for (const shard of command.revoked) {
          assert.ok(committed.delete(shard.id), 'what is revoked was committed');
          assert.ok(!handedOn.includes(shard.render), 'what was handed on stays');
          assert.equal(onlyWorker.get(shard.id), command.peer, 'only this worker had computed what is revoked');
          onlyWorker.delete(shard.id);
          count(shard, -1);
        }
        for (const render of command.late) assert.ok(handedOn.includes(render) && doubtful.add(render));
        return undefined;
      case 'expelled':
        expelled.add(command.peer);
        peers.delete(command.peer);
        return undefined;
      case 'render':
        assert.equal(command.render, handedOn.length);
        handedOn.push(command.render);
        return command.render;
      case 'done':
        end = 'done';
        return undefined;
      case 'failed':
        assert.match(command.reason, /gave different answers/);
        end = 'failed';
        return undefined;
    }
  }

  function count(shard: Rect & { render: number }, by: number): void {
    const pixels = covered[shard.render] as Uint8Array;
    const { width } = shapeOf(shard.render);
    for (let y = shard.y; y < shard.y + shard.height; y++) {
      for (let x = shard.x; x < shard.x + shard.width; x++) pixels[y * width + x]! += by;
    }
  }

  function join(isWrong = false): void {
    const name = `p${names++}`;
    const slots = 1 + (dice() % 3);
    peers.set(name, { name, slots, isWrong, stuck: false, draining: false, has: new Map() });
    feed({ kind: 'joined', peer: name, slots, speed: 1 + (dice() % 100) });
  }

  function finish(peer: Peer, { epoch, shard }: Assign): void {
    peer.has.delete(epoch);
    past.push({ peer: peer.name, epoch });
    answered.set(epoch, { shard: shard.id, by: peer.name, right: !peer.isWrong });
    if (peer.isWrong) answeredWrong.add(peer.name);
    const digest = peer.isWrong ? `wrong answer of ${peer.name}` : 'right';
    feed({ kind: 'finished', peer: peer.name, epoch, seconds: (dice() % 1000) / 1e4, digest });
  }

  /** Counts a failure: after three the worker is left out. */
  function countFailure(name: string, event: Event): void {
    wrongs.set(name, (wrongs.get(name) ?? 0) + 1);
    feed(event);
    if ((wrongs.get(name) ?? 0) >= 3 && !end)
      assert.ok(expelled.has(name), 'a worker that fails three times is left out');
  }

  function limit(next: number): void {
    most = next;
    feed({ kind: 'limited', most });
  }

  function disturb(peer: Peer, one: Assign | undefined): void {
    faults++;
    const { name, has } = peer;
    switch (dice() % 10) {
      case 0:
        return join(names % 5 === 4);
      case 1:
        peers.delete(name);
        for (const epoch of has.keys()) past.push({ peer: name, epoch });
        return feed({ kind: 'left', peer: name });
      case 2: {
        // A repeated or late answer, one to no assignment, or to that of another worker.
        const old = past[dice() % Math.max(1, past.length)];
        const others = [...peers.values()].filter((other) => other !== peer).flatMap(({ has: all }) => [...all.keys()]);
        const foreign = others[dice() % Math.max(1, others.length)] ?? 1_000_000 + dice();
        const [other, epoch] = old && dice() % 2 ? [old.peer, old.epoch] : [name, foreign];
        assert.equal(plan.leased(other, epoch), undefined);
        const before = committed.size;
        feed({ kind: 'finished', peer: other, epoch, seconds: 1, digest: 'late' });
        assert.equal(committed.size, before, 'a late answer changes nothing');
        return;
      }
      case 3:
        peer.stuck = true;
        return;
      case 4:
        // Drained, it may be used again.
        peer.draining = !peer.draining;
        return feed({ kind: peer.draining ? 'draining' : 'resumed', peer: name });
      case 5:
        return countFailure(name, { kind: 'blamed', peer: name, reason: 'nonsense' });
      case 6:
        return limit([0, 1, 3, Infinity][dice() % 4] as number);
      default:
        if (!one || (failures.get(one.shard.id) ?? 0) >= 2) return;
        failures.set(one.shard.id, (failures.get(one.shard.id) ?? 0) + 1);
        has.delete(one.epoch);
        past.push({ peer: name, epoch: one.epoch });
        if (dice() % 2) return countFailure(name, { kind: 'failed', peer: name, epoch: one.epoch, reason: 'a fault' });
        // It does not report the loss, but the heartbeats do not list the shard any more.
        feed({ kind: 'heartbeat', peer: name, epochs: [one.epoch, ...has.keys()] });
        return countFailure(name, { kind: 'heartbeat', peer: name, epochs: [...has.keys()] });
    }
  }

  /** Only these pixels are to be computed. */
  function uncover(render: number, rects: readonly Rect[]): void {
    const { width: wide } = shapeOf(render);
    covered[render]?.fill(1);
    for (const { x, y, width, height } of rects) {
      for (let row = y; row < y + height; row++) covered[render]?.fill(0, row * wide + x, row * wide + x + width);
    }
  }

  /** Some of the next render is there, or all, or nothing. */
  function recall(): void {
    const render = known++;
    const { width: wide, height: high } = shapeOf(render);
    let missing = wantedOf(render);
    for (let parts = dice() % 4; parts > 0; parts--) {
      const [x, y] = [dice() % wide, dice() % high];
      missing = without(missing, { x, y, width: 1 + (dice() % wide), height: 1 + (dice() % high) });
    }
    if (dice() % 4 === 0) missing = [];
    uncover(render, missing);
    feed({ kind: 'recalled', render, missing });
  }

  for (const render of job.renders.keys()) uncover(render, wantedOf(render));
  if (job.recalls && dice() % 2) recall();
  if (!end) join();
  for (let turn = 0; !end; turn++) {
    assert.ok(turn < 20_000, 'the job ends');
    if (job.recalls && known < job.renders.length && dice() % 8 === 0) recall();
    if (end) break;
    const all = [...peers.values()];
    if (faults === FAULTS || all.length === 0) {
      faults++;
      if (most < 3 && faults > FAULTS) limit(Infinity);
      if (end) break;
      for (let k = 0; k < 3; k++) join();
      for (const peer of peers.values()) peer.stuck = false;
      continue;
    }
    const peer = all[dice() % all.length] as Peer;
    const under = [...peer.has.values()];
    const one = under[dice() % Math.max(1, under.length)];
    if (faults < FAULTS && dice() % 8 === 0) disturb(peer, one);
    else if (dice() % 10 === 0 || !one || peer.stuck) {
      if (peer.stuck && dice() % 30 === 0) peer.stuck = false;
      now += 100;
      feed({ kind: 'tick' });
    } else if (dice() % 9 === 0) feed({ kind: 'heartbeat', peer: peer.name, epochs: [...peer.has.keys()] });
    else finish(peer, one);
  }
  if (end === 'failed') return;
  assert.equal(handedOn.length, job.renders.length);
  for (const pixels of covered)
    assert.ok(
      pixels.every((times) => times === 1),
      'every pixel is committed once',
    );
  for (const name of expelled) assert.ok(!peers.has(name));
}

test('with any events, every shard is committed once, renders come in order, and the job ends', () => {
  fc.assert(
    fc.property(job, fc.infiniteStream(fc.nat(9999)), (one, random) =>
      play(one as Job, () => random.next().value as number),
    ),
    { numRuns: Number(process.env.RUNS ?? 2000) },
  );
});
