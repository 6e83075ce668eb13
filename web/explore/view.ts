/** What the parts of the page share: the picture, and the ways to change it. */

import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Scene } from '../../src/tiles/protocol.js';
import type { Engine, EngineState, GoHow, Look, Place } from './engine/engine.js';
import type { Past } from './past.js';

export interface View {
  readonly engine: Engine;
  readonly past: Past;
  /** To a place of the scene, or of another one; as an entry of the history. */
  go(look: Partial<Place> & { readonly scene?: Scene }, how?: GoHow): void;
  /** Flags of the scene; undefined takes one away. */
  change(changes: Readonly<Record<string, string | undefined>>): void;
}

export const ViewContext = createContext<View | undefined>(undefined);

export function useView(): View {
  return useContext(ViewContext) as View;
}

/** The state of the picture, drawn again as it changes, at most once a frame. */
export function useEngineState(engine: Engine): EngineState {
  const [state, setState] = useState(engine.state);
  useEffect(() => {
    let frame = 0;
    const update = () => {
      frame = 0;
      setState(engine.state);
    };
    const end = engine.subscribe(() => {
      frame ||= requestAnimationFrame(update);
    });
    update();
    return () => {
      end();
      cancelAnimationFrame(frame);
    };
  }, [engine]);
  return state;
}

export const useLook = (): Look => useEngineState(useView().engine).look;
