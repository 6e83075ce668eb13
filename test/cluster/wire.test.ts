import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BOUNDS } from '../../src/cluster/bounds.js';
import type { Assignment, Scene, ToLeader, ToWorker } from '../../src/cluster/messages.js';
import { leaderInbox, leaderWire, wireToLeader, wireToWorker, workerInbox } from '../../src/cluster/wire.js';
import { sceneOf as decodedScene, type WireScene } from '../../src/cluster/wire-work.js';
import type { Formula, View } from '../../src/view/view.js';
import { assetOf } from '../../src/work/asset.js';
import type { FilmScene, FilmTask } from '../../src/work/film/scene.js';
import type { FractalScene, FractalTask } from '../../src/work/fractal/scene.js';
import type { PovrayScene, PovrayTask } from '../../src/work/povray/scene.js';
import type { Custom } from '../../src/work/work.js';
import { paintOf, sceneOf } from '../worker/views.js';
import { scenes, toLeader, toWorker } from './memory.js';

type Paint = NonNullable<FractalScene['paint']>;
type Reference = NonNullable<FractalScene['reference']>;

/** There and back through the bytes that travel. */
function receivedByWorker(...messages: ToWorker[]): (ToWorker | undefined)[] {
  const inbox = workerInbox(scenes);
  return messages.flatMap((message) =>
    [...wireToWorker(message, scenes)].map((wire) => inbox(toWorker.decode(toWorker.encode(wire)))),
  );
}

function receivedByLeader(...messages: ToLeader[]): (ToLeader | undefined)[] {
  const inbox = leaderInbox();
  return messages.flatMap((message) =>
    [...wireToLeader(message)].map((wire) => inbox(toLeader.decode(toLeader.encode(wire)))),
  );
}

/** As the program's own records are: deepEqual tells other prototypes apart. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { noNullPrototype: true });

const uint = fc.nat(2 ** 32 - 1);
const text = fc.string({ unit: 'binary', maxLength: 30 });
const below = (max: number) => fc.double({ min: 0, max, noNaN: true });
/** Without what moves a cursor or ends a line. */
const line = fc.string({ maxLength: 30 });

const formula: fc.Arbitrary<Formula> = fc.record(
  {
    step: fc.constantFrom('holomorphic' as const, 'burning-ship' as const, 'tricorn' as const),
    power: uint,
    julia: record({ re: text, im: text }),
  },
  { requiredKeys: ['step', 'power'], noNullPrototype: true },
);

const plain = record<View>({
  formula,
  re: text,
  im: text,
  zoom: text,
  rotation: fc.double(),
  width: uint,
  height: uint,
  iterations: fc.double(),
  bailout: fc.double(),
  count: fc.constantFrom('smooth' as const, 'whole' as const),
  sampling: fc.oneof(
    record({ kind: fc.constant('grid' as const), side: uint }),
    record({ kind: fc.constant('jittered' as const), count: fc.integer({ min: 1, max: 2 ** 32 - 1 }), seed: uint }),
  ),
});
const view: fc.Arbitrary<View> = fc.oneof(
  plain,
  plain.map((one) => ({ ...one, distance: true as const })),
  plain.map((one) => ({ ...one, deformation: [1.5, 0.25, -0.5, 7 / 12] as const })),
  plain.map((one) => ({ ...one, perturbed: true as const, exact: true as const })),
);

