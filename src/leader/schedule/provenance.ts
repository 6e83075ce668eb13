/** Which worker alone computed which committed shards: what is computed again if that worker is outvoted. */

import type { Shard } from '../../shard/shard.js';

interface Origin {
  readonly peer: string;
  readonly shard: Shard;
}

export class Provenance {
  /** Of renders that are not handed on, by render. */
  private readonly open = new Map<number, Origin[]>();
  /** Renders that are handed on, by peer. */
  private readonly handedOn = new Map<string, Set<number>>();

  /** Only this peer computed the shard. */
  record(peer: string, shard: Shard): void {
    const origins = this.open.get(shard.render) ?? [];
    this.open.set(shard.render, origins);
    origins.push({ peer, shard });
  }

  /** The render is handed on: none of its shards can be computed again. */
  handOn(render: number): void {
    for (const { peer } of this.open.get(render) ?? []) {
      const renders = this.handedOn.get(peer) ?? new Set();
      this.handedOn.set(peer, renders.add(render));
    }
    this.open.delete(render);
  }

  /**
   * A peer was outvoted: returns its shards that can still be computed again, and the renders with its shards that are handed
   * on.
   */
  revoke(peer: string): { readonly shards: readonly Shard[]; readonly renders: readonly number[] } {
    const shards: Shard[] = [];
    for (const [render, origins] of this.open) {
      shards.push(...origins.filter((origin) => origin.peer === peer).map(({ shard }) => shard));
      this.open.set(
        render,
        origins.filter((origin) => origin.peer !== peer),
      );
    }
    const renders = [...(this.handedOn.get(peer) ?? [])];
    this.handedOn.delete(peer);
    return { shards, renders };
  }
}
