/**
 * One viewer: what it looks at, what of that it has not got, and what it is sent when. It knows no sockets and no workers:
 * messages come in through `receive`, go out through a line, and what is to be computed goes on the agenda.
 */

import type { Piece } from '../../tiles/lattice.js';
import type { FromViewer, LookMessage, ProbeMessage, ToViewer } from '../../tiles/protocol.js';
import { writePiece } from '../../tiles/protocol.js';
import { isCoarse, type WantedPiece } from './agenda.js';
import type { Look, LookOrder, Lookout } from './lookout.js';
import { placesOf } from './place.js';

/** To the viewer. */
export interface Line {
  send(message: ToViewer): void;
  sendPiece(bytes: Uint8Array<ArrayBuffer>): void;
  /** Whether the connection takes more pieces now. */
  readonly hasRoom: boolean;
}

/** What a viewer uses of the explorer. */
export interface Surroundings {
  readonly lookout: Lookout;
  now(): number;
  /** Of the pieces in memory. */
  recall(key: string): Uint8Array | undefined;
  /** Calls `found` for pieces that are in the store, later. */
  search(
    pieces: readonly WantedPiece[],
    signal: AbortSignal,
    found: (piece: WantedPiece, packed: Uint8Array) => void,
  ): void;
  /** Pieces that are to be computed, in the place of those before. `id`: of the look. */
  want(pieces: readonly WantedPiece[], id: number): void;
  /** Those of them that are being computed. */
  running(): readonly WantedPiece[];
  sent(how: 'computed' | 'cached', bytes: number): void;
  /** One line about an error. */
  explain(error: unknown): { readonly code: string; readonly message: string };
}

interface Current {
  readonly id: number;
  readonly order: LookOrder;
  readonly scene: string;
  readonly control: AbortController;
  readonly since: number;
  /** Not sent yet, by place, in the viewer's order. */
  readonly missing: Map<string, Piece>;
  readonly sent: { computed: number; cached: number };
  /** Of what was found for it, not provisionally. */
  iterations: number | undefined;
  isDone: boolean;
}

interface Ready {
  readonly packed: Uint8Array;
  readonly iterations: number;
  readonly how: 'computed' | 'cached';
  readonly scene: string;
}

const SUPERSEDED = new DOMException('another look has taken the place of this one', 'AbortError');

export class Viewer {
  private current: Current | undefined;
  /** What was found last, for the next look. */
  private latest: Look | undefined;
  /** Pieces to be sent, by place. */
  private readonly ready = new Map<string, Ready>();
  private probing: AbortController | undefined;

  constructor(
    private readonly line: Line,
    private readonly around: Surroundings,
  ) {}

  receive(message: FromViewer): void {
    switch (message.type) {
      case 'look':
        return void this.look(message).catch((error) => this.fail(message.id, error));
      case 'stop':
        return this.stop();
      case 'probe':
        return void this.probe(message);
    }
  }

  get hasRoom(): boolean {
    return this.line.hasRoom;
  }

  /** A piece was computed or found: it is sent if it is still missing. */
  deliver({ place, scene, look }: WantedPiece, packed: Uint8Array, how: Ready['how']): void {
    this.ready.set(place, { packed, iterations: look.iterations, how, scene });
    this.flush();
  }

  /** Pieces cannot be computed: the look is over. */
  failed(error: unknown): void {
    const { current } = this;
    if (!current || current.control.signal.aborted) return;
    this.stop();
    this.fail(current.id, error);
  }

  /** The connection takes more. */
  flush(): void {
    for (const [place, one] of this.ready) {
      if (!this.line.hasRoom) return;
      if (this.isEarly(place)) continue;
      this.ready.delete(place);
      this.sendPiece(place, one);
    }
    this.finish();
  }

  /** A fine piece of the look before: whether it goes far enough is not known yet. */
  private isEarly(place: string): boolean {
    const piece = this.current?.missing.get(place);
    return piece !== undefined && !isCoarse(piece) && this.current?.iterations === undefined;
  }

  /** The viewer is gone. */
  close(): void {
    this.stop();
    this.probing?.abort(SUPERSEDED);
  }

  private stop(): void {
    this.current?.control.abort(SUPERSEDED);
    this.current = undefined;
    this.ready.clear();
    this.around.want([], 0);
  }

