/** A viewer of the explorer for measurements: looks at places as the page does, and notes when what comes. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  anchorNear,
  type Lattice,
  levelFor,
  offsetOf,
  type Piece,
  type Point,
  pointAt,
  TILE,
} from '../src/tiles/lattice.js';
import { type LookMessage, readPiece, type Scene, SUBPROTOCOL, type ToViewer } from '../src/tiles/protocol.js';

export interface Camera extends Point {
  readonly level: number;
  readonly scene: Scene;
}

/** What came of a look, in milliseconds since it was sent. */
export interface Seen {
  /** Its first piece. */
  first?: number;
  done?: number;
  pieces: number;
  bytes: number;
  pixels: number;
  cached: number;
}

export interface BenchViewer {
  /** Resolves at the first piece. */
  look(camera: Camera, pieces?: readonly Piece[]): Promise<Seen>;
  /** Resolves when all pieces are there. */
  whole(camera: Camera): Promise<Seen>;
  /** Milliseconds of all `stopped` so far. */
  readonly stops: readonly number[];
  /** Pieces so far. */
  readonly pieces: number;
  /** The longest time so far between a look and its first piece. */
  readonly longest: number;
  close(): void;
}

export const WIDTH = 1920;
export const HEIGHT = 1080;
const COARSE = 8;

/** Of a picture with this zoom. */
export function cameraAt(re: string, im: string, zoom: string, scene: Scene = {}): Camera {
  return { re, im, level: levelFor(zoom, HEIGHT), scene };
}

/** Moved by so many pixels, then `levels` deeper. */
export function moved(camera: Camera, x: number, y: number, levels = 0): Camera {
  const lattice: Lattice = { anchor: camera, level: camera.level, rotation: 0 };
  return { ...camera, ...pointAt(lattice, x, y), level: camera.level + levels };
}

export async function benchViewer(url: string): Promise<BenchViewer> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/explore`, [SUBPROTOCOL]);
  const seen = new Map<number, { readonly at: number; readonly seen: Seen; wake(): void }>();
  const stops: number[] = [];
  let [latest, pieces, longest] = [0, 0, 0];
  let failure: string | undefined;
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return message(JSON.parse(data.toString()));
    const { id, piece } = readPiece(data) as NonNullable<ReturnType<typeof readPiece>>;
    const one = seen.get(id);
    pieces++;
    if (!one) return;
    one.seen.first ??= performance.now() - one.at;
    longest = Math.max(longest, one.seen.first);
    one.seen.pieces++;
    one.seen.bytes += data.length;
    one.seen.pixels += pixelsOf(piece);
    one.wake();
  });
  function message(one: ToViewer): void {
    if (one.type === 'stopped') stops.push(one.milliseconds);
    if (one.type === 'failed') failure = one.message;
    const look = 'id' in one ? seen.get(one.id) : undefined;
    if (one.type === 'done' && look) {
      look.seen.done = performance.now() - look.at;
      look.seen.cached = one.cached;
    }
    look?.wake();
  }
  function send(camera: Camera, wanted: readonly Piece[] | undefined, enough: (seen: Seen) => boolean): Promise<Seen> {
    const id = ++latest;
    seen.delete(id - 3);
    return new Promise((resolve, reject) => {
      const one: Seen = { pieces: 0, bytes: 0, pixels: 0, cached: 0 };
      const wake = () => {
        if (failure !== undefined) reject(new Error(failure));
        if (enough(one)) resolve(one);
      };
      seen.set(id, { at: performance.now(), seen: one, wake });
      socket.send(JSON.stringify(lookMessage(id, camera, wanted)));
    });
  }
  await once(socket, 'open');
  return {
    look: (camera, wanted) => send(camera, wanted, ({ first }) => first !== undefined),
    whole: (camera) => send(camera, undefined, ({ done }) => done !== undefined),
    stops,
    get pieces() {
      return pieces;
    },
    get longest() {
      return longest;
    },
    close: () => socket.terminate(),
  };
}

/** All of the picture: coarse first, then from the centre outwards. */
function lookMessage(id: number, { re, im, level, scene }: Camera, wanted?: readonly Piece[]): LookMessage {
  const centre = { re, im };
  const lattice: Lattice = { anchor: anchorNear(centre, level, false), level, rotation: 0 };
  const { x, y } = offsetOf(lattice, centre);
  const [left, right] = [Math.floor((x - WIDTH / 2) / TILE), Math.ceil((x + WIDTH / 2) / TILE)];
  const [top, bottom] = [Math.floor((y - HEIGHT / 2) / TILE), Math.ceil((y + HEIGHT / 2) / TILE)];
  const coarse: Piece[] = [];
  const fine: Piece[] = [];
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) {
      const one = { left: column, top: row, right: column + 1, bottom: row + 1, scale: 1 };
      fine.push(one);
      if ((row - top) % 2 === 0 && (column - left) % 2 === 0)
        coarse.push({ ...one, right: Math.min(right, column + 2), bottom: Math.min(bottom, row + 2), scale: COARSE });
    }
  const far = (one: Piece) =>
    Math.hypot(((one.left + one.right) * TILE) / 2 - x, ((one.top + one.bottom) * TILE) / 2 - y);
  const outwards = (list: Piece[]) => list.sort((a, b) => far(a) - far(b));
  return {
    ...{ type: 'look', id, scene, lattice, centre, width: WIDTH, height: HEIGHT, colours: false },
    pieces: wanted ?? [...outwards(coarse), ...outwards(fine)],
  };
}

function pixelsOf({ left, top, right, bottom, scale }: Piece): number {
  return (((right - left) * TILE) / scale) * (((bottom - top) * TILE) / scale);
}
