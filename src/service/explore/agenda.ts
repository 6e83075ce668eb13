/**
 * Which pieces are computed next, for all viewers. Coarse pieces of anyone come before fine ones; between viewers the one with
 * the fewest batches under way, then the one that has used least slot time. Batches are short, so that no viewer waits
 * long, and one is reserved for coarse pieces. A piece that two viewers want is computed once.
 *
 * A state machine without clock, sockets or workers: times are arguments, what is to be done is returned.
 */

import type { Piece } from '../../tiles/lattice.js';
import { Shares } from '../fair.js';
import type { Look } from './lookout.js';

export interface WantedPiece {
  /** Of its samples: pieces with the same key are the same. */
  readonly key: string;
  /** Of the area that it shows. */
  readonly place: string;
  /** Of the look's lattice. */
  readonly piece: Piece;
  readonly look: Look;
  /** Of the flags of the picture. */
  readonly scene: string;
}

export interface Batch {
  readonly number: number;
  /** For which it was begun. */
  readonly viewer: string;
  /** All with the same look, and all coarse or all fine. */
  readonly pieces: readonly WantedPiece[];
}

interface Running {
  readonly batch: Batch;
  readonly isCoarse: boolean;
  readonly since: number;
  /** Slots that it has, about. */
  readonly share: number;
  /** Those not computed yet, with the viewers that want them. */
  readonly left: Map<string, { readonly wanted: WantedPiece; readonly viewers: Set<string> }>;
  isStopped: boolean;
}

interface Demand {
  /** In the order in which the viewer wants them, without those that run. */
  waiting: WantedPiece[];
  /** Slot milliseconds a pixel, measured. */
  pace: number;
}

/** Batches at once: jobs of the fleet, which has room for 16 with those of the service. */
const MOST_BATCHES = 6;
/** Each has pieces for all slots: more of them would only wait on the workers. */
const MOST_FINE = 3;
/** Slot time that a batch should take, for each slot that it has. */
const BATCH_MS = 100;
const MOST_PIECES = 16;
/** Times BATCH_MS: what a batch took beyond that it has waited, for workers that were starting, or behind others. */
const MOST_TIMES = 4;
/** Pieces from this scale on are coarse. */
const COARSE = 4;
/** Slot milliseconds a pixel, until it is measured: those of a deep view. */
const FIRST_PACE = 1 / 500;

export function isCoarse({ scale }: Piece): boolean {
  return scale >= COARSE;
}

export function pixelsOf({ left, top, right, bottom, scale }: Piece, tile: number): number {
  return (((right - left) * tile) / scale) * (((bottom - top) * tile) / scale);
}

export class Agenda {
  private readonly demands = new Map<string, Demand>();
  private readonly running = new Map<number, Running>();
  /** Of pieces that run and are not being stopped. */
  private readonly byKey = new Map<string, Running>();
  private readonly shares = new Shares();
  private latest = 0;
  /** Of the workers that are ready. */
  slots = 1;

  constructor(private readonly tile: number) {}

  /**
   * What a viewer wants now, in its order, in the place of what it wanted before. Returns the batches to be stopped: those of
   * which more is superfluous than wanted; what is still wanted of them waits again.
   */
  want(viewer: string, pieces: readonly WantedPiece[]): readonly Batch[] {
    const keys = new Set(pieces.map(({ key }) => key));
    const stopped: Batch[] = [];
    for (const one of this.running.values()) {
      let less = false;
      for (const [key, { viewers }] of one.left) if (!keys.has(key)) less = viewers.delete(viewer) || less;
      if (less && isSuperfluous(one)) stopped.push(this.stop(one));
    }
    const demand = this.demandOf(viewer);
    demand.waiting = pieces.filter((one) => !this.joins(viewer, one));
    return stopped;
  }

  /** The viewer is gone. */
  leave(viewer: string): readonly Batch[] {
    const stopped = this.want(viewer, []);
    this.demands.delete(viewer);
    return stopped;
  }

  /** Wanted by this viewer and being computed. */
  runningFor(viewer: string): readonly WantedPiece[] {
    const all = [...this.running.values()].filter(({ isStopped }) => !isStopped);
    return all.flatMap(({ left }) =>
      [...left.values()].flatMap(({ wanted, viewers }) => (viewers.has(viewer) ? [wanted] : [])),
    );
  }

  /** A piece was found elsewhere: it need not be computed, unless that has begun. */
  found(viewer: string, key: string): void {
    const demand = this.demandOf(viewer);
    demand.waiting = demand.waiting.filter((one) => one.key !== key);
  }

  /** The next batch to begin; undefined: none can. `takes`: whether a viewer can be sent more. */
  next(now: number, takes: (viewer: string) => boolean = () => true): Batch | undefined {
    if (this.running.size >= MOST_BATCHES) return undefined;
    const fine = [...this.running.values()].filter((one) => !one.isCoarse).length;
    const heads = [...this.demands].flatMap(([viewer, { waiting }]) => {
      if (waiting.length === 0 || !takes(viewer)) return [];
      const coarse = waiting.some(({ piece }) => isCoarse(piece));
      return [{ id: viewer, owner: viewer, priority: coarse ? 1 : 0 }];
    });
    const under = [...this.running.values()].map((one) => [one.batch.viewer, slotMsOf(one, now) / 1000] as const);
    const head = this.shares.next(heads, under);
    if (!head || (head.priority === 0 && fine >= MOST_FINE)) return undefined;
    return this.begin(head.owner, head.priority === 1, now) ?? this.next(now, takes);
  }