const custom: fc.Arbitrary<Custom> = record({
  kind: fc.constant('custom' as const),
  name: line,
  payload: fc.uint8Array({ maxLength: 50 }),
});
const rgb = { red: fc.double(), green: fc.double(), blue: fc.double() };
const light = record({ right: fc.double(), up: fc.double(), ...rgb, specular: fc.double(), shininess: uint });
const lights = fc.array(light, { maxLength: 2 });
const task: fc.Arbitrary<FractalTask> = fc.record(
  {
    kind: fc.constant('fractal' as const),
    view,
    rect: record({ x: fc.integer(), y: fc.integer(), width: uint, height: uint }),
    look: record({ offset: fc.double(), density: fc.double(), lights }),
  },
  { requiredKeys: ['kind', 'view', 'rect'], noNullPrototype: true },
);
const filmTask: fc.Arbitrary<FilmTask> = record({
  kind: fc.constant('film' as const),
  rect: record({ x: uint, y: uint, width: uint, height: uint }),
  shown: fc.float64Array({ maxLength: 21 }),
});
const filmScene: fc.Arbitrary<FilmScene> = record({
  kind: fc.constant('film' as const),
  size: record({ width: uint, height: uint }),
  levels: record({ bits: fc.constantFrom(8 as const, 16 as const), dither: fc.boolean() }),
  most: uint,
  tiles: fc.int32Array({ maxLength: 18 }),
  texels: fc.uint8Array({ maxLength: 50 }),
});
/** In lists with a line for each, and in texts without control characters. */
const word = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'aZ09_.-+/ "\'=ü%') });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const povrayTask: fc.Arbitrary<PovrayTask> = fc.record(
  {
    kind: fc.constant('povray' as const),
    rect: record({ x: uint, y: uint, width: uint, height: uint }),
    frame: uint,
    clock: word,
    declares: fc.array(record({ name: fc.stringMatching(/^[A-Za-z_]\w{0,9}$/), value: word }), { maxLength: 4 }),
  },
  { requiredKeys: ['kind', 'rect', 'declares'], noNullPrototype: true },
);
const povrayScene: fc.Arbitrary<PovrayScene> = fc.record(
  {
    kind: fc.constant('povray' as const),
    files: fc.array(record({ path: word, digest }), { maxLength: 4 }),
    main: word,
    width: uint,
    height: uint,
    bits: fc.constantFrom(8 as const, 16 as const),
    options: fc.array(word, { maxLength: 4 }),
    animation: record({ first: uint, last: uint, initialClock: word, finalClock: word, cyclic: fc.boolean() }),
    limits: record({ seconds: below(1e6), memory: below(2 ** 40) }),
  },
  { requiredKeys: ['kind', 'files', 'main', 'width', 'height', 'bits', 'options', 'limits'], noNullPrototype: true },
);
const assignment: fc.Arbitrary<Assignment> = record({
  shard: uint,
  epoch: uint,
  scene: uint,
  render: uint,
  work: fc.oneof(task, filmTask, povrayTask, custom),
});

/** Arrays of whole entries of `size` numbers. */
const entries = (size: number, minLength: number) =>
  fc
    .array(fc.float64Array({ minLength: size, maxLength: size }), { minLength, maxLength: 5 })
    .map((all) => Float64Array.from(all.flatMap((entry) => [...entry])));

const point = { formula, re: text, im: text, start: fc.nat(1), extended: fc.boolean() };
const reference: fc.Arbitrary<Reference> = fc.oneof(
  record({ ...point, orbit: entries(2, 2), underflow: entries(5, 0) }),
  record({ ...point, asset: digest, underflowBytes: uint }),
);

const shade = record({ width: fc.double(), strength: fc.double(), ...rgb });
const paint: fc.Arbitrary<Paint> = fc.record(
  {
    kind: fc.constantFrom('cycle' as const, 'bands' as const, 'ramp' as const, 'distance' as const),
    size: uint,
    density: fc.double(),
    offset: fc.double(),
    hard: fc.boolean(),
    height: uint,
    lights,
    shade,
    levels: fc.record(
      { bits: fc.constantFrom(8 as const, 16 as const), dither: fc.boolean() },
      { noNullPrototype: true },
    ),
    linear: fc.float32Array({ maxLength: 20 }),
  },
  {
    requiredKeys: ['kind', 'size', 'density', 'offset', 'hard', 'height', 'lights', 'levels', 'linear'],
    noNullPrototype: true,
  },
);
const fractal: fc.Arbitrary<FractalScene> = fc.record(
  { kind: fc.constant('fractal' as const), paint, reference, packed: fc.constant(true as const) },
  { requiredKeys: ['kind'], noNullPrototype: true },
);
const scene: fc.Arbitrary<Scene> = record({
  work: fc.oneof(fractal, filmScene, povrayScene, custom),
  assets: fc.array(digest, { maxLength: 5 }),
});

