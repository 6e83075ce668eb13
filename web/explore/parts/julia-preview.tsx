/** A small picture of the Julia set of the point under the pointer, by a picture of its own; a click goes there. */

import { useEffect, useRef } from 'preact/hooks';
import { token } from '../../api.js';
import { useLive } from '../../live.js';
import { type Engine, openEngine } from '../engine/engine.js';
import { paletteOf, socketUrl } from '../open-view.js';
import { homeOf, juliaOf, without } from '../scene.js';
import { useLook, useView } from '../view.js';
import type { PointerSpot } from './status.js';

/** Constants follow the pointer this often. */
const AGAIN_MS = 100;
/** Pixels are so much wider than the screen's. */
const COARSENESS = 2;
/** Of the small picture: its width by its height. */
const ASPECT = 1.4;

export function JuliaPreview({ pointer, close }: { readonly pointer: PointerSpot | undefined; close(): void }) {
  const view = useView();
  const { notice } = useLive();
  const { scene } = useLook();
  const canvas = useRef<HTMLCanvasElement>(null);
  const small = useRef<Engine>(undefined);
  const point = useRef(view.engine.state.look.place as { readonly re: string; readonly im: string });
  useEffect(() => {
    const here = juliaOf(view.engine.state.look.scene, point.current);
    if (!here || !canvas.current) return;
    const own = token();
    const engine = openEngine(canvas.current, {
      ...{ url: socketUrl(), palette: paletteOf, gestures: false, coarseness: COARSENESS },
      ...(own === null ? {} : { token: own }),
      look: { place: homeOf(here, ASPECT), scene: calm(here) },
      onSettled() {},
      onMessage: (line) => notice(line, 'error'),
    });
    small.current = engine;
    return () => engine.close();
  }, []);
  useEffect(() => {
    if (pointer) point.current = view.engine.pointAt(pointer.x, pointer.y);
    const timer = setTimeout(() => {
      const next = juliaOf(scene, point.current);
      if (next) small.current?.goTo({ ...homeOf(next, ASPECT), scene: calm(next) });
    }, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [pointer?.x, pointer?.y, scene]);
  const go = () => {
    const next = juliaOf(view.engine.state.look.scene, point.current);
    if (next) view.go({ ...homeOf(next), scene: next });
    close();
  };
  return (
    <section class="julia float" aria-label="Julia set at the pointer">
      <div class="small">
        <canvas ref={canvas} />
      </div>
      <div class="buttons">
        <button type="button" onClick={go}>
          Go there
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </section>
  );
}

/** Patterns and lights would hide what is small. */
function calm(scene: Readonly<Record<string, string>>) {
  return without(scene, ['stripes', 'decomposition', 'field-lines', 'slope', 'shade', 'density', 'offset', 'colors']);
}
