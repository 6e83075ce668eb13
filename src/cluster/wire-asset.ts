/** Assets in pieces, as AssetPiece of proto/fractal/v1/peer.proto: checked against their digest when they are whole. */

import { createHash, type Hash } from 'node:crypto';
import type { AssetPiece, AssetPiece__Output } from '../../gen/fractal/v1/AssetPiece.js';
import { FractalError } from '../errors.js';
import type { Asset } from '../work/asset.js';
import { BOUNDS } from './bounds.js';
import { cut, Joiner, PIECE_BYTES } from './pieces.js';
import { bufferOf, missing, shared } from './wire-bytes.js';
import { digestOf, wireDigest } from './wire-work.js';

/** Where threads find it, so that what is long need not be copied once more. */
const sharedBytes = (length: number) => new Uint8Array(new SharedArrayBuffer(length));

export function* wireAsset({ digest, bytes }: Asset): Generator<AssetPiece> {
  for (const piece of cut(bytes)) yield { digest: wireDigest(digest), piece: { ...piece, data: bufferOf(piece.data) } };
}

/**
 * Takes pieces; gives an asset whenever one is complete, in memory that the threads of a worker share. `holds`: as of
 * workerInbox. The function throws FractalError PROTOCOL for bytes that have another digest.
 */
export function assetInbox(holds?: (bytes: number) => void): (wire: AssetPiece__Output) => Asset | undefined {
  const assets = new Joiner<string>('asset', BOUNDS.sceneBytes, PIECE_BYTES, holds, sharedBytes);
  /** Of those that are incomplete; they grow with the pieces, so that no piece keeps the event loop busy for long. */
  const hashes = new Map<string, Hash>();
  return (wire) => {
    if (!wire.piece) throw missing('piece of an asset');
    const digest = digestOf(wire.digest);
    const bytes = assets.add(digest, wire.piece);
    const hash = hashes.get(digest) ?? createHash('sha256');
    hashes.set(digest, hash.update(wire.piece.data));
    if (!bytes) return undefined;
    hashes.delete(digest);
    if (hash.digest('hex') === digest)
      return { digest, bytes: bytes.buffer instanceof SharedArrayBuffer ? bytes : new Uint8Array(shared(bytes)) };
    throw new FractalError('PROTOCOL', `asset ${digest}: its bytes have another digest`);
  };
}
