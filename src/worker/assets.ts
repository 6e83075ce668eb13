/**
 * The assets of a worker: once for all jobs that hold them, in memory that threads share, and kept after the last of these for later
 * jobs that name the same digest, as long as there is room.
 *
 * A digest is no secret, and the content behind it may be one. So a session gets an asset by its digest only if it sent the
 * content itself, unless every leader of the worker has its credentials (`common`).
 */

import type { Asset } from '../work/asset.js';
import type { Holder, Memory } from './memory.js';

interface KeptAsset {
  readonly bytes: Uint8Array;
  /** Sessions, each as often as its jobs hold the asset. It counts for the first of them. */
  readonly holders: Holder[];
  /** Sessions that sent it. */
  readonly senders: Set<Holder>;
}

export class Assets {
  /** By digest. */
  private readonly all = new Map<string, KeptAsset>();

  /** `common`: a session may use what other ones sent. */
  constructor(
    private readonly memory: Memory,
    private readonly common: boolean,
  ) {}

  /** A session sent the asset, for a job. Its bytes, in shared memory. @throws FractalError PROTOCOL for one that never fits; NoRoom */
  keep({ digest, bytes }: Asset, holder: Holder): Uint8Array {
    let kept = this.all.get(digest);
    if (!kept) {
      this.memory.admit(bytes.length, holder, 'asset');
      kept = { bytes: shared(bytes), holders: [], senders: new Set() };
      this.all.set(digest, kept);
    }
    kept.senders.add(holder);
    return this.hold(digest, kept, holder);
  }

  /** The bytes of an asset that is there, for a job of a session; undefined: it has to be sent. */
  find(digest: string, holder: Holder): Uint8Array | undefined {
    const kept = this.all.get(digest);
    if (!kept || !(this.common || kept.senders.has(holder))) return undefined;
    return this.hold(digest, kept, holder);
  }

  /** A job of the session does not need the asset any more; it has no scene that names it. */
  release(digest: string, holder: Holder): void {
    const kept = this.all.get(digest);
    const at = kept?.holders.lastIndexOf(holder) ?? -1;
    if (!kept || at < 0) return;
    const { holders, bytes } = kept;
    holders.splice(at, 1);
    // It counted for another session, or another job of this one holds it.
    if (at > 0) return;
    this.memory.refund(holder, bytes.length);
    const [next] = holders;
    if (next) this.memory.charge(next, bytes.length);
    else this.rest(digest, kept);
  }

  /** The session ends; its jobs have released what they held. */
  leave(holder: Holder): void {
    for (const [digest, kept] of this.all) {
      if (kept.senders.delete(holder) && kept.holders.length === 0 && !this.isUsable(kept)) this.discard(digest, kept);
    }
  }

  private hold(digest: string, kept: KeptAsset, holder: Holder): Uint8Array {
    this.memory.wake(keyOf(digest));
    if (kept.holders.push(holder) === 1) this.memory.charge(holder, kept.bytes.length);
    return kept.bytes;
  }

  private rest(digest: string, kept: KeptAsset): void {
    if (this.isUsable(kept)) this.memory.rest(keyOf(digest), kept.bytes.length, () => this.all.delete(digest));
    else this.discard(digest, kept);
  }

  private discard(digest: string, kept: KeptAsset): void {
    this.memory.wake(keyOf(digest));
    this.all.delete(digest);
    this.memory.discard(keyOf(digest), kept.bytes.length);
  }

  /** Whether a session can get it without sending it. */
  private isUsable({ senders }: KeptAsset): boolean {
    return this.common || senders.size > 0;
  }
}

function keyOf(digest: string): string {
  return `asset ${digest}`;
}

/** The same bytes in memory that threads share. */
function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
