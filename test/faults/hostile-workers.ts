/**
 * Workers that break the protocol in many ways, in a process of their own: usage `node hostile-workers.js`. Prints a line
 * "kind port" for each, then "ready". Floods are bounded in rate, and the process is the last to be scheduled, so that
 * what a test measures is the cost to the leader.
 */

import { setPriority } from 'node:os';
import { gzipSync } from 'node:zlib';
import grpc from '@grpc/grpc-js';
import { thisProgram } from '../../src/app/version.js';
import { HEARTBEAT_MS, PROTOCOL } from '../../src/cluster/messages.js';
import { fingerprintOf } from '../../src/kernel/open.js';
import { openSimd } from '../../src/kernel/simd.js';
import { toLeader, toWorker } from '../cluster/memory.js';

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;
type Wire = Parameters<typeof toLeader.encode>[0];
interface Assigned {
  readonly job: number;
  readonly shard: number;
  readonly epoch: number;
  /** Of its pixels. */
  readonly bytes: number;
}

/** So much is sent in each period. */
const PERIOD_MS = 50;
const MESSAGES = 2_000;
const BYTES = 4 << 20;

const fingerprint = await fingerprintOf(openSimd());
const valid = {
  protocol: PROTOCOL,
  ...thisProgram(),
  slots: 2,
  credits: 2,
  instance: '',
};
const able = { kernel: 'simd', detail: 'hostile', speed: 1e9, fingerprint, slots: 1024 };
const encode = (wire: Wire) => toLeader.encode(wire);
const ready = (changes: object = {}) => encode({ ready: { ...valid, ...changes } });
const opened = (job: number, changes: object = {}) => encode({ opened: { ...able, job, ...changes } });
const heartbeat = (epochs: number[], job = 1) => encode({ heartbeat: { jobs: [{ job, epochs }] } });
const many = (count: number) => Array.from({ length: count }, (_, k) => k + 1);
const chunk = (data: Buffer, offset = 0, total = data.length) => ({ data, offset, total, checksum: 0 });
const result = ({ job, shard, epoch }: Assigned, changes: object) =>
  encode({ result: { job, shard, epoch, seconds: 0.01, iterations: 1, ...changes } });
/** A field of protobuf: its number, its bytes. */
const field = (number: number, bytes: Buffer) =>
  Buffer.concat([Buffer.from([8 * number + 2]), varint(bytes.length), bytes]);
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/** Writes these messages, so many in a period, as long as the other side takes them. */
function pump(call: Call, messages: Iterator<Buffer>): void {
  const timer = setInterval(() => {
    let left = BYTES;
    for (let k = 0; k < MESSAGES && left > 0 && call.writable && !call.writableNeedDrain; k++) {
      const { value, done } = messages.next();
      if (done) return clearInterval(timer);
      left -= value.length;
      call.write(value);
    }
  }, PERIOD_MS);
  for (const end of ['close', 'cancelled', 'error']) call.once(end, () => clearInterval(timer));
}

function* openings(): Generator<Buffer> {
  for (let job = 1; ; job++) yield opened(job);
}

function* repeated(message: Buffer): Generator<Buffer> {
  for (;;) yield message;
}

/** Opens each job, and does this with each assignment. */
function assigned(call: Call, act: (one: Assigned) => void, changes: object = {}): void {
  call.on('data', (bytes: Buffer) => {
    const { assign, open } = toWorker.decode(bytes);
    if (open) call.write(opened(open.job, changes));
    const { job = 0, shard = 0, epoch = 0, fractal } = assign ?? {};
    if (fractal) act({ job, shard, epoch, bytes: 3 * fractal.width * fractal.height });
  });
}

/** Answers each assignment with these messages. */
const answering = (answer: (one: Assigned) => Iterable<Buffer>) => (call: Call) => {
  call.write(ready());
  assigned(call, (one) => pump(call, answer(one)[Symbol.iterator]()));
};

const flooding =
  (message: Buffer, first = ready()) =>
  (call: Call) => {
    call.write(first);
    assigned(call, () => undefined);
    pump(call, repeated(message));
  };

function keeps(call: Call): void {
  const taken: number[] = [];
  let of = 1;
  call.write(ready({ slots: 1024 }));
  const take = ({ job, epoch }: Assigned) => {
    of = job;
    taken.push(epoch);
  };
  assigned(call, take, { speed: 1e15 });
  const timer = setInterval(() => call.writable && call.write(heartbeat(taken, of)), HEARTBEAT_MS);
  call.once('cancelled', () => clearInterval(timer));
}