const rank = { priority: fc.nat(100), owner: uint, weight: fc.integer({ min: 1, max: 1000 }) };

const message: fc.Arbitrary<ToWorker> = fc.oneof(
  record({
    kind: fc.constant('hello' as const),
    protocol: uint,
    version: text,
    build: text,
    session: text,
    slots: uint,
  }),
  record({
    kind: fc.constant('open' as const),
    job: uint,
    name: text,
    kernel: text,
    assets: fc.array(digest, { maxLength: 5 }),
    ...rank,
  }),
  record({ kind: fc.constant('priority' as const), job: uint, ...rank }),
  record({ kind: fc.constant('dropScene' as const), job: uint, id: uint }),
  record({ kind: fc.constant('scene' as const), job: uint, id: uint, scene }),
  fc
    .tuple(uint, fc.uint8Array({ maxLength: 50 }))
    .map(([job, bytes]) => ({ kind: 'asset' as const, job, ...assetOf(bytes) })),
  record({ kind: fc.constant('assign' as const), job: uint, assignment }),
  record({ kind: fc.constant('cancel' as const), job: uint, epochs: fc.array(uint) }),
  record({ kind: fc.constant('close' as const), job: uint, metrics: fc.boolean() }),
);

const answer: fc.Arbitrary<ToLeader> = fc.oneof(
  record({
    kind: fc.constant('ready' as const),
    protocol: uint,
    version: line,
    build: line,
    slots: fc.nat(BOUNDS.slots),
    credits: fc.nat(BOUNDS.credits),
    instance: line,
  }),
  record({
    kind: fc.constant('opened' as const),
    job: uint,
    kernel: line,
    detail: line,
    speed: below(BOUNDS.speed),
    fingerprint: line,
    slots: fc.nat(BOUNDS.slots),
    held: fc.array(digest, { maxLength: 5 }),
  }),
  record({ kind: fc.constant('unavailable' as const), job: uint, reason: line }),
  record({ kind: fc.constant('refused' as const), reason: line }),
  record({
    kind: fc.constant('result' as const),
    job: uint,
    shard: uint,
    epoch: uint,
    bytes: fc.uint8Array({ maxLength: 50 }),
    seconds: below(BOUNDS.seconds),
    iterations: below(BOUNDS.iterations),
    uncertain: uint,
  }).chain((result) =>
    fc.oneof(
      fc.constant(result),
      fc.double({ min: 0, max: 1, noNaN: true }).map((share) => withSetup(result, share)),
    ),
  ),
  fc.record(
    {
      ...{ kind: fc.constant('failed' as const), job: uint, shard: uint, epoch: uint, reason: line },
      final: fc.constant(true as const),
    },
    { requiredKeys: ['kind', 'job', 'shard', 'epoch', 'reason'], noNullPrototype: true },
  ),
  record({
    kind: fc.constant('heartbeat' as const),
    jobs: fc.array(
      record({ job: uint, epochs: fc.array(uint), running: uint }).map(({ running, ...job }) => ({
        ...job,
        running: running % (job.epochs.length + 1),
      })),
      { maxLength: BOUNDS.jobs },
    ),
  }),
  fc.constant({ kind: 'draining' as const }),
  record({
    kind: fc.constant('report' as const),
    job: uint,
    metrics: fc.array(record({ name: line, value: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
  }),
);

/** Bytes may come back as a Buffer: the content is compared. */
function plainBytes<Message extends ToLeader | undefined>(received: Message): Message {
  return received?.kind === 'result' ? { ...received, bytes: Uint8Array.from(received.bytes) } : received;
}

/** Some of its seconds are setup: none are not stated. */
function withSetup<R extends { readonly seconds: number }>(result: R, share: number): R & { setup?: number } {
  const setup = share * result.seconds;
  return setup > 0 ? { ...result, setup } : result;
}

/** Payloads come back as a Buffer, the orbit of a scene as bytes: the content is compared. */
function plainWork(received: ToWorker | undefined): ToWorker | undefined {
  if (received?.kind === 'scene')
    return { ...received, scene: { ...received.scene, work: plainScene(received.scene.work) } };
  if (received?.kind !== 'assign') return received;
  return { ...received, assignment: { ...received.assignment, work: plainCustom(received.assignment.work) } };
}

function plainScene(work: Scene['work']): Scene['work'] {
  if (work.kind === 'custom') return plainCustom(work);
  if (work.kind === 'film') return { ...work, texels: Uint8Array.from(work.texels) };
  if (work.kind === 'povray' || !work.reference || 'asset' in work.reference) return work;
  const { orbit, underflow, ...rest } = work.reference;
  return { ...work, reference: { ...rest, orbit: doublesOf(orbit), underflow: doublesOf(underflow) } };
}

function plainCustom<Work extends { readonly kind: string }>(work: Work | Custom): Work | Custom {
  return 'payload' in work ? { ...work, payload: Uint8Array.from(work.payload) } : work;
}

function doublesOf(bytes: Float64Array | Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

test('every message of a leader is received unchanged', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), (all) =>
      assert.deepEqual(receivedByWorker(...all).map(plainWork), all),
    ),
  );
});

