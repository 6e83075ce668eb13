/**
 * Leaders that overload a worker, in a process of their own: usage `node hostile-leaders.js host:port [kind ...]`,
 * all kinds without one. Prints "ready" once each has begun. Sessions that are ended begin again, floods are bounded in
 * rate, and the process gives way to others, so that what a test measures is the cost to the worker.
 */

import { setPriority } from 'node:os';
import grpc from '@grpc/grpc-js';
import { thisProgram } from '../../src/app/version.js';
import { cut } from '../../src/cluster/chunks.js';
import { PROTOCOL, type Scene, type ToWorker } from '../../src/cluster/messages.js';
import { wireToWorker } from '../../src/cluster/wire.js';
import type { View } from '../../src/view/view.js';
import { assetOf } from '../../src/work/asset.js';
import { scenes, toLeader, toWorker } from '../cluster/memory.js';

type Call = grpc.ClientDuplexStream<Buffer, Buffer>;
type Wire = Parameters<typeof toWorker.encode>[0];

/** So much is sent in each period. */
const PERIOD_MS = 50;
const MESSAGES = 2_000;
const BYTES = 8 << 20;
/** Sessions of a kind at once. */
const SESSIONS = 2;

const [address = '', ...wanted] = process.argv.slice(2);
const encode = (wire: Wire) => toWorker.encode(wire);
const wires = (message: ToWorker) => [...wireToWorker(message, scenes)].map(encode);
const hello = encode({ hello: { protocol: PROTOCOL, ...thisProgram(), session: 'hostile', slots: 0 } });
const JOB = 1;
const opening = (job: number) => encode({ open: { job, name: 'hostile', kernel: 'simd', priority: 100, weight: 1 } });
const formula = { step: 'holomorphic', power: 2 } as const;

/** Between cardioid and disc, at -0.75, a point escapes after pi / |im| iterations: some days. */
const view: View = {
  formula,
  re: '-0.75',
  im: '0',
  zoom: '1e8',
  rotation: 0,
  width: 1,
  height: 64,
  iterations: 2 ** 48,
  bailout: 4,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};
const empty: Scene = { work: { kind: 'fractal' }, assets: [] };
let epoch = 0;
function assign(changes: Partial<View> = {}, side?: number): ToWorker {
  const rect = side === undefined ? { x: 0, y: 0, width: 1, height: 64 } : { x: 0, y: 0, width: side, height: side };
  return {
    kind: 'assign',
    job: JOB,
    assignment: {
      ...{ shard: 1, epoch: ++epoch, scene: 0, render: 0 },
      work: { kind: 'fractal', view: { ...view, ...changes }, rect },
    },
  };
}

/** The orbit of the neck itself, so many bytes of it. */
function orbitOf(bytes: number): Scene {
  const orbit = new Float64Array(bytes / 8);
  for (let k = 2; k < orbit.length; k += 2) orbit[k] = (orbit[k - 2] as number) ** 2 - 0.75;
  const reference = { formula, re: '-0.75', im: '0', orbit, underflow: new Float64Array(0), start: 0, extended: false };
  return { work: { kind: 'fractal', reference }, assets: [] };
}
const large = wires({ kind: 'scene', job: JOB, id: 0, scene: orbitOf(100 << 20) });
const deep = wires({ kind: 'scene', job: JOB, id: 0, scene: orbitOf(16 << 20) });
const many = (count: number) => Array.from({ length: count }, (_, k) => k + 1);

/**
 * Messages that are sent once a job is open; undefined ends a period. A session that sends no more stays. Kinds that do "not
 * read" read nothing after the handshake.
 */
