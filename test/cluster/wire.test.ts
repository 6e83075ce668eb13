import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BOUNDS } from '../../src/cluster/bounds.js';
import type { Assignment, ReferenceOrbit, Scene, Table, ToLeader, ToWorker } from '../../src/cluster/messages.js';
import { leaderInbox, wireToLeader, wireToWorker, workerInbox } from '../../src/cluster/wire.js';
import type { WireScene } from '../../src/cluster/wire-work.js';
import type { Formula, View } from '../../src/view/view.js';
import { scenes, toLeader, toWorker } from './memory.js';

/** There and back through the bytes that travel. */
function heardByWorker(...messages: ToWorker[]): (ToWorker | undefined)[] {
  const inbox = workerInbox(scenes);
  return messages.flatMap((message) =>
    [...wireToWorker(message, scenes)].map((wire) => inbox(toWorker.decode(toWorker.encode(wire)))),
  );
}

function heardByLeader(...messages: ToLeader[]): (ToLeader | undefined)[] {
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
  plain.map((one) => ({ ...one, perturbed: true as const, exact: true as const })),
);

const assignment: fc.Arbitrary<Assignment> = record({
  shard: uint,
  epoch: uint,
  scene: uint,
  frame: uint,
  view,
  rect: record({ x: uint, y: uint, width: uint, height: uint }),
});

const table: fc.Arbitrary<Table> = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
);

/** Arrays of whole entries of `size` numbers. */
const entries = (size: number, minLength: number) =>
  fc
    .array(fc.float64Array({ minLength: size, maxLength: size }), { minLength, maxLength: 5 })
    .map((all) => Float64Array.from(all.flatMap((entry) => [...entry])));

const reference: fc.Arbitrary<ReferenceOrbit> = record({
  formula,
  re: text,
  im: text,
  orbit: entries(2, 2),
  tiny: entries(5, 0),
  start: fc.nat(1),
  deep: fc.boolean(),
});

const sceneFields = {
  samples: fc.boolean(),
  // What JSON has no word for (-0) is not sent.
  paint: fc
    .dictionary(text, fc.jsonValue({ noUnicodeString: false }), { noNullPrototype: true })
    .map((paint) => JSON.parse(JSON.stringify(paint))),
  tables: fc.dictionary(text, table, { noNullPrototype: true }),
};
const scene: fc.Arbitrary<Scene> = fc.oneof(record(sceneFields), record({ ...sceneFields, reference }));

const message: fc.Arbitrary<ToWorker> = fc.oneof(
  record({
    kind: fc.constant('hello' as const),
    protocol: uint,
    version: text,
    session: text,
    slots: uint,
  }),
  record({ kind: fc.constant('open' as const), job: uint, name: text, kernel: text, priority: fc.nat(100) }),
  record({ kind: fc.constant('priority' as const), job: uint, priority: fc.nat(100) }),
  record({ kind: fc.constant('dropScene' as const), job: uint, id: uint }),
  record({ kind: fc.constant('scene' as const), job: uint, id: uint, scene }),
  record({ kind: fc.constant('assign' as const), job: uint, assignment }),
  record({ kind: fc.constant('cancel' as const), job: uint, epochs: fc.array(uint) }),
  record({ kind: fc.constant('close' as const), job: uint, metrics: fc.boolean() }),
);

