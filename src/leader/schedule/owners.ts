/** Which peer computes the renders of a scene, where it is one alone: a scene that is large travels once. */

import type { Cutter } from '../../shard/split.js';

/** A render that is being cut into shards. */
export interface Cutting {
  readonly render: number;
  readonly cutter: Cutter;
}

export class Owners {
  private readonly owners = new Map<number, string>();
  /** What peers that left had begun to cut. */
  private readonly orphans: Cutting[] = [];

  mayTake(peer: string, scene: number): boolean {
    const owner = this.owners.get(scene);
    return owner === undefined || owner === peer;
  }

  own(peer: string, scene: number): void {
    this.owners.set(scene, peer);
  }

  /** `cutting`: what it was cutting. */
  leave(peer: string, cutting: Cutting | undefined): void {
    for (const [scene, owner] of this.owners) if (owner === peer) this.owners.delete(scene);
    if (cutting && cutting.cutter.left > 0) this.orphans.push(cutting);
  }

  get hasOrphan(): boolean {
    return this.orphans.length > 0;
  }

  /** What a peer that left has left behind. */
  orphan(): Cutting | undefined {
    return this.orphans.pop();
  }
}