const KINDS: Readonly<Record<string, (call: Call) => void>> = {
  'absurd numbers': flooding(heartbeat([]), ready({ slots: 2 ** 32 - 1, credits: 2 ** 32 - 1 })),
  'an absurd speed': (call) => {
    call.write(ready());
    assigned(call, () => undefined, { speed: 1e300 });
  },
  'no credits and no slots': flooding(heartbeat([]), ready({ slots: 0, credits: 0 })),
  'no slots for the kernel': (call) => {
    call.write(ready());
    assigned(call, () => undefined, { slots: 0, speed: 0 });
  },
  'never opens the job': (call) => {
    call.write(ready());
    call.resume();
    const timer = setInterval(() => call.writable && call.write(encode({ heartbeat: {} })), HEARTBEAT_MS);
    call.once('cancelled', () => clearInterval(timer));
  },
  'opens the job again and again': (call) => {
    call.write(ready());
    call.once('data', () => pump(call, repeated(opened(1))));
  },
  'opens jobs without end': (call) => {
    call.write(ready());
    pump(call, openings());
  },
  'unavailable again and again': flooding(encode({ unavailable: { job: 1, reason: 'none' } })),
  'heartbeats of 30,000 jobs': flooding(encode({ heartbeat: { jobs: many(15_000).map(() => ({})) } })),
  'heartbeats of jobs that are not there': flooding(heartbeat(many(200), 99)),
  'takes all and answers nothing': keeps,
  'heartbeats of 380,000 epochs': flooding(heartbeat(many(380_000))),
  'heartbeats of 4,000 epochs': flooding(heartbeat(many(4_000))),
  'heartbeats at full rate': flooding(heartbeat([])),
  'answers to no assignment': flooding(
    result({ job: 1, shard: 1, epoch: 999_999, bytes: 0 }, { chunk: chunk(Buffer.alloc(1 << 20)) }),
  ),
  'failures of no assignment': flooding(encode({ failed: { job: 1, shard: 1, epoch: 999_999, reason: 'none' } })),
  'reports of 40,000 metrics': flooding(
    encode({ report: { job: 1, metrics: many(40_000).map((value) => ({ name: 'm', value })) } }),
  ),
  'reports of some metrics': flooding(
    encode({ report: { job: 1, metrics: many(100).map((value) => ({ name: 'm', value })) } }),
  ),
  'ready again and again': flooding(ready()),
  'draining again and again': flooding(encode({ draining: {} })),
  'times that are no numbers': answering((one) => [
    result(one, { chunk: chunk(Buffer.alloc(one.bytes)), seconds: Number.NaN }),
  ]),
  'times beyond measure': answering((one) => [
    result(one, { chunk: chunk(Buffer.alloc(one.bytes)), seconds: 1e308, iterations: 1e308 }),
  ]),
  'control characters': (call) => {
    call.write(ready());
    assigned(call, () => undefined, { detail: '\x1b[2J\x1b]0;title\x07' });
  },
  'control characters in Ready': flooding(heartbeat([]), ready({ instance: '\u202eabc' })),
  'failures that clear the screen': answering(({ job, shard, epoch }) => [
    encode({ failed: { job, shard, epoch, reason: '\x1b[2J\x1b[H' } }),
  ]),
  'huge strings': flooding(encode({ refused: { reason: 'x'.repeat(1 << 20) } })),
  'a million tiny chunks': answering(function* (one) {
    for (let at = 0; at < 1_000_000; at++) yield result(one, { chunk: chunk(Buffer.alloc(1), at, 1_000_000) });
  }),
  'chunks out of order': answering((one) => [result(one, { chunk: chunk(Buffer.alloc(3), 300, one.bytes) })]),
  'endless chunks': answering(function* (one) {
    for (let at = 0; at < 1 << 10; at++) yield result(one, { chunk: chunk(Buffer.alloc(1 << 20), at << 20, 2 ** 30) });
  }),
  'unknown messages': flooding(field(15, Buffer.alloc(10))),
  'empty messages': flooding(Buffer.alloc(0)),
  'several messages in one': flooding(
    Buffer.concat([result({ job: 1, shard: 1, epoch: 1, bytes: 0 }, {}), heartbeat(many(300_000))]),
  ),
  'a result of 400,000 chunks': flooding(field(3, Buffer.concat(new Array(400_000).fill(Buffer.from([0x12, 0]))))),
  'groups within groups': flooding(field(3, Buffer.alloc(1_000_000, 0x0b))),
  'bytes that are no message': flooding(Buffer.alloc(100_000, 0xff)),
  'joins and leaves': (call) => {
    call.write(ready({ slots: 1024 }));
    assigned(call, () => setTimeout(() => call.destroy(), 20));
  },
};

setPriority(5);
const itself = (bytes: Buffer) => bytes;
const service = {
  session: {
    path: '/fractal.v1.Peer/Session',
    requestStream: true,
    responseStream: true,
    requestSerialize: itself,
    requestDeserialize: itself,
    responseSerialize: itself,
    responseDeserialize: itself,
  },
} as const;
grpc.setLogVerbosity(grpc.logVerbosity.NONE);
async function serve(name: string, act: (call: Call) => void, options: grpc.ServerOptions = {}): Promise<void> {
  const server = new grpc.Server(options);
  server.addService(service, {
    session(call: Call) {
      call.on('error', () => undefined);
      // Shards are assigned only after Ready.
      call.once('data', () => act(call));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  process.stdout.write(`${name} 127.0.0.1:${port}\n`);
}
for (const [name, act] of Object.entries(KINDS)) await serve(name, act);
const bomb = gzipSync(Buffer.alloc(64 << 20));
await serve('compressed bombs', flooding(field(3, bomb)), { 'grpc.default_compression_algorithm': 2 });
process.stdout.write('ready\n');
