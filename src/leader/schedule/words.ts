/** What stands in frames on the word of one peer alone, should that be found wrong. */

import type { Shard } from '../../shard/shard.js';

interface Word {
  readonly peer: string;
  readonly shard: Shard;
}

export class Words {
  /** Of frames that are not handed on, by frame. */
  private readonly open = new Map<number, Word[]>();
  /** Frames that are handed on, by peer. */
  private readonly gone = new Map<string, Set<number>>();

  take(peer: string, shard: Shard): void {
    const words = this.open.get(shard.frame) ?? [];
    this.open.set(shard.frame, words);
    words.push({ peer, shard });
  }

  handOn(frame: number): void {
    for (const { peer } of this.open.get(frame) ?? []) {
      const frames = this.gone.get(peer) ?? new Set();
      this.gone.set(peer, frames.add(frame));
    }
    this.open.delete(frame);
  }

  /** A peer's word counts no more: its shards that can still be had anew, and the frames for which it is too late. */
  takeBack(peer: string): { readonly shards: readonly Shard[]; readonly frames: readonly number[] } {
    const shards: Shard[] = [];
    for (const [frame, words] of this.open) {
      shards.push(...words.filter((word) => word.peer === peer).map(({ shard }) => shard));
      this.open.set(
        frame,
        words.filter((word) => word.peer !== peer),
      );
    }
    const frames = [...(this.gone.get(peer) ?? [])];
    this.gone.delete(peer);
    return { shards, frames };
  }
}
