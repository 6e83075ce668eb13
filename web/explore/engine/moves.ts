/** What gestures do to the picture. */

import type { Spot } from './contract.js';

export interface Moves {
  /** The picture follows pointers: nothing of its own moves. */
  hold(): void;
  /** They are gone. */
  release(): void;
  /** `glide`: it goes on for a moment and comes to rest. */
  pan(dx: number, dy: number, glide: boolean): void;
  /** `at`: absent: about the middle. `smooth`: in a moment; else at once. */
  zoom(octaves: number, at: Spot | undefined, smooth: boolean): void;
  /** Clockwise, what is on the screen. */
  turn(degrees: number, at: Spot | undefined, smooth: boolean): void;
  box(a: Spot, b: Spot): void;
  /** Where the pointer is; undefined: not on the canvas. */
  focus(at: Spot | undefined): void;
}
