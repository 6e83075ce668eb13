/** What the picture of the explorer is for the page around it. */

import type { FailedMessage, FoundMessage, Scene, ValueMessage, WorkersMessage } from '../../../src/tiles/protocol.js';
import type { PaletteTable } from './palette-table.js';

/**
 * A picture of `state.size` pixels around a centre, as `fractal leader -x -y --zoom --rotate` has it. At rest it is one whose
 * pixels are computed: its zoom differs from the one asked for by at most 2.2 %, its centre by half a pixel.
 */
export interface Place {
  /** Decimal strings. */
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  /** Degrees that the camera turns counter-clockwise. */
  readonly rotation: number;
}

export interface Look {
  readonly place: Place;
  readonly scene: Scene;
}

/** `lost`: tries again; `refused`: the service wants another token, or is none. */
export type Connection = 'connecting' | 'open' | 'lost' | 'refused';

export interface EngineState {
  readonly look: Look;
  /** A gesture or an animation goes on. */
  readonly moving: boolean;
  readonly found?: FoundMessage;
  /** All pieces of the look are here, and its colours. */
  readonly done: boolean;
  /** 0 to 1, of the pieces of the look. */
  readonly progress: number;
  readonly connection: Connection;
  readonly workers?: WorkersMessage;
  /** Of the present look. */
  readonly failure?: FailedMessage;
  /** Pixels of the picture: even numbers. */
  readonly size: { readonly width: number; readonly height: number };
}

/** CSS pixels of the canvas, from its top left. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface EngineOptions {
  readonly look: Look;
  /** Of the WebSocket: ws: or wss:. */
  readonly url: string;
  readonly token?: string;
  /** The colours of a scene; asked for once for each set of flags that shape them. */
  palette(scene: Scene): Promise<PaletteTable>;
  /** After each move: the picture rests at another look than before. */
  onSettled(look: Look): void;
  /** Lines for the user: what cannot be drawn, and what went wrong. */
  onMessage?(line: string): void;
  /** Gestures on the canvas; absent: on. Without them the picture moves by calls only. */
  readonly gestures?: boolean;
  /** Device pixels of a picture's pixel; absent: 1. */
  readonly coarseness?: number;
}

export interface GoHow {
  readonly animate?: boolean;
  /** One of many places on a way: only coarse pieces are asked for until the picture rests. */
  readonly passing?: boolean;
}

export interface Engine {
  readonly state: EngineState;
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void;
  /** What is not given stays. */
  goTo(look: Partial<Place> & { readonly scene?: Scene }, how?: GoHow): void;
  /** Flags of the scene by name; undefined: not given. Colours change at once, without a message to the service. */
  setScene(changes: Readonly<Record<string, string | undefined>>): void;
  /** `factorLog2`: doublings of the zoom. `at`: stays where it is; absent: the centre. */
  zoomBy(factorLog2: number, at?: Spot): void;
  pointAt(x: number, y: number): { readonly re: string; readonly im: string };
  /** Rejects with an Error of one line. */
  probe(x: number, y: number): Promise<ValueMessage>;
  /** A PNG of what is drawn, from its middle. */
  thumbnail(width: number, height: number): Promise<Blob>;
  close(): void;
}