const answer: fc.Arbitrary<ToLeader> = fc.oneof(
  record({
    kind: fc.constant('ready' as const),
    protocol: uint,
    version: line,
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
  }),
  record({ kind: fc.constant('failed' as const), job: uint, shard: uint, epoch: uint, reason: line }),
  record({
    kind: fc.constant('heartbeat' as const),
    jobs: fc.array(record({ job: uint, epochs: fc.array(uint) }), { maxLength: BOUNDS.jobs }),
  }),
  fc.constant({ kind: 'draining' as const }),
  record({
    kind: fc.constant('report' as const),
    job: uint,
    metrics: fc.array(record({ name: line, value: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
  }),
);

/** Bytes may come back as a Buffer: what counts is what is in them. */
function plainBytes<Message extends ToLeader | undefined>(heard: Message): Message {
  return heard?.kind === 'result' ? { ...heard, bytes: Uint8Array.from(heard.bytes) } : heard;
}

test('whatever a leader sends, the worker receives the same', () => {
  fc.assert(fc.property(fc.array(message, { maxLength: 4 }), (all) => assert.deepEqual(heardByWorker(...all), all)));
});

test('whatever a worker sends, the leader receives the same', () => {
  fc.assert(
    fc.property(fc.uniqueArray(answer, { maxLength: 4, selector: ({ kind }) => kind }), (all) =>
      assert.deepEqual(heardByLeader(...all).map(plainBytes), all),
    ),
  );
});

test('an assignment of which a bit changed on its way is no assignment', () => {
  const [sent] = fc.sample(assignment, { numRuns: 1, seed: 5 });
  const [wire] = [...wireToWorker({ kind: 'assign', job: 1, assignment: sent as Assignment }, scenes)];
  const bytes = toWorker.encode(wire as object);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    let heard: ToWorker | undefined;
    try {
      heard = workerInbox(scenes)(toWorker.decode(flipped));
    } catch {
      continue;
    }
    // Some bits mean nothing: the same assignment is heard.
    if (heard?.kind === 'assign') assert.deepEqual(heard, { kind: 'assign', job: 1, assignment: sent }, `bit ${bit}`);
  }
});

test('a scene of several chunks arrives with its last chunk, its tables in memory that threads can share', () => {
  const tables = { wide: Float64Array.from({ length: 300_000 }, (_, k) => 1 / (k + 1)), small: Uint8Array.of(1, 2) };
  const sent: ToWorker = { kind: 'scene', job: 3, id: 9, scene: { samples: false, paint: { mode: 'bands' }, tables } };
  const heard = heardByWorker(sent);
  assert.deepEqual(heard, [undefined, undefined, sent]);
  const { scene } = heard[2] as ToWorker & { kind: 'scene' };
  for (const { buffer } of Object.values(scene.tables)) assert.ok(buffer instanceof SharedArrayBuffer);
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
  const heard = [0, 1, 2].flatMap((k) => wires.map((all) => inbox(toLeader.decode(toLeader.encode(all[k] as object)))));
  assert.deepEqual(heard.slice(0, 4), [undefined, undefined, undefined, undefined]);
  for (const shard of [0, 1]) {
    const result = heard[4 + shard] as ToLeader & { kind: 'result' };
    assert.equal(result.shard, shard);
    assert.equal(Buffer.compare(result.bytes, bytes[shard] as Uint8Array), 0);
  }
});

const chunkOf = (wire: WireScene) => {
  const data = scenes.encode(wire);
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
const square = { x: 0, y: 0, width: 1, height: 1 };

const TO_WORKER: readonly [what: string, wire: object, why: RegExp][] = [
  ['a cancellation of 5,000 epochs', { cancel: { epochs: new Array(5_000).fill(1) } }, /5000 epochs in a cancellation/],
  ['digits without end', { assign: { view: { re: '1'.repeat(200_001) } } }, /200001 characters of a coordinate/],
  ['a hundred tables', chunkOf({ tables: new Array(100).fill({ type: 'u8' }) }), /more than 64 fields/],
  ['twenty tables', chunkOf({ tables: new Array(20).fill({ type: 'u8' }) }), /20 tables/],
  ['a paint without end', chunkOf({ paint: '[]'.repeat(40_000) }), /80000 characters of a paint/],
  ['a priority of 101', { open: { job: 1, priority: 101 } }, /priority 101, the bound is from 0 to 100/],
  ['a changed priority of 101', { priority: { job: 1, priority: 101 } }, /priority 101/],
  ['an empty message', {}, /no message that this version knows/],
  ['a scene without a chunk', { scene: { scene: 1 } }, /no chunk of a scene/],
  [
    'a chunk of 2 GiB',
    { scene: { scene: 1, chunk: { total: 2 ** 31 } } },
    /scene 1 of job 0: 2147483648 bytes announced/,
  ],
  ['a chunk with a wrong checksum', { scene: { scene: 1, chunk: { checksum: 1 } } }, /scene 1 of job 0: the checksum/],
  ['an assignment without a view', { assign: { shard: 1, ...square } }, /no view of an assignment/],
  ['an unknown formula', { assign: { view: { step: 'spiral' } } }, /no known formula: spiral/],
  ['an unknown type of table', chunkOf({ tables: [{ name: 'a', type: 'i8' }] }), /no known type of table: i8/],
  [
    'a table that ends within a number',
    chunkOf({ tables: [{ type: 'f64', data: Buffer.alloc(9) }] }),
    /no whole table/,
  ],
  [
    'a reference that ends before its start',
    chunkOf({ reference: { orbit: Buffer.alloc(32), tiny: Buffer.alloc(0), start: 2, step: 'tricorn' } }),
    /no reference orbit that reaches its start 2/,
  ],
  [
    'a reference of an unknown formula',
    chunkOf({ reference: { orbit: Buffer.alloc(32), tiny: Buffer.alloc(0), step: 'spiral' } }),
    /no known formula: spiral/,
  ],
  ['a paint that is no JSON', chunkOf({ paint: '{"mode":' }), /no paint in JSON/],
  ['a paint that is no record', chunkOf({ paint: '7' }), /no paint that is a record/],
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
  ['a report of 40,000 metrics', { report: { metrics: metrics(40_000) } }, /40000 metrics in a report, .* 256/],
  ['a metric that is no number', { report: { metrics: [{ name: 'm', value: Number.NaN }] } }, /NaN for a metric/],
  ['a metric with a line break', { report: { metrics: [{ name: 'a\nb', value: 1 }] } }, /with control characters/],
  ['an empty message', {}, /no message that this version knows/],
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

test('a leader refuses a worker that states twice that it is draining', () => {
  assert.throws(() => heardByLeader({ kind: 'draining' }, { kind: 'draining' }), { message: /states twice/ });
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
          const heard = read();
          assert.ok(heard === undefined || typeof heard.kind === 'string');
        } catch (error) {
          assert.ok(error instanceof Error && error.message !== '');
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a heartbeat of more epochs than a message may have comes in several, each job whole', () => {
  const jobs = [1, 2, 3, 4].map((job) => ({ job, epochs: many(2048) }));
  const heard = heardByLeader({ kind: 'heartbeat', jobs });
  assert.deepEqual(heard, [
    { kind: 'heartbeat', jobs: jobs.slice(0, 2) },
    { kind: 'heartbeat', jobs: jobs.slice(2) },
  ]);
});
