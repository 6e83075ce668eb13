/** Opens the picture with its history: looks that it comes to rest at become entries, entries that are gone to become looks. */

import type { Scene } from '../../src/tiles/protocol.js';
import { messageOf, post, send, token } from '../api.js';
import { openEngine } from './engine/engine.js';
import { type PaletteAnswer, type PaletteTable, readPaletteTable } from './engine/palette-table.js';
import { openPast } from './past.js';
import { type Read, readFragment } from './permalink.js';
import type { View } from './view.js';

/** Longer URLs are refused. */
const MOST_QUERY = 8_000;

export interface Opened {
  readonly view: View;
  close(): void;
}

/** @throws Error of one line where the browser cannot draw the picture */
export function openView(canvas: HTMLCanvasElement, notice: (text: string, kind?: 'error') => void): Opened {
  const first = readFragment(location.hash);
  if (first.wrong !== undefined) notice(first.wrong, 'error');
  const past = openPast(first.look, ({ look, wrong }: Read) => {
    if (wrong !== undefined) notice(wrong, 'error');
    engine.goTo({ ...look.place, scene: look.scene });
  });
  const own = token();
  const engine = openEngine(canvas, {
    ...{ look: first.look, url: socketUrl(), palette: paletteOf },
    ...(own === null ? {} : { token: own }),
    onSettled: (look) => past.record(look),
    onMessage: (line) => notice(line, 'error'),
  });
  let moving = true;
  const end = engine.subscribe(() => {
    if (engine.state.moving && !moving) past.moves();
    moving = engine.state.moving;
  });
  const view: View = {
    ...{ engine, past },
    go({ scene, ...place }, how) {
      const { look } = engine.state;
      past.begin({ place: { ...look.place, ...place }, scene: scene ?? look.scene });
      engine.goTo({ ...place, ...(scene ? { scene } : {}) }, how);
    },
    change(changes) {
      engine.setScene(changes);
    },
  };
  return {
    view,
    close() {
      end();
      past.close();
      engine.close();
    },
  };
}

export function socketUrl(): string {
  const { protocol, host } = location;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/v1/explore`;
}

/** The colours of a scene, from the service. */
export async function paletteOf(scene: Scene): Promise<PaletteTable> {
  const query = new URLSearchParams(scene).toString();
  try {
    const answer =
      query.length > MOST_QUERY
        ? await post<PaletteAnswer>('/v1/palette', scene)
        : ((await (await send(`/v1/palette?${query}`)).json()) as PaletteAnswer);
    return readPaletteTable(answer);
  } catch (error) {
    throw new Error(messageOf(error), { cause: error });
  }
}
