/** One pointer drags, two of them pinch and turn; a drag that ends in motion glides on, and two taps zoom in. */

import type { Spot } from './contract.js';
import type { Moves } from './moves.js';

export interface Fingers {
  down(id: number, at: Spot, ms: number, type: string): void;
  move(id: number, at: Spot, ms: number): void;
  up(id: number, at: Spot, ms: number): void;
  cancel(id: number): void;
}

/** Two fingers turn the picture only when they have turned so far. */
const DEGREES_TO_TURN = 10;
/** A drag that stood still for so long does not glide; a glide is as far as the drag went in GLIDE_MS. */
const STILL_MS = 60;
const GLIDE_MS = 140;
const LEAST_GLIDE = 8;
/** Two taps so near in time and place are a double tap. A mouse has an event for that. */
const DOUBLE_MS = 350;
const DOUBLE_PIXELS = 30;
const TAP_PIXELS = 8;

interface Track {
  readonly at: Spot;
  readonly ms: number;
}

export function openFingers(moves: Moves): Fingers {
  const fingers = new Map<number, Spot>();
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  let tracks: Track[] = [];
  let first: Spot | undefined;
  let lastTap: Track | undefined;
  let turned = 0;
  let turns = false;

  function dragged(from: Spot, to: Spot, ms: number): void {
    moves.pan(to.x - from.x, to.y - from.y, false);
    tracks = [...tracks.filter((track) => ms - track.ms < 100), { at: to, ms }];
  }

  function pinched(id: number, to: Spot): void {
    const [a, b] = [...fingers.entries()].map(([other, spot]) => ({ before: spot, now: other === id ? to : spot }));
    if (!a || !b) return;
    const before = { x: b.before.x - a.before.x, y: b.before.y - a.before.y };
    const now = { x: b.now.x - a.now.x, y: b.now.y - a.now.y };
    const middle = { x: (a.now.x + b.now.x) / 2, y: (a.now.y + b.now.y) / 2 };
    moves.pan((to.x - (fingers.get(id) as Spot).x) / 2, (to.y - (fingers.get(id) as Spot).y) / 2, false);
    const octaves = Math.log2(Math.max(1, Math.hypot(now.x, now.y)) / Math.max(1, Math.hypot(before.x, before.y)));
    moves.zoom(octaves, middle, false);
    const degrees = ((Math.atan2(now.y, now.x) - Math.atan2(before.y, before.x)) * 180) / Math.PI;
    const short = degrees - 360 * Math.round(degrees / 360);
    turned += short;
    turns ||= Math.abs(turned) > DEGREES_TO_TURN;
    if (turns) moves.turn(short, middle, false);
  }

  function glide({ at, ms }: Track): void {
    const [oldest] = tracks.filter((track) => ms - track.ms < 100);
    const latest = tracks.at(-1);
    if (!oldest || !latest || ms - latest.ms > STILL_MS || ms <= oldest.ms || calm.matches) return;
    const part = GLIDE_MS / Math.max(16, ms - oldest.ms);
    const [dx, dy] = [(at.x - oldest.at.x) * part, (at.y - oldest.at.y) * part];
    if (Math.hypot(dx, dy) > LEAST_GLIDE) moves.pan(dx, dy, true);
  }

  function tapped(tap: Track): void {
    const isSecond =
      lastTap !== undefined &&
      tap.ms - lastTap.ms < DOUBLE_MS &&
      Math.hypot(tap.at.x - lastTap.at.x, tap.at.y - lastTap.at.y) < DOUBLE_PIXELS;
    lastTap = isSecond ? undefined : tap;
    if (isSecond) moves.zoom(1, tap.at, true);
  }

  let isTouch = false;
  return {
    down(id, at, ms, type) {
      isTouch = type !== 'mouse';
      first = fingers.size === 0 ? at : undefined;
      fingers.set(id, at);
      tracks = [{ at, ms }];
      [turned, turns] = [0, false];
      moves.hold();
    },
    move(id, at, ms) {
      const from = fingers.get(id);
      if (!from) return;
      if (fingers.size === 1) dragged(from, at, ms);
      else if (fingers.size === 2) pinched(id, at);
      fingers.set(id, at);
    },
    up(id, at, ms) {
      if (!fingers.delete(id)) return;
      if (fingers.size > 0) {
        tracks = [];
        first = undefined;
        return;
      }
      const isTap = first !== undefined && Math.hypot(at.x - first.x, at.y - first.y) < TAP_PIXELS;
      if (!isTap) glide({ at, ms });
      moves.release();
      if (isTap && isTouch) tapped({ at, ms });
    },
    cancel(id) {
      if (fingers.delete(id) && fingers.size === 0) moves.release();
    },
  };
}
