/** The drawn picture: pieces in graphics memory, and what becomes of them when the graphics context is lost. */

import { openPainter, type Painter, type Scenery } from './painter.js';
import { openTiles, type Tile, type Tiles } from './tiles.js';
import { openUnpacking } from './unpacking.js';

export interface Picture {
  readonly tiles: Tiles;
  /** A number that rises with each picture. */
  readonly drawn: number;
  load(piece: Pick<Tile, 'lattice' | 'piece' | 'key' | 'iterations'>, packed: Uint8Array): Promise<void>;
  /** `drawn`: may get the milliseconds that it took. */
  draw(scenery: Scenery, drawn?: (ms: number) => void): void;
  /** A PNG of the scenery. */
  png(scenery: Scenery): Promise<Blob>;
  close(): void;
}

export interface PictureOptions {
  /** All pieces are gone. */
  restored(): void;
  onMessage(line: string): void;
}

const MEBIBYTE = 1 << 20;
/** Of graphics memory; on devices with little memory the lesser one. */
const BUDGET = 192 * MEBIBYTE;
const SMALL_BUDGET = 96 * MEBIBYTE;

/** @throws Error of one line where there is no WebGL 2 */
export function openPicture(
  canvas: HTMLCanvasElement,
  { restored, onMessage }: PictureOptions,
  signal: AbortSignal,
): Picture {
  let painter: Painter = openPainter(canvas);
  let drawn = 0;
  const unpacking = openUnpacking();
  const tiles = openTiles(budget(), (textures) => painter.discard(textures));

  canvas.addEventListener('webglcontextlost', (event) => event.preventDefault(), { signal });
  canvas.addEventListener(
    'webglcontextrestored',
    () => {
      tiles.clear();
      painter = openPainter(canvas);
      restored();
    },
    { signal },
  );

  return {
    tiles,
    get drawn() {
      return drawn;
    },
    async load(piece, packed) {
      try {
        const samples = await unpacking.unpack(packed);
        if (painter.isLost() || signal.aborted) return;
        const { width, height, base, hasInterior, most } = samples;
        const textures = painter.upload(samples);
        tiles.add({ ...piece, samples: { width, height, base, hasInterior, most }, textures, shownIn: drawn });
        tiles.trim(drawn);
      } catch (error) {
        onMessage(error instanceof Error ? error.message : String(error));
      }
    },
    draw(scenery, done) {
      if (painter.isLost()) return;
      painter.draw(scenery, done);
      drawn++;
    },
    png: (scenery) => pngOf(painter.pixels(scenery), scenery),
    close() {
      unpacking.close();
      tiles.clear();
      painter.close();
    },
  };
}

function budget(): number {
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  const isSmall = deviceMemory === undefined ? matchMedia('(pointer: coarse)').matches : deviceMemory <= 4;
  return isSmall ? SMALL_BUDGET : BUDGET;
}

/** `pixels`: RGBA rows from the bottom up. */
function pngOf(pixels: Uint8Array<ArrayBuffer>, { width, height }: Scenery): Promise<Blob> {
  const rows = new Uint8ClampedArray(pixels.length);
  const row = 4 * width;
  for (let y = 0; y < height; y++) rows.set(pixels.subarray((height - 1 - y) * row, (height - y) * row), y * row);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext('2d')?.putImageData(new ImageData(rows, width, height), 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser made no PNG of the picture.')))),
  );
}