test('every message of a worker is received unchanged', () => {
  fc.assert(
    fc.property(fc.uniqueArray(answer, { maxLength: 4, selector: ({ kind }) => kind }), (all) =>
      assert.deepEqual(receivedByLeader(...all).map(plainBytes), all),
    ),
  );
});

for (const [kind, seed, work] of [
  ['fractal', 5, task],
  ['film', 7, filmTask],
  ['custom', 6, custom],
] as const) {
  test(`an assignment of which a bit changed on its way is refused: ${kind}`, () => {
    const [one] = fc.sample(work as fc.Arbitrary<FractalTask | FilmTask | Custom>, { numRuns: 1, seed });
    const sent: Assignment = { shard: 7, epoch: 8, scene: 9, render: 10, work: one as FractalTask | FilmTask | Custom };
    const [wire] = [...wireToWorker({ kind: 'assign', job: 1, assignment: sent }, scenes)];
    const bytes = toWorker.encode(wire as object);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      let received: ToWorker | undefined;
      try {
        received = workerInbox(scenes)(toWorker.decode(flipped));
      } catch {
        continue;
      }
      // Some bits have no meaning: the same assignment is received.
      if (received?.kind === 'assign') {
        assert.deepEqual(plainWork(received), { kind: 'assign', job: 1, assignment: sent }, `bit ${bit}`);
      }
    }
  });
}

test('a scene of several chunks arrives with its last chunk, its table in memory that threads can share', () => {
  const wide = paintOf(200_000);
  wide.linear.set(Float32Array.from(wide.linear, (_, k) => 1 / (k + 1)));
  const sent: ToWorker = { kind: 'scene', job: 3, id: 9, scene: sceneOf({ paint: wide }) };
  const received = receivedByWorker(sent);
  assert.deepEqual(received, [undefined, undefined, sent]);
  const { paint } = (received[2] as ToWorker & { kind: 'scene' }).scene.work as FractalScene;
  assert.ok(paint?.linear.buffer instanceof SharedArrayBuffer);
});

const large = Uint8Array.from({ length: 2_500_000 }, (_, k) => (k * 40_503) >>> 8);

