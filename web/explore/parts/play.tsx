/** Plays a film's way on the page: in its time, along the same curves; then the picture is where it was. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { useLive } from '../../live.js';
import { useView, type View } from '../view.js';
import type { Way } from '../waypoints.js';

export interface PlayProps {
  /** @throws Error of one line */
  way(): Way;
  readonly disabled?: boolean;
  /** It begins or ends. */
  playing?(on: boolean): void;
}

export function Play({ way, disabled = false, playing }: PlayProps) {
  const view = useView();
  const { notice } = useLive();
  const [plays, setPlays] = useState(false);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const set = (on: boolean) => {
    setPlays(on);
    playing?.(on);
  };
  const start = () => {
    try {
      stop.current = play(view, way(), () => set(false));
      set(true);
    } catch (error) {
      notice((error as Error).message, 'error');
    }
  };
  return (
    <button type="button" aria-pressed={plays} disabled={disabled} onClick={() => (plays ? stop.current?.() : start())}>
      {plays ? 'Stop' : 'Play'}
    </button>
  );
}

/** Returns what stops it. */
function play({ engine }: View, { path, seconds }: Way, ended: () => void): () => void {
  const before = engine.state.look.place;
  const begin = performance.now();
  let frame = requestAnimationFrame(step);
  let isOver = false;
  function step(now: number) {
    const time = (now - begin) / 1000;
    if (time >= seconds) return end();
    engine.goTo({ ...path.at(time), rotation: path.othersAt(time).rotation }, { passing: true });
    frame = requestAnimationFrame(step);
  }
  function end() {
    if (isOver) return;
    isOver = true;
    cancelAnimationFrame(frame);
    engine.goTo(before);
    ended();
  }
  return end;
}
