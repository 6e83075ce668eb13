/** Pointers, wheel and keys on the canvas, as movements of the picture in CSS pixels. */

import type { Spot } from './contract.js';
import { openFingers } from './fingers.js';
import type { Moves } from './moves.js';
import { openSelection } from './selection.js';

/** Doublings of the zoom with a pixel of the wheel, with one of a pinch on a trackpad, and at most with one event. */
const OCTAVES_A_PIXEL = 1 / 200;
const OCTAVES_A_PINCH = 1 / 60;
const MOST_OCTAVES = 8;
const LINE_PIXELS = 100 / 3;
const DEGREES_A_PIXEL = 0.15;
const KEY_PART = 0.2;
const KEY_OCTAVES = 0.5;
const KEY_DEGREES = 15;

/** Ends with the signal. */
export function listen(canvas: HTMLCanvasElement, moves: Moves, signal: AbortSignal): void {
  canvas.style.touchAction = 'none';
  canvas.style.userSelect = 'none';
  if (!canvas.hasAttribute('tabindex')) canvas.tabIndex = 0;
  const spotOf = ({ clientX, clientY }: MouseEvent): Spot => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const fingers = openFingers(moves);
  const selection = openSelection(canvas, moves);
  const on = <K extends keyof HTMLElementEventMap>(name: K, act: (event: HTMLElementEventMap[K]) => void) =>
    canvas.addEventListener(name, act, { signal, passive: false });

  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.focus({ preventScroll: true });
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // The pointer is gone already.
    }
    const spot = spotOf(event);
    if (event.shiftKey && event.pointerType === 'mouse') selection.start(event.pointerId, spot);
    else fingers.down(event.pointerId, spot, event.timeStamp, event.pointerType);
  });
  on('pointermove', (event) => {
    const spot = spotOf(event);
    moves.focus(spot);
    if (!selection.move(event.pointerId, spot)) fingers.move(event.pointerId, spot, event.timeStamp);
  });
  on('pointerup', (event) => {
    const spot = spotOf(event);
    if (!selection.end(event.pointerId, spot)) fingers.up(event.pointerId, spot, event.timeStamp);
  });
  for (const name of ['pointercancel', 'lostpointercapture'] as const)
    on(name, (event) => {
      selection.cancel(event.pointerId);
      fingers.cancel(event.pointerId);
    });
  on('pointerleave', (event) => event.pointerType === 'mouse' && moves.focus(undefined));
  on('dblclick', (event) => {
    event.preventDefault();
    moves.zoom(event.shiftKey ? -1 : 1, spotOf(event), true);
  });
  on('wheel', (event) => {
    event.preventDefault();
    turnWheel(event, spotOf(event), canvas, moves);
  });
  on('keydown', (event) => pressKey(event, canvas, moves) && event.preventDefault());
  // Safari zooms the page by gestures of its own.
  canvas.addEventListener('gesturestart', (event) => event.preventDefault(), { signal });
  signal.addEventListener('abort', () => selection.close());
}

function turnWheel(event: WheelEvent, at: Spot, canvas: HTMLCanvasElement, moves: Moves): void {
  const unit = [1, LINE_PIXELS, canvas.clientHeight][event.deltaMode] ?? 1;
  // With shift, browsers turn a wheel sideways.
  const pixels = unit * (event.deltaY !== 0 ? event.deltaY : event.deltaX);
  if (event.shiftKey) {
    moves.turn(pixels * DEGREES_A_PIXEL, at, true);
    return;
  }
  const octaves = -pixels * (event.ctrlKey ? OCTAVES_A_PINCH : OCTAVES_A_PIXEL);
  moves.zoom(Math.max(-MOST_OCTAVES, Math.min(MOST_OCTAVES, octaves)), at, true);
}

/** Whether it means something. */
function pressKey(event: KeyboardEvent, canvas: HTMLCanvasElement, moves: Moves): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [x, y] = [KEY_PART * width, KEY_PART * height];
  const acts: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => moves.pan(x, 0, true),
    ArrowRight: () => moves.pan(-x, 0, true),
    ArrowUp: () => moves.pan(0, y, true),
    ArrowDown: () => moves.pan(0, -y, true),
    '+': () => moves.zoom(KEY_OCTAVES, undefined, true),
    '=': () => moves.zoom(KEY_OCTAVES, undefined, true),
    '-': () => moves.zoom(-KEY_OCTAVES, undefined, true),
    '[': () => moves.turn(-KEY_DEGREES, undefined, true),
    ']': () => moves.turn(KEY_DEGREES, undefined, true),
  };
  const act = acts[event.key];
  act?.();
  return act !== undefined;
}
