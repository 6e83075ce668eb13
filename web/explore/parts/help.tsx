/** Keys and gestures, over the page. */

import { useEffect, useRef } from 'preact/hooks';

const LINES: readonly (readonly [keys: string, meaning: string])[] = [
  ['Drag, arrow keys', 'move'],
  ['Wheel, pinch, + and −', 'zoom'],
  ['Double click, double tap', 'zoom in; with Shift out'],
  ['Shift and drag', 'zoom to a box'],
  ['Shift and wheel, two fingers, [ and ]', 'turn'],
  ['Backspace, Shift and Backspace', 'back, forward'],
  ['Home', 'the whole set'],
  ['P, C, R, F, L', 'place, colours, render, film, places'],
  ['J', 'Julia set at the pointer'],
  ['S', 'save this place'],
  ['H', 'hide and show the controls'],
  ['Escape', 'close what is open'],
  ['?', 'this help'],
];

export function Help({ close }: { close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys and gestures</h2>
      <dl>
        {LINES.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="about">
        Drop a .kfr, .f3.toml or .json file, or a picture that this program made, on the page to go to its place.
      </p>
      <button type="button" class="primary" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
