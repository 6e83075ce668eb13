/** The rectangle that is drawn with shift, and zoomed to. */

import type { Spot } from './contract.js';
import type { Moves } from './moves.js';

export interface Selection {
  start(id: number, at: Spot): void;
  /** Whether the pointer draws a rectangle; so too of `end`. */
  move(id: number, at: Spot): boolean;
  end(id: number, at: Spot): boolean;
  cancel(id: number): void;
  close(): void;
}

/** CSS pixels of a side; smaller ones are slips. */
const LEAST = 6;

export function openSelection(canvas: HTMLCanvasElement, moves: Moves): Selection {
  let drawn: { readonly id: number; readonly from: Spot; readonly box: HTMLElement } | undefined;

  function show(to: Spot): void {
    if (!drawn) return;
    const { from, box } = drawn;
    // By properties: the page's policy allows no style attributes.
    box.style.left = `${canvas.offsetLeft + Math.min(from.x, to.x)}px`;
    box.style.top = `${canvas.offsetTop + Math.min(from.y, to.y)}px`;
    box.style.width = `${Math.abs(to.x - from.x)}px`;
    box.style.height = `${Math.abs(to.y - from.y)}px`;
  }

  function remove(): void {
    drawn?.box.remove();
    drawn = undefined;
  }

  return {
    start(id, at) {
      remove();
      const box = document.createElement('div');
      box.className = 'explore-selection';
      const style = { position: 'absolute', pointerEvents: 'none', boxSizing: 'border-box' };
      Object.assign(box.style, style, { border: '1px solid #fff', outline: '1px solid #000', background: '#ffffff22' });
      canvas.parentElement?.append(box);
      drawn = { id, from: at, box };
      show(at);
      moves.hold();
    },
    move(id, at) {
      if (drawn?.id !== id) return false;
      show(at);
      return true;
    },
    end(id, at) {
      if (drawn?.id !== id) return false;
      const { from } = drawn;
      remove();
      moves.release();
      if (Math.abs(at.x - from.x) >= LEAST && Math.abs(at.y - from.y) >= LEAST) moves.box(from, at);
      return true;
    },
    cancel(id) {
      if (drawn?.id !== id) return;
      remove();
      moves.release();
    },
    close: remove,
  };
}