test('an asset of several chunks arrives with its last chunk, in memory that threads can share', () => {
  const sent: ToWorker = { kind: 'asset', job: 3, ...assetOf(large) };
  const received = receivedByWorker(sent);
  assert.deepEqual(received, [undefined, undefined, sent]);
  assert.ok((received[2] as ToWorker & { kind: 'asset' }).bytes.buffer instanceof SharedArrayBuffer);
});

test('an asset whose bytes have another digest is refused', () => {
  for (const length of [0, 10, 2_500_000]) {
    const sent: ToWorker = { kind: 'asset', job: 3, digest: assetOf(large).digest, bytes: new Uint8Array(length) };
    assert.throws(() => receivedByWorker(sent), { code: 'PROTOCOL', message: /^asset [\da-f]{64}: .* another digest/ });
  }
});

test('scenes and assets that lie incomplete are counted together', () => {
  const counts: number[] = [];
  const inbox = workerInbox(scenes, (bytes) => void counts.push(bytes));
  const scene = wireToWorker({ kind: 'scene', job: 3, id: 1, scene: sceneOf({ paint: paintOf(200_000) }) }, scenes);
  const asset = wireToWorker({ kind: 'asset', job: 3, ...assetOf(large) }, scenes);
  for (const wires of [scene, asset]) {
    const { value } = wires.next();
    inbox(toWorker.decode(toWorker.encode(value as object)));
  }
  assert.deepEqual(counts, [1 << 20, 2 << 20]);
  for (const wire of asset) inbox(toWorker.decode(toWorker.encode(wire)));
  assert.equal(counts.at(-1), 1 << 20);
});

test('a worker refuses a paint of more than 16 MiB', () => {
  const paint = { ...paintOf(), linear: new Float32Array((18 << 20) / 4) };
  const sent: ToWorker = { kind: 'scene', job: 3, id: 9, scene: sceneOf({ paint }) };
  assert.throws(() => receivedByWorker(sent), { code: 'PROTOCOL', message: /18874368 bytes of a paint, the bound is/ });
});

test('results of several chunks may alternate', () => {
  const inbox = leaderInbox();
  const bytes = [1, 2].map((shard) => new Uint8Array(2_500_000).fill(shard));
  const wires = bytes.map((one, shard) => [
    ...wireToLeader({
      kind: 'result',
      job: 1,
      shard,
      epoch: shard + 1,
      bytes: one,
      seconds: 1,
      iterations: 2,
      uncertain: 0,
    }),
  ]);
  const received = [0, 1, 2].flatMap((k) =>
    wires.map((all) => inbox(toLeader.decode(toLeader.encode(all[k] as object)))),
  );
  assert.deepEqual(received.slice(0, 4), [undefined, undefined, undefined, undefined]);
  for (const shard of [0, 1]) {
    const result = received[4 + shard] as ToLeader & { kind: 'result' };
    assert.equal(result.shard, shard);
    assert.equal(Buffer.compare(result.bytes, bytes[shard] as Uint8Array), 0);
  }
});

const chunkOf = (wire: WireScene) => chunkOfBytes(scenes.encode(wire));
const chunkOfBytes = (data: Buffer) => {
  const [whole] = [
    ...wireToLeader({
      kind: 'result',
      job: 1,
      shard: 0,
      epoch: 1,
      bytes: data,
      seconds: 0,
      iterations: 0,
      uncertain: 0,
    }),
  ];
  return { scene: { scene: 1, chunk: whole?.result?.chunk as { data: Buffer } } };
};
const twoKinds = chunkOfBytes(Buffer.concat([scenes.encode({ fractal: {} }), scenes.encode({ custom: {} })]));
const square = { x: 0, y: 0, width: 1, height: 1 };

const fractalChunk = (fractal: WireScene['fractal']) => chunkOf({ fractal: fractal ?? null });
const task0 = { view: { step: 'tricorn' }, ...square };

