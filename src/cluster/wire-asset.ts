/** Assets in chunks, as AssetChunk of proto/fractal/v1/peer.proto: checked against their digest when they are complete. */

import { createHash, type Hash } from 'node:crypto';
import type { AssetChunk, AssetChunk__Output } from '../../gen/fractal/v1/AssetChunk.js';
import { FractalError } from '../errors.js';
import type { Asset } from '../work/asset.js';
import { BOUNDS } from './bounds.js';
import { CHUNK_BYTES, cut, Joiner } from './chunks.js';
import { bufferOf, missing, shared } from './wire-bytes.js';
import { digestOf, wireDigest } from './wire-digests.js';

/** In memory that threads share, so that a long asset is not copied again. */
const sharedBytes = (length: number) => new Uint8Array(new SharedArrayBuffer(length));

export function* wireAsset({ digest, bytes }: Asset, job: number): Generator<AssetChunk> {
  for (const chunk of cut(bytes)) {
    yield { job, digest: wireDigest(digest), chunk: { ...chunk, data: bufferOf(chunk.data) } };
  }
}

/**
 * Takes chunks; returns an asset whenever one is complete, in memory that the threads of a worker share. `holds`: as of
 * workerInbox. The function throws FractalError PROTOCOL for bytes that have another digest.
 */
export function assetInbox(holds?: (bytes: number) => void): (wire: AssetChunk__Output) => Asset | undefined {
  const assets = new Joiner('asset', BOUNDS.sceneBytes, CHUNK_BYTES, holds, sharedBytes);
  /** Of incomplete assets; updated with each chunk, so that no chunk blocks the event loop for long. */
  const hashes = new Map<string, Hash>();
  return (wire) => {
    if (!wire.chunk) throw missing('chunk of an asset');
    const digest = digestOf(wire.digest);
    const key = `${digest} of job ${wire.job}`;
    const bytes = assets.add(key, wire.chunk);
    const hash = hashes.get(key) ?? createHash('sha256');
    hashes.set(key, hash.update(wire.chunk.data));
    if (!bytes) return undefined;
    hashes.delete(key);
    if (hash.digest('hex') === digest)
      return { digest, bytes: bytes.buffer instanceof SharedArrayBuffer ? bytes : new Uint8Array(shared(bytes)) };
    throw new FractalError('PROTOCOL', `asset ${digest}: its bytes have another digest`);
  };
}