  /** A piece of a batch was computed. Returns the viewers that want it. */
  computed({ number }: Batch, { key }: WantedPiece): readonly string[] {
    const one = this.running.get(number);
    const entry = one?.left.get(key);
    if (!one || !entry) return [];
    one.left.delete(key);
    if (this.byKey.get(key) === one) this.byKey.delete(key);
    return [...entry.viewers];
  }

  /** A batch is over. `again`: what is left of it is tried again; else the viewers that wanted it are returned. */
  ended({ number, viewer, pieces }: Batch, now: number, again: boolean): readonly string[] {
    const one = this.running.get(number) as Running;
    this.running.delete(number);
    const slotMs = slotMsOf(one, now);
    this.shares.charge(viewer, slotMs / 1000);
    const demand = this.demands.get(viewer);
    const pixels = pieces.reduce(
      (sum, { key, piece }) => sum + (one.left.has(key) ? 0 : pixelsOf(piece, this.tile)),
      0,
    );
    if (demand && pixels > 0) demand.pace = (demand.pace + slotMs / pixels) / 2;
    if (one.isStopped) return [];
    const left = again ? [] : [...one.left.values()].flatMap(({ viewers }) => [...viewers]);
    if (again) this.stop(one);
    else for (const key of one.left.keys()) this.byKey.delete(key);
    return [...new Set(left)];
  }

  /** Pieces that wait, of all viewers. */
  get waiting(): number {
    return [...this.demands.values()].reduce((sum, one) => sum + one.waiting.length, 0);
  }

  get batches(): number {
    return this.running.size;
  }

  private demandOf(viewer: string): Demand {
    const demand = this.demands.get(viewer) ?? { waiting: [], pace: FIRST_PACE };
    this.demands.set(viewer, demand);
    return demand;
  }

  /** Whether a piece is being computed: then the viewer gets it, too. */
  private joins(viewer: string, { key }: WantedPiece): boolean {
    const entry = this.byKey.get(key)?.left.get(key);
    entry?.viewers.add(viewer);
    return entry !== undefined;
  }

  /** What other viewers, or this one, still want of it waits again, before all else. */
  private stop(one: Running): Batch {
    one.isStopped = true;
    for (const [key, { wanted, viewers }] of one.left) {
      this.byKey.delete(key);
      for (const viewer of viewers) this.demands.get(viewer)?.waiting.unshift(wanted);
      viewers.clear();
    }
    return one.batch;
  }

  /** undefined: the pieces that waited are being computed for others meanwhile. */
  private begin(viewer: string, coarse: boolean, now: number): Batch | undefined {
    const demand = this.demandOf(viewer);
    demand.waiting = demand.waiting.filter((one) => !this.joins(viewer, one));
    const pieces = this.firstOf(demand, coarse);
    if (pieces.length === 0) return undefined;
    const taken = new Set(pieces);
    demand.waiting = demand.waiting.filter((one) => !taken.has(one));
    const batch = { number: ++this.latest, viewer, pieces };
    const slots = Math.max(1, this.slots / (this.running.size + 1));
    const left = new Map(pieces.map((wanted) => [wanted.key, { wanted, viewers: new Set([viewer]) }]));
    const share = Math.min(pieces.length, slots);
    const one: Running = { batch, isCoarse: coarse, since: now, share, left, isStopped: false };
    this.running.set(batch.number, one);
    for (const { key } of pieces) this.byKey.set(key, one);
    return batch;
  }

  /**
   * As many as take about the time of a batch, and enough for all slots: jobs know nothing of one another, and give a single
   * piece to the first worker, whatever it has to do.
   */
  private firstOf({ waiting, pace }: Demand, coarse: boolean): readonly WantedPiece[] {
    const first = waiting.find(({ piece }) => isCoarse(piece) === coarse);
    const pieces: WantedPiece[] = [];
    let ms = 0;
    for (const one of waiting) {
      if (one.look !== first?.look || isCoarse(one.piece) !== coarse) continue;
      ms += pace * pixelsOf(one.piece, this.tile);
      const fits = pieces.length < this.slots || (ms <= BATCH_MS * this.slots && pieces.length < MOST_PIECES);
      if (!fits) break;
      pieces.push(one);
    }
    return pieces;
  }
}

function slotMsOf({ since, share }: Running, now: number): number {
  return Math.min(now - since, MOST_TIMES * BATCH_MS) * share;
}

function isSuperfluous({ left, isStopped }: Running): boolean {
  if (isStopped) return false;
  const wanted = [...left.values()].filter(({ viewers }) => viewers.size > 0).length;
  return left.size - wanted > wanted;
}