const TO_WORKER: readonly [what: string, wire: object, why: RegExp][] = [
  ['a cancellation of 5,000 epochs', { cancel: { epochs: new Array(5_000).fill(1) } }, /5000 epochs in a cancellation/],
  [
    'digits without end',
    { assign: { fractal: { view: { re: '1'.repeat(200_001) } } } },
    /200001 characters of a coordinate/,
  ],
  ['1,025 assets', chunkOf({ fractal: {}, assets: Buffer.alloc(32 * 1_025) }), /1025 digests/],
  ['half a digest of an asset', chunkOf({ fractal: {}, assets: Buffer.alloc(31) }), /no whole digests of 32 bytes/],
  ['a chunk of an asset without a digest', { asset: { chunk: {} } }, /no digest of 32 bytes/],
  ['an asset without a chunk', { asset: { digest: Buffer.alloc(32) } }, /no chunk of an asset/],
  [
    'an asset of 2 GiB',
    { asset: { digest: Buffer.alloc(32), chunk: { total: 2 ** 31 } } },
    /2147483648 bytes announced/,
  ],
  ['a job of 1,025 assets', { open: { job: 1, weight: 1, assets: Buffer.alloc(32 * 1_025) } }, /1025 digests/],
  ['half a digest of a job', { open: { job: 1, weight: 1, assets: Buffer.alloc(48) } }, /no whole digests of 32 bytes/],
  ['a priority of 101', { open: { job: 1, priority: 101 } }, /priority 101, the bound is from 0 to 100/],
  ['a changed priority of 101', { priority: { job: 1, priority: 101 } }, /priority 101/],
  ['a weight of 0', { open: { job: 1 } }, /weight 0, at least 1/],
  ['a weight of 1001', { priority: { job: 1, weight: 1001 } }, /weight 1001, the bound is from 0 to 1000/],
  ['an empty message', {}, /no message known to this version/],
  ['a scene without a chunk', { scene: { scene: 1 } }, /no chunk of a scene/],
  [
    'a chunk of 2 GiB',
    { scene: { scene: 1, chunk: { total: 2 ** 31 } } },
    /scene 1 of job 0: 2147483648 bytes announced/,
  ],
  ['a chunk with a wrong checksum', { scene: { scene: 1, chunk: { checksum: 1 } } }, /scene 1 of job 0: the checksum/],
  ['a scene without work', chunkOf({}), /no scene of one kind/],
  ['a scene of two kinds', twoKinds, /no scene of one kind/],
  ['a segment of 9 bits', chunkOf({ film: { bits: 9 } }), /no number of bits that a pixel can have/],
  [
    'a tile that ends within a number',
    chunkOf({ film: { bits: 8, tiles: Buffer.alloc(7) } }),
    /whole numbers of 4 bytes/,
  ],
  ['a frame that ends within a number', { assign: { film: { shown: Buffer.alloc(9) } } }, /whole numbers of 8 bytes/],
  ['an assignment without work', { assign: { shard: 1 } }, /no task of one kind/],
  ['a kind of work with control characters', chunkOf({ custom: { kind: '\x1b[2J' } }), /kind of work with control/],
  ['a kind of work without end', chunkOf({ custom: { kind: 'x'.repeat(101) } }), /kind of work of 101 characters/],
  ['an assignment without a view', { assign: { shard: 1, fractal: square } }, /no view of an assignment/],
  ['an unknown formula', { assign: { fractal: { view: { step: 'spiral' } } } }, /no known formula: spiral/],
  ['an assignment with another checksum', { assign: { fractal: task0, checksum: 1 } }, /checksum does not match/],
  ['a paint without a mode', fractalChunk({ paint: {} }), /no known mode of a paint: MODE_UNSPECIFIED/],
  ['a paint of an unknown mode', fractalChunk({ paint: { mode: 9 as never } }), /no known mode of a paint: 9/],
  [
    'a table that ends within a number',
    fractalChunk({ paint: { mode: 'RAMP', bits: 8, linear: Buffer.alloc(9) } }),
    /no whole table/,
  ],
  ['pixels of 10 bits', fractalChunk({ paint: { mode: 'RAMP', bits: 10 } }), /no known number of bits of a paint: 10/],
  [
    'a reference that ends before its start',
    fractalChunk({ reference: { orbit: Buffer.alloc(32), underflow: Buffer.alloc(0), start: 2, step: 'tricorn' } }),
    /no reference orbit that reaches its start 2/,
  ],
  [
    'a reference of half an entry',
    fractalChunk({ reference: { orbit: Buffer.alloc(40), underflow: Buffer.alloc(0), step: 'tricorn' } }),
    /no whole reference orbit/,
  ],
  [
    'a reference that has its orbit twice',
    fractalChunk({ reference: { orbit: Buffer.alloc(32), asset: Buffer.alloc(32), step: 'tricorn' } }),
    /no reference orbit in one place/,
  ],
  [
    'a reference whose asset has no digest',
    fractalChunk({ reference: { asset: Buffer.alloc(31), step: 'tricorn' } }),
    /no digest of 32 bytes/,
  ],
  [
    'a reference of an unknown formula',
    fractalChunk({ reference: { orbit: Buffer.alloc(32), underflow: Buffer.alloc(0), step: 'spiral' } }),
    /no known formula: spiral/,
  ],
];