const KINDS: Readonly<Record<string, () => Iterable<Buffer | undefined>>> = {
  *'endless views'() {
    yield* wires({ kind: 'scene', job: JOB, id: 0, scene: empty });
    for (let k = 0; k < 2; k++) yield* wires(assign());
  },
  *'endless deep views'() {
    yield* deep;
    for (let k = 0; k < 2; k++) yield* wires(assign({ perturbed: true, zoom: '1e20' }));
  },
  /** Answers of 384 MiB, and of 6 MiB: quickly computed, and never read. */
  *'large answers that it does not read'() {
    yield* wires({ kind: 'scene', job: JOB, id: 0, scene: empty });
    for (let k = 0; k < 2; k++) yield* wires(assign({ re: '3', width: 4096, height: 4096, distance: true }, 4096));
  },
  *'answers that it does not read'() {
    yield* wires({ kind: 'scene', job: JOB, id: 0, scene: empty });
    for (;;) {
      for (let k = 0; k < 2; k++) yield* wires(assign({ re: '3', width: 512, height: 512, distance: true }, 512));
      for (let k = 0; k < 8; k++) yield undefined;
    }
  },
  /** As many jobs as a session may have, each with endless shards, all at the highest priority. */
  *'endless views in many jobs'() {
    for (let job = JOB; job < JOB + 16; job++) {
      if (job > JOB) yield opening(job);
      yield* wires({ kind: 'scene', job, id: 0, scene: empty });
      // Time for the job to be opened.
      yield undefined;
    }
    for (let job = JOB; job < JOB + 16; job++) {
      for (let k = 0; k < 2; k++) yield* wires({ ...assign(), job } as ToWorker);
    }
  },
  *'jobs without end'() {
    for (let job = JOB + 1; ; job++) {
      yield opening(job);
      yield* wires({ kind: 'close', job, metrics: false });
    }
  },
  *'priorities at full rate'() {
    for (;;) yield* wires({ kind: 'priority', job: JOB, priority: 100, owner: 0, weight: 1 });
  },
  *'scenes sent and dropped without end'() {
    for (let id = 0; ; id++) {
      yield* wires({ kind: 'scene', job: JOB, id, scene: empty });
      yield* wires({ kind: 'dropScene', job: JOB, id });
    }
  },
  *'assignments beyond its credits'() {
    yield* wires({ kind: 'scene', job: JOB, id: 0, scene: empty });
    for (;;) yield* wires(assign());
  },
  *'assignments that it cancels'() {
    yield* wires({ kind: 'scene', job: JOB, id: 0, scene: empty });
    for (;;) {
      yield* wires(assign({ re: `-0.${'7'.repeat(50_000)}` }));
      yield* wires({ kind: 'cancel', job: JOB, epochs: [epoch] });
    }
  },
  *'large scenes without end'() {
    for (let id = 0; ; id++) yield* large.map((bytes) => withId(bytes, id));
  },
  *'large scenes, each in a session of its own'() {
    yield* large;
    yield* wires({ kind: 'close', job: JOB, metrics: false });
  },
  *'scenes that are never whole'() {
    for (let offset = 0; offset < 2 ** 30; offset += 1 << 20) {
      const chunk = { offset, total: 2 ** 30, data: Buffer.alloc(1 << 20), checksum: 0 };
      yield encode({ scene: { job: JOB, scene: 0, chunk } });
    }
  },
  *'a scene of 300,000 assets'() {
    yield* wiresOf(scenes.encode({ fractal: {}, assets: Buffer.alloc(32 * 300_000) }));
  },
  /** A scene of one field, of one field, of 300,000 messages without bytes. */
  *'a paint of 300,000 lights'() {
    yield* wiresOf(field(1, field(1, Buffer.concat(new Array(300_000).fill(field(7, Buffer.alloc(0)))))));
  },
  *'assets without end'() {
    for (let k = 0; ; k++) yield* wires({ kind: 'asset', job: JOB, ...assetOf(Buffer.alloc(16 << 20, k)) });
  },
  *'assets that are never whole'() {
    for (let k = 0; ; k++) {
      const chunk = { offset: 0, total: 2 ** 30, data: Buffer.alloc(1 << 20), checksum: 0 };
      yield encode({ asset: { job: JOB, digest: Buffer.alloc(32, k), chunk } });
    }
  },
  *'an asset with the digest of another one'() {
    for (;;)
      yield* wires({ kind: 'asset', job: JOB, bytes: Buffer.alloc(1 << 20), digest: assetOf(Buffer.alloc(1)).digest });
  },
  *'cancellations of 300,000 epochs'() {
    for (;;) yield encode({ cancel: { job: JOB, epochs: many(300_000) } });
  },
  *'cancellations at full rate'() {
    for (;;) yield encode({ cancel: { job: JOB, epochs: [1] } });
  },
  *'Hello again and again'() {
    for (;;) yield hello;
  },
  *'the end again and again'() {
    for (;;) yield* wires({ kind: 'close', job: JOB, metrics: true });
  },
  *'empty messages'() {
    for (;;) yield Buffer.alloc(0);
  },
  *'zooms of 100,000 digits'() {
    yield* wires({ kind: 'scene', job: JOB, id: 0, scene: empty });
    for (;;) yield* wires(assign({ zoom: '9'.repeat(100_000) }));
  },
};

