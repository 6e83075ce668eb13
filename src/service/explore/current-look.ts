/** A look of a viewer that is being answered: what of it is missing, and what was sent. */

import type { Piece } from '../../tiles/lattice.js';
import type { DoneMessage, LookMessage } from '../../tiles/protocol.js';
import { isCoarse, type WantedPiece } from './agenda.js';
import type { Look, LookOrder } from './lookout.js';
import { placesOf } from './place.js';
import type { CachedPiece } from './tile-cache.js';

/** A piece that can be sent. */
export interface Ready extends CachedPiece {
  readonly how: 'computed' | 'cached';
  readonly scene: string;
}

const SUPERSEDED = new DOMException('another look has taken the place of this one', 'AbortError');

export class CurrentLook {
  readonly id: number;
  readonly order: LookOrder;
  readonly scene: string;
  /** What was found for it, not provisionally. */
  found: Look | undefined;
  private readonly control = new AbortController();
  private readonly left: Map<string, Piece>;
  private readonly sent = { computed: 0, cached: 0 };
  /** Coarse pieces that were sent, by place. */
  private readonly coarse = new Map<string, CachedPiece>();
  private isDone = false;

  constructor(
    message: LookMessage,
    private readonly since: number,
  ) {
    const { id, scene, lattice, centre, width, height, pieces } = message;
    const placeOf = placesOf(lattice);
    this.id = id;
    this.order = { scene, lattice, centre, width, height };
    this.scene = textOf(scene);
    this.left = new Map(pieces.map((piece) => [placeOf(piece), piece]));
  }

  /** What was not sent yet, by place, in the viewer's order. */
  get missing(): ReadonlyMap<string, Piece> {
    return this.left;
  }

  get signal(): AbortSignal {
    return this.control.signal;
  }

  /** Another one takes its place. */
  end(): void {
    this.control.abort(SUPERSEDED);
  }

  /** A fine piece of the look before: whether it goes far enough is not known yet. */
  isEarly(place: string): boolean {
    const piece = this.left.get(place);
    return piece !== undefined && !isCoarse(piece) && !this.found;
  }

  /**
   * Of pieces that are being computed those that are missing here, too: coarse ones, and of fine ones those that go as far as
   * the look, if that is known.
   */
  goingOn(running: readonly WantedPiece[], look?: Look): readonly WantedPiece[] {
    return running.filter((one) => {
      if (one.scene !== this.scene || !this.left.has(one.place)) return false;
      return !look || look.provisional || isCoarse(one.piece) || one.look.iterations >= look.iterations;
    });
  }

  /** Takes a piece off what is missing. undefined: it is not, or of another scene. */
  take(place: string, { packed, iterations, how, scene }: Ready): Piece | undefined {
    const piece = scene === this.scene ? this.left.get(place) : undefined;
    if (!piece) return undefined;
    this.left.delete(place);
    this.sent[how]++;
    if (isCoarse(piece)) this.coarse.set(place, { packed, iterations });
    return piece;
  }

  /** The coarse pieces that were sent since this was called last: those that a provisional look had serve the look, too. */
  takeCoarse(): readonly (readonly [place: string, piece: CachedPiece])[] {
    const all = [...this.coarse];
    this.coarse.clear();
    return all;
  }

  /** Once: when everything was sent. */
  ending(now: number): DoneMessage | undefined {
    if (!this.found || this.isDone || this.left.size > 0) return undefined;
    this.isDone = true;
    return { type: 'done', id: this.id, ...this.sent, milliseconds: now - this.since };
  }
}

function textOf(scene: LookOrder['scene']): string {
  return JSON.stringify(Object.entries(scene).sort(([a], [b]) => (a < b ? -1 : 1)));
}
