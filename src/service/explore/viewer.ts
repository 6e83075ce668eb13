/**
 * One viewer: what it looks at, what of that it has not got, and what it is sent when. It knows no sockets and no workers:
 * messages come in through `receive`, go out through a line, and what is to be computed goes on the agenda.
 */

import type { FromViewer, LookMessage, ProbeMessage, ToViewer } from '../../tiles/protocol.js';
import { pieceHeader } from '../../tiles/protocol.js';
import { isCoarse, type WantedPiece } from './agenda.js';
import { CurrentLook, type Ready } from './current-look.js';
import type { Look, Lookout } from './lookout.js';
import type { CachedPiece } from './tile-cache.js';

/** To the viewer. */
export interface Line {
  send(message: ToViewer): void;
  /** A piece, as its header and its samples. The bytes do not change any more. */
  sendPiece(header: Uint8Array, packed: Uint8Array): void;
  /** Whether the connection takes more pieces now. */
  readonly hasRoom: boolean;
}

/** What a viewer uses of the explorer. */
export interface Surroundings {
  readonly lookout: Lookout;
  now(): number;
  /** Of the pieces in memory. */
  recall(key: string): CachedPiece | undefined;
  remember(key: string, piece: CachedPiece): void;
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

/** A coarse piece is of use for a limit that is so many times its own. */
const MOST_LESS = 2;
const SUPERSEDED = new DOMException('another point is asked for', 'AbortError');

export class Viewer {
  private current: CurrentLook | undefined;
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
    if (!current) return;
    this.stop();
    this.fail(current.id, error);
  }

  /** The connection takes more. */
  flush(): void {
    const { current } = this;
    for (const [place, one] of this.ready) {
      if (!this.line.hasRoom) return;
      if (current?.isEarly(place)) continue;
      this.ready.delete(place);
      if (current) this.sendPiece(current, place, one);
    }
    this.rememberCoarse();
    const done = current?.ending(this.around.now());
    if (done) this.line.send({ ...done, milliseconds: round(done.milliseconds) });
  }

  /** Coarse pieces of a provisional look serve the look that was found, too: they are not computed again for it. */
  private rememberCoarse(): void {
    const { found } = this.current ?? {};
    if (!found) return;
    for (const [place, piece] of this.current?.takeCoarse() ?? []) {
      const key = `${found.key}/${place}`;
      const isAlike = MOST_LESS * piece.iterations >= found.iterations;
      if (isAlike && !this.around.recall(key)) this.around.remember(key, piece);
    }
  }

  /** The viewer is gone. */
  close(): void {
    this.stop();
    this.probing?.abort(SUPERSEDED);
  }

  private stop(): void {
    this.current?.end();
    this.current = undefined;
    this.ready.clear();
    this.around.want([], 0);
  }

  private async look(message: LookMessage): Promise<void> {
    this.current?.end();
    const current = new CurrentLook(message, this.around.now());
    this.current = current;
    this.around.want(current.goingOn(this.around.running()), current.id);
    this.flush();
    try {
      const look = await this.find(current);
      current.signal.throwIfAborted();
      this.latest = look;
      this.plan(current, look);
      if (message.colours) await this.colours(current, look);
    } catch (error) {
      if (current.signal.aborted) return;
      if (!current.found) this.stop();
      this.fail(current.id, error);
    }
  }

  /** Meanwhile coarse pieces are computed with what the look before leaves to guess. */
  private async find(current: CurrentLook): Promise<Look> {
    const { lookout } = this.around;
    const { order, signal } = current;
    const finding = lookout.look(order, signal);
    finding.catch(() => undefined);
    const known = await Promise.race([
      finding,
      new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
    ]);
    if (known || signal.aborted) return known ?? finding;
    const near = this.latest && lookout.near(order, this.latest);
    if (near) this.plan(current, near);
    return finding;
  }

  /** Sends what is known of the missing pieces, and wants the others: all of them, or with a provisional look coarse ones. */
  private plan(current: CurrentLook, look: Look): void {
    const { id, missing, scene } = current;
    const { iterations, perturbed, provisional } = look;
    this.line.send({ type: 'found', id, iterations, perturbed, provisional });
    if (!provisional) current.found = look;
    const going = new Map(current.goingOn(this.around.running(), look).map((one) => [one.place, one]));
    const wanted: WantedPiece[] = [];
    for (const [place, piece] of missing) {
      const early = this.ready.get(place);
      if (early && !provisional && !isCoarse(piece) && early.iterations < iterations) this.ready.delete(place);
      if (provisional && !isCoarse(piece)) continue;
      const one = { key: `${look.key}/${place}`, place, piece, look, scene };
      const known = this.ready.has(place) ? undefined : this.around.recall(one.key);
      if (known) this.ready.set(place, { ...known, how: 'cached', scene });
      else if (!this.ready.has(place)) wanted.push(going.get(place) ?? one);
    }
    this.around.want(wanted, id);
    if (!provisional) {
      const found = (one: WantedPiece, packed: Uint8Array) => this.deliver(one, packed, 'cached');
      this.around.search(
        wanted.filter(({ place }) => !going.has(place)),
        current.signal,
        found,
      );
    }
    this.flush();
  }

  private async colours({ id, signal }: CurrentLook, look: Look): Promise<void> {
    const colours = await look.colours(signal);
    const { iterations, perturbed, provisional } = look;
    if (colours && !signal.aborted) this.line.send({ type: 'found', id, iterations, perturbed, provisional, colours });
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

  private sendPiece(current: CurrentLook, place: string, one: Ready): void {
    const piece = current.take(place, one);
    if (!piece) return;
    const { packed, iterations, how } = one;
    const header = pieceHeader({ id: current.id, piece, iterations });
    this.around.sent(how, header.length + packed.length);
    this.line.sendPiece(header, packed);
  }

  private fail(id: number, error: unknown): void {
    this.line.send({ type: 'failed', id, ...this.around.explain(error) });
  }
}

/** To a tenth. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