for (const [what, wire, why] of TO_WORKER) {
  test(`a worker refuses ${what}`, () => {
    const inbox = workerInbox(scenes);
    const read = () => inbox(toWorker.decode(toWorker.encode(wire)));
    assert.throws(read, { code: 'PROTOCOL', message: why });
  });
}

const ready = { slots: 1, credits: 2 };
const opened = { job: 1, slots: 1, speed: 1e9 };
const many = (count: number) => Array.from({ length: count }, (_, k) => k);
const metrics = (count: number) => many(count).map((value) => ({ name: 'm', value }));

const TO_LEADER: readonly [what: string, wire: object, why: RegExp][] = [
  ['2^32-1 slots', { ready: { ...ready, slots: 2 ** 32 - 1 } }, /slots 4294967295, the bound is from 0 to 1024/],
  ['2^32-1 credits', { ready: { ...ready, credits: 2 ** 32 - 1 } }, /credits 4294967295, /],
  ['a speed of 1e300', { opened: { ...opened, speed: 1e300 } }, /speed 1e\+300, /],
  ['a speed that is no number', { opened: { ...opened, speed: Number.NaN } }, /speed NaN, /],
  ['a long name', { ready: { ...ready, instance: 'x'.repeat(101) } }, /instance of 101 characters, /],
  ['1,025 assets that it has', { opened: { ...opened, held: Buffer.alloc(32 * 1_025) } }, /1025 digests/],
  ['a name with an escape', { opened: { ...opened, detail: '\x1b[2J' } }, /description with control characters/],
  ['a text that turns its direction', { failed: { reason: '\u202e' } }, /reason with control characters/],
  ['a reason without end', { failed: { reason: 'x'.repeat(2000) } }, /reason of 2000 characters/],
  ['a time of 1e308', { result: { chunk: {}, seconds: 1e308 } }, /seconds of a shard 1e\+308/],
  ['a time that is no number', { result: { chunk: {}, seconds: Number.NaN } }, /seconds of a shard NaN/],
  ['iterations below zero', { result: { chunk: {}, iterations: -1 } }, /iterations of a shard -1/],
  [
    'a heartbeat with 380,000 epochs',
    { heartbeat: { jobs: [{ job: 1, epochs: many(380_000) }] } },
    /380000 epochs in a heartbeat, .* 4096/,
  ],
  [
    'a heartbeat of 17 jobs',
    { heartbeat: { jobs: many(17).map((job) => ({ job })) } },
    /17 jobs in a heartbeat, .* 16/,
  ],
  [
    'a heartbeat of more shards on threads than under way',
    { heartbeat: { jobs: [{ job: 1, epochs: [1, 2], running: 3 }] } },
    /shards that are computed 3, the bound is from 0 to 2/,
  ],
  ['a report of 40,000 metrics', { report: { metrics: metrics(40_000) } }, /40000 metrics in a report, .* 256/],
  ['a metric that is no number', { report: { metrics: [{ name: 'm', value: Number.NaN }] } }, /NaN for a metric/],
  ['a metric with a line break', { report: { metrics: [{ name: 'a\nb', value: 1 }] } }, /with control characters/],
  ['an empty message', {}, /no message known to this version/],
  ['a result without a chunk', { result: { epoch: 5 } }, /no chunk of a result/],
  [
    'a result of 2 GiB',
    { result: { epoch: 5, chunk: { total: 2 ** 31 } } },
    /result of assignment 5 of job 0: 2147483648 bytes/,
  ],
  [
    'a result with a wrong checksum',
    { result: { epoch: 5, chunk: { checksum: 1 } } },
    /result of assignment 5 of job 0: the checksum/,
  ],
];

