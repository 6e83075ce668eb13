/** Tables of colours: asked for once for each palette, the former one is used until the next one is there. */

import type { Scene } from '../../../src/tiles/protocol.js';
import type { PaletteTable } from './palette-table.js';
import { tableScene } from './scene.js';

export interface Palettes {
  /** undefined: there is none yet. */
  of(scene: Scene): PaletteTable | undefined;
  /** Whether that is the scene's own. */
  has(scene: Scene): boolean;
}

const MOST_KEPT = 32;

/** `changed`: another table is there. */
export function openPalettes(
  ask: (scene: Scene) => Promise<PaletteTable>,
  changed: () => void,
  onMessage: (line: string) => void,
): Palettes {
  const kept = new Map<string, PaletteTable | 'asked'>();
  let latest: PaletteTable | undefined;
  let wanted = '';

  async function fetchTable(key: string, scene: Scene): Promise<void> {
    kept.set(key, 'asked');
    for (const old of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(old);
    }
    try {
      kept.set(key, await ask(scene));
      if (key === wanted) changed();
    } catch (error) {
      // Another change asks again.
      kept.delete(key);
      if (key === wanted) onMessage(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    has: (scene) => typeof kept.get(JSON.stringify(tableScene(scene))) === 'object',
    of(scene) {
      const flags = tableScene(scene);
      const key = JSON.stringify(flags);
      const table = kept.get(key);
      if (!table && key !== wanted) fetchTable(key, flags);
      wanted = key;
      if (typeof table === 'object') latest = table;
      return latest;
    },
  };
}