  private async look(message: LookMessage): Promise<void> {
    const { id, scene, lattice, centre, width, height } = message;
    this.current?.control.abort(SUPERSEDED);
    const placeOf = placesOf(lattice);
    const current: Current = {
      ...{ id, order: { scene, lattice, centre, width, height }, scene: textOf(scene) },
      ...{ control: new AbortController(), since: this.around.now(), iterations: undefined, isDone: false },
      missing: new Map(message.pieces.map((piece) => [placeOf(piece), piece])),
      sent: { computed: 0, cached: 0 },
    };
    this.current = current;
    this.around.want(this.goingOn(current), id);
    this.flush();
    try {
      const look = await this.find(current);
      current.control.signal.throwIfAborted();
      this.latest = look;
      this.plan(current, look);
      if (message.colours) await this.colours(current, look);
    } catch (error) {
      if (current.control.signal.aborted) return;
      if (current.iterations === undefined) this.stop();
      this.fail(id, error);
    }
  }

  /** Meanwhile coarse pieces are computed with what the look before leaves to guess. */
  private async find(current: Current): Promise<Look> {
    const { lookout } = this.around;
    const { order, control } = current;
    const finding = lookout.look(order, control.signal);
    finding.catch(() => undefined);
    const known = await Promise.race([
      finding,
      new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
    ]);
    if (known || control.signal.aborted) return known ?? finding;
    const near = this.latest && lookout.near(order, this.latest);
    if (near) this.plan(current, near);
    return finding;
  }

  /** Sends what is known of the missing pieces, and wants the others: all of them, or with a provisional look coarse ones. */
  private plan(current: Current, look: Look): void {
    const { id, missing, scene } = current;
    const { iterations, perturbed, provisional } = look;
    this.line.send({ type: 'found', id, iterations, perturbed, provisional });
    if (!provisional) current.iterations = iterations;
    const going = new Map(this.goingOn(current, look).map((one) => [one.place, one]));
    const wanted: WantedPiece[] = [];
    for (const [place, piece] of missing) {
      const early = this.ready.get(place);
      if (early && !provisional && !isCoarse(piece) && early.iterations < iterations) this.ready.delete(place);
      if (provisional && !isCoarse(piece)) continue;
      const one = { key: `${look.key}/${place}`, place, piece, look, scene };
      const packed = this.ready.has(place) ? undefined : this.around.recall(one.key);
      if (packed) this.ready.set(place, { packed, iterations, how: 'cached', scene });
      else if (!this.ready.has(place)) wanted.push(going.get(place) ?? one);
    }
    this.around.want(wanted, id);
    if (!provisional) {
      const found = (one: WantedPiece, packed: Uint8Array) => this.deliver(one, packed, 'cached');
      const searched = wanted.filter(({ place }) => !going.has(place));
      this.around.search(searched, current.control.signal, found);
    }
    this.flush();
  }

  /**
   * Pieces that are being computed and missing here, too: coarse ones, and of fine ones those that go as far as the look, if
   * that is known.
   */
  private goingOn({ missing, scene }: Current, look?: Look): readonly WantedPiece[] {
    return this.around.running().filter((one) => {
      if (one.scene !== scene || !missing.has(one.place)) return false;
      return !look || look.provisional || isCoarse(one.piece) || one.look.iterations >= look.iterations;
    });
  }

  private async colours({ id, control }: Current, look: Look): Promise<void> {
    const colours = await look.colours(control.signal);
    const { iterations, perturbed, provisional } = look;
    if (colours && !control.signal.aborted)
      this.line.send({ type: 'found', id, iterations, perturbed, provisional, colours });
  }

  private async probe({ id, scene, point, level }: ProbeMessage): Promise<void> {
    this.probing?.abort(SUPERSEDED);
    const control = new AbortController();
    this.probing = control;
    try {
      const value = await this.around.lookout.value(scene, point, level, control.signal);
      if (!control.signal.aborted) this.line.send({ type: 'value', id, ...value });
    } catch (error) {
      if (!control.signal.aborted) this.fail(id, error);
    }
  }

  private sendPiece(place: string, { packed, iterations, how, scene }: Ready): void {
    const { current } = this;
    const piece = current?.scene === scene ? current.missing.get(place) : undefined;
    if (!current || !piece) return;
    current.missing.delete(place);
    current.sent[how]++;
    const bytes = writePiece({ id: current.id, piece, iterations, packed });
    this.around.sent(how, bytes.length);
    this.line.sendPiece(bytes);
  }

  private finish(): void {
    const { current } = this;
    if (current?.iterations === undefined || current.isDone || current.missing.size > 0) return;
    current.isDone = true;
    const milliseconds = round(this.around.now() - current.since);
    this.line.send({ type: 'done', id: current.id, ...current.sent, milliseconds });
  }

  private fail(id: number, error: unknown): void {
    this.line.send({ type: 'failed', id, ...this.around.explain(error) });
  }
}

/** To a tenth. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function textOf(scene: LookOrder['scene']): string {
  return JSON.stringify(Object.entries(scene).sort(([a], [b]) => (a < b ? -1 : 1)));
}
