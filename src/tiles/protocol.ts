/**
 * The messages between a viewer of the explorer and the service, over a WebSocket: text messages are JSON, binary ones are
 * pieces of pictures. docs/explorer.md describes them for other clients.
 */

import type { Lattice, Piece, Point } from './lattice.js';

/** Named as a subprotocol when a viewer connects; a second subprotocol `token.` + token may follow. */
export const SUBPROTOCOL = 'fractal.explore.v1';
export const TOKEN_PREFIX = 'token.';

/** Bounds of what a viewer sends. */
export const LIMITS = {
  /** Bytes of a message. */
  message: 512 << 10,
  /** Pieces of a look. */
  pieces: 1_024,
  /** Pixels of a side of the picture that is looked at. */
  side: 8_192,
  /** Pixels of a piece. */
  pixels: 1 << 20,
  /** Pixels of all pieces of a look. */
  look: 1 << 26,
  scales: [1, 2, 4, 8, 16, 32],
  /** Messages a second. */
  rate: 60,
} as const;

/** Flags of a picture by name (docs/flags.md), as text: formula, limit, colours; none that says where it is or how large. */
export type Scene = Readonly<Record<string, string>>;

/**
 * What the viewer looks at now, in the place of what it looked at before: what of that is not wanted any more is stopped.
 * `pieces`: those that it has not got, in the order in which it wants them.
 */
export interface LookMessage {
  readonly type: 'look';
  /** Chosen by the viewer, rising. */
  readonly id: number;
  readonly scene: Scene;
  readonly lattice: Lattice;
  /** The picture: its centre, and its pixels. */
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
  /** Whether colours are to be found for it, where the scene has `--colors auto` or `--equalize`. */
  readonly colours: boolean;
  readonly pieces: readonly Piece[];
}

/** Nothing is wanted any more. */
export interface StopMessage {
  readonly type: 'stop';
}

/** Asks for the numbers of one point. `level`: of the picture that shows it. */
export interface ProbeMessage {
  readonly type: 'probe';
  readonly id: number;
  readonly scene: Scene;
  readonly point: Point;
  readonly level: number;
}

export type FromViewer = LookMessage | StopMessage | ProbeMessage;

export interface HelloMessage {
  readonly type: 'hello';
  readonly version: string;
}

/** The workers that are ready; sent first, and at each change. */
export interface WorkersMessage {
  readonly type: 'workers';
  readonly ready: number;
  readonly slots: number;
}

/** Colours that were found, to be used as `--density` and `--offset`, or with a curve of knots (render/curve.ts). */
export interface FoundColours {
  readonly density: number;
  readonly offset: number;
  readonly curve?: readonly (readonly [root: number, cycles: number])[];
}

/**
 * What a look left open. `provisional`: taken over from the look before, so that the first pieces come soon; another `found`
 * follows.
 */
export interface FoundMessage {
  readonly type: 'found';
  readonly id: number;
  readonly iterations: number;
  readonly perturbed: boolean;
  readonly provisional: boolean;
  readonly colours?: FoundColours;
}

/** All pieces of a look were sent. */
export interface DoneMessage {
  readonly type: 'done';
  readonly id: number;
  /** Pieces. */
  readonly computed: number;
  readonly cached: number;
  readonly milliseconds: number;
}

/** Pieces of earlier looks were stopped, on all workers. */
export interface StoppedMessage {
  readonly type: 'stopped';
  /** The look that made them superfluous; 0: the viewer stopped. */
  readonly id: number;
  readonly pieces: number;
  readonly milliseconds: number;
}

/** `id`: of the look or probe that failed; 0: the message could not be read. */
export interface FailedMessage {
  readonly type: 'failed';
  readonly id: number;
  readonly code: string;
  readonly message: string;
}

export interface ValueMessage {
  readonly type: 'value';
  readonly id: number;
  /** Smooth count; null: the point does not escape within the limit. */
  readonly nu: number | null;
  /** From the set, in pixels of the level; and as a decimal string on the plane. null: of an interior point. */
  readonly pixels: number | null;
  readonly distance: string | null;
  /** Of the attracting cycle of an interior point; null: none was found. */
  readonly period: number | null;
  readonly iterations: number;
}

export type ToViewer =
  | HelloMessage
  | WorkersMessage
  | FoundMessage
  | DoneMessage
  | StoppedMessage
  | FailedMessage
  | ValueMessage;

/** A piece with its samples, as packing.ts has them. `iterations`: the limit up to which they were computed. */
export interface PieceMessage {
  readonly id: number;
  readonly piece: Piece;
  readonly iterations: number;
  readonly packed: Uint8Array;
}

/** Little-endian: id u32, left, top, right, bottom i32, scale u32, iterations f64. */
const HEADER = 32;

/** What precedes the packed samples in a message. */
export function pieceHeader({ id, piece, iterations }: Omit<PieceMessage, 'packed'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, id, true);
  for (const [k, name] of (['left', 'top', 'right', 'bottom'] as const).entries())
    header.setInt32(4 + 4 * k, piece[name], true);
  header.setUint32(20, piece.scale, true);
  header.setFloat64(24, iterations, true);
  return bytes;
}

/** undefined for what is no piece. */
export function readPiece(bytes: Uint8Array): PieceMessage | undefined {
  if (bytes.length < HEADER) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const int = (at: number) => header.getInt32(at, true);
  const scale = header.getUint32(20, true);
  const piece = { left: int(4), top: int(8), right: int(12), bottom: int(16), scale };
  return {
    ...{ id: header.getUint32(0, true), piece, iterations: header.getFloat64(24, true) },
    packed: bytes.subarray(HEADER),
  };
}
