/**
 * A kind of work that exists in tests only: three bytes of a hash of each pixel's place, its frame, and the scene's asset.
 * Scheduler, transport, worker and store are those of every other kind.
 */

import { createHash } from 'node:crypto';
import type { Assignment } from '../../src/cluster/messages.js';
import { FractalError } from '../../src/errors.js';
import { type RenderJob, uniformRenders } from '../../src/leader/job/gathering.js';
import type { Rect } from '../../src/shard/shard.js';
import { COUNTS } from '../../src/view/channels.js';
import type { Asset } from '../../src/work/asset.js';
import type { Kind, Start } from '../../src/work/kind.js';
import { type Custom, customName } from '../../src/work/work.js';

export const CHECKSUM = customName('checksum');
export const KERNEL = 'sha256';

interface Place extends Rect {
  readonly frame: number;
}

/** A frame, and the rectangle of it, as five numbers. */
const PAYLOAD_BYTES = 20;

function taskOf({ frame, x, y, width, height }: Place): Custom {
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  for (const [k, value] of [frame, x, y, width, height].entries()) payload.writeUInt32LE(value, 4 * k);
  return { kind: 'custom', name: 'checksum', payload: new Uint8Array(payload) };
}

function placeOf({ payload }: Custom): Place {
  const numbers = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const [frame, x, y, width, height] = [0, 4, 8, 12, 16].map((at) => numbers.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { frame, x, y, width, height };
}

/** What the pixels of a rectangle are. `salt`: the payload of the scene. */
export function pixelsOf(salt: Uint8Array, asset: Uint8Array, place: Place): Uint8Array<ArrayBuffer> {
  return hashed(seedOf(salt, asset), place);
}

function seedOf(salt: Uint8Array, asset: Uint8Array): Buffer {
  return createHash('sha256').update(salt).update(asset).digest();
}

function hashed(seed: Buffer, { frame, x, y, width, height }: Place): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const hash = createHash('sha256')
        .update(seed)
        .update(`${frame} ${x + column} ${y + row}`)
        .digest();
      bytes.set(hash.subarray(0, 3), 3 * (row * width + column));
    }
  }
  return bytes;
}

/** `wrong`: every answer of such a worker is. */
export const checksumKind = (wrong = false): Kind<Custom, Custom> => ({
  kernels: { [KERNEL]: { device: false } },
  share: () => ({ wrong }),
  validateScene({ payload }) {
    if (payload.length > 100) throw new FractalError('PROTOCOL', 'a salt of more than 100 bytes');
  },
  validateTask(task, shard) {
    const size = task.payload.length === PAYLOAD_BYTES ? placeOf(task) : undefined;
    if (size && size.width > 0 && size.height > 0 && size.width * size.height <= 1 << 16) return;
    throw new FractalError('PROTOCOL', `shard ${shard} is no rectangle`);
  },
  taskBytes(task) {
    const { width, height } = placeOf(task);
    return 3 * width * height;
  },
  prepare: ({ payload }) => ({
    bytes: payload.length,
    *load() {},
    forThreads: () => payload,
    rebuild: () => false,
    mayEnd: () => true,
  }),
});

export const startChecksum: Start<Custom> = (shared) => ({
  open: async () => ({ detail: 'SHA-256', speed: 1e6, fingerprint: 'f'.repeat(64) }),
  useScene(salt, assets) {
    const [asset] = [...assets.values()];
    if (!asset) throw new Error('the scene names no asset');
    const seed = seedOf(salt as Uint8Array, asset);
    return {
      async compute(_kernel, task, stopped) {
        if (stopped()) return undefined;
        const place = placeOf(task);
        const bytes = hashed(seed, place);
        if ((shared as { wrong: boolean }).wrong) bytes.reverse();
        const samples = place.width * place.height;
        return { bytes, iterations: samples, uncertain: 0, samples };
      },
    };
  },
  close: async () => {},
});

export interface ChecksumJob extends RenderJob {
  /** What names a frame in the store: plain data. */
  identity(frame: number): Readonly<Record<string, unknown>>;
}

/** Frames of 64 x 48 pixels in tiles of 16. */
export function checksumJob(salt: Uint8Array, asset: Asset, frames: number): ChecksumJob {
  const assets = [asset.digest];
  return {
    renders: uniformRenders(frames, { width: 64, height: 48, perPixel: 1, channels: COUNTS, answer: 'pixels' }),
    ...{ window: 3, shape: 'tile', blockSize: 16 },
    scenes: [{ work: { kind: 'custom', name: 'checksum', payload: salt }, assets }],
    assets: [asset],
    taskOf: (frame, rect) => taskOf({ frame, ...rect }),
    validate: ({ bytes }, { width, height }) =>
      bytes.length === 3 * width * height ? undefined : `${bytes.length} bytes of ${width}x${height} pixels`,
    identity: (frame) => ({ kind: CHECKSUM, salt, assets, frame }),
  };
}

/** An assignment of one rectangle of the first frame. */
export function checksumAssignment(epoch: number, rect: Rect): Assignment {
  return { shard: epoch, epoch, scene: 0, render: 0, work: taskOf({ frame: 0, ...rect }) };
}