/** A field of protobuf with bytes in it. */
function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 128) return Buffer.concat([Buffer.from([8 * number + 2, ...length, rest]), bytes]);
    length.push((rest & 127) | 128);
  }
}

/** Bytes of a scene, whatever they mean, in chunks. */
function* wiresOf(bytes: Buffer): Generator<Buffer> {
  for (const chunk of cut(bytes))
    yield encode({ scene: { job: JOB, scene: 0, chunk: { ...chunk, data: Buffer.from(chunk.data) } } });
}

/** The same chunk of a scene with another number. */
function withId(bytes: Buffer, id: number): Buffer {
  const { scene } = toWorker.decode(bytes);
  return encode({ scene: { ...scene, scene: id } as never });
}

setPriority(5);
const itself = (bytes: Buffer) => bytes;
const method = {
  path: '/fractal.v1.Peer/Session',
  requestStream: true,
  responseStream: true,
  requestSerialize: itself,
  requestDeserialize: itself,
  responseSerialize: itself,
  responseDeserialize: itself,
} as const;
const Client = grpc.makeClientConstructor({ session: method }, 'Peer');
grpc.setLogVerbosity(grpc.logVerbosity.NONE);

/** One session after the other; resolves once the first is answered, or ended. */
function begin(messages: () => Iterable<Buffer | undefined>, reads: boolean): Promise<void> {
  return new Promise((resolve) => {
    const client = new Client(address, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const call = (client as unknown as { session(): Call }).session();
    const left = messages()[Symbol.iterator]();
    let timer: NodeJS.Timeout | undefined;
    call.on('data', (bytes: Buffer) => {
      const { ready, opened } = toLeader.decode(bytes);
      if (ready) call.write(opening(JOB));
      if (!opened || timer) return;
      if (!reads) call.pause();
      timer = setInterval(() => {
        let bytesLeft = BYTES;
        for (let k = 0; k < MESSAGES && bytesLeft > 0 && call.writable && !call.writableNeedDrain; k++) {
          const { value, done } = left.next();
          if (done) return clearInterval(timer);
          if (value === undefined) return;
          bytesLeft -= value.length;
          call.write(value);
        }
      }, PERIOD_MS);
      resolve();
    });
    call.on('error', () => undefined);
    call.on('status', () => {
      clearInterval(timer);
      client.close();
      resolve();
      setTimeout(() => void begin(messages, reads), 100);
    });
    call.write(hello);
  });
}

for (const [kind, messages] of Object.entries(KINDS)) {
  if (wanted.length > 0 && !wanted.includes(kind)) continue;
  for (let k = 0; k < SESSIONS; k++) await begin(messages, !kind.includes('not read'));
}
process.stdout.write('ready\n');