test('a leader refuses a second Draining of a worker', () => {
  assert.throws(() => receivedByLeader({ kind: 'draining' }, { kind: 'draining' }), { message: /sent Draining twice/ });
});

test('a leader refuses a worker that has assets which Open does not name', () => {
  const [named, other] = [assetOf(Uint8Array.of(1)).digest, assetOf(Uint8Array.of(2)).digest];
  const { toWire, inbox } = leaderWire(scenes, 'w');
  for (const job of [1, 2]) {
    const open = {
      kind: 'open',
      job,
      name: 'j',
      kernel: 'k',
      assets: [named],
      priority: 1,
      owner: 1,
      weight: 1,
    } as const;
    assert.equal([...toWire(open)].length, 1);
  }
  const answered = (job: number, held: string) =>
    inbox(toLeader.decode(toLeader.encode({ opened: { ...opened, job, held: Buffer.from(held, 'hex') } })));
  assert.deepEqual((answered(1, named) as ToLeader & { kind: 'opened' }).held, [named]);
  assert.throws(() => answered(2, other), { code: 'PROTOCOL', message: /has asset [\da-f]{64}, which job 2 does not/ });
});

for (const [what, wire, why] of TO_LEADER) {
  test(`a leader refuses ${what}`, () => {
    const inbox = leaderInbox();
    const read = () => inbox(toLeader.decode(toLeader.encode(wire)));
    assert.throws(read, { code: 'PROTOCOL', message: why });
  });
}

test('bytes of any kind are a message or an error, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      for (const read of [
        () => workerInbox(scenes)(toWorker.decode(bytes)),
        () => leaderInbox()(toLeader.decode(bytes)),
      ]) {
        try {
          const received = read();
          assert.ok(received === undefined || typeof received.kind === 'string');
        } catch (error) {
          assert.ok(error instanceof Error && error.message !== '');
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a heartbeat of more epochs than a message may have comes in several, each job whole', () => {
  const jobs = [1, 2, 3, 4].map((job) => ({ job, epochs: many(2048), running: job }));
  const received = receivedByLeader({ kind: 'heartbeat', jobs });
  assert.deepEqual(received, [
    { kind: 'heartbeat', jobs: jobs.slice(0, 2) },
    { kind: 'heartbeat', jobs: jobs.slice(2) },
  ]);
});

test('a worker refuses a segment of 65,537 tiles', () => {
  const bytes = scenes.encode({ film: { bits: 8, tiles: Buffer.alloc(24 * 65_537) } });
  assert.throws(() => decodedScene(bytes, scenes), { code: 'PROTOCOL', message: /65537 tiles of a segment/ });
});
