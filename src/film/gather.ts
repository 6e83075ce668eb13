/** One frame while it is assembled: weighted sums of texels, and in the end their quotient by the sums of the shares. */

import { toLevel } from '../render/oklab.js';
import type { Similarity } from './camera.js';
import { tapsOf, tentOf, weightAt } from './filter.js';
import type { Size } from './footprint.js';
import { CHANNELS, type Texels } from './texture.js';

export class Gathering {
  private readonly sums: Float64Array;

  constructor(private readonly size: Size) {
    this.sums = new Float64Array(CHANNELS * size.width * size.height);
  }

  /** Adds what the frame shows of a tile. `to`: from pixels of the frame to those of the tile's keyframe. */
  add(texels: Texels, to: Similarity): void {
    if (to.sin === 0 && to.cos > 0) this.addUpright(texels, to);
    else this.addTurned(texels, to);
  }

  /** First along rows, then along columns. */
  private addUpright({ level, x, y, width, height, values }: Texels, to: Similarity): void {
    const { width: columns, height: rows } = this.size;
    const texel = 2 ** level;
    const step = to.scale / texel;
    const left = (columns / 2 + to.x - (to.scale * columns) / 2) / texel;
    const top = (rows / 2 - to.y - (to.scale * rows) / 2) / texel;
    const tent = tentOf(to.scale);
    const across = tapsOf({ origin: left, step, pixels: columns, begin: x, count: width }, tent);
    const down = tapsOf({ origin: top, step, pixels: rows, begin: y, count: height }, tent);
    const span = across.to - across.from;
    if (span === 0 || down.to === down.from) return;
    const lines = new Float64Array(CHANNELS * span * height);
    for (let row = 0; row < height; row++) {
      const line = CHANNELS * row * width;
      for (let k = 0, at = CHANNELS * row * span; k < span; k++, at += CHANNELS) {
        let [red, green, blue, share] = [0, 0, 0, 0];
        const first = across.first[k] as number;
        const end = Math.min(across.most, width - first);
        for (let m = 0, from = line + CHANNELS * first; m < end; m++, from += CHANNELS) {
          const weight = across.weights[k * across.most + m] as number;
          red += weight * (values[from] as number);
          green += weight * (values[from + 1] as number);
          blue += weight * (values[from + 2] as number);
          share += weight * (values[from + 3] as number);
        }
        lines[at] = red;
        lines[at + 1] = green;
        lines[at + 2] = blue;
        lines[at + 3] = share;
      }
    }
    for (let k = 0; k < down.to - down.from; k++) {
      const first = down.first[k] as number;
      const end = Math.min(down.most, height - first);
      const target = CHANNELS * ((down.from + k) * columns + across.from);
      for (let m = 0; m < end; m++) {
        const weight = down.weights[k * down.most + m] as number;
        const line = CHANNELS * (first + m) * span;
        for (let i = 0; i < CHANNELS * span; i++) this.sums[target + i]! += weight * (lines[line + i] as number);
      }
    }
  }

  /** Texel by texel, to the pixels around it. */
  private addTurned({ level, x, y, width, height, values }: Texels, to: Similarity): void {
    const { width: columns, height: rows } = this.size;
    const texel = 2 ** level;
    const tent = tentOf(to.scale);
    const reach = tent + 0.5;
    const share = (texel / to.scale) ** 2;
    const [cos, sin] = [to.cos / to.scale ** 2, to.sin / to.scale ** 2];
    for (let row = 0, at = 0; row < height; row++) {
      const up = rows / 2 - (y + row + 0.5) * texel - to.y;
      for (let column = 0; column < width; column++, at += CHANNELS) {
        if (values[at + 3] === 0) continue;
        const right = (x + column + 0.5) * texel - columns / 2 - to.x;
        const px = columns / 2 + right * cos + up * sin;
        const py = rows / 2 - (up * cos - right * sin);
        const [firstX, lastX] = [Math.ceil(px - reach - 0.5), Math.floor(px + reach - 0.5)];
        for (let j = Math.ceil(py - reach - 0.5); j <= py + reach - 0.5; j++) {
          if (j < 0 || j >= rows) continue;
          const down = share * weightAt(j + 0.5 - py, tent);
          for (let i = Math.max(0, firstX); i <= lastX && i < columns; i++) {
            const weight = down * weightAt(i + 0.5 - px, tent);
            const target = CHANNELS * (j * columns + i);
            for (let c = 0; c < CHANNELS; c++) this.sums[target + c]! += weight * (values[at + c] as number);
          }
        }
      }
    }
  }

  /** 8-bit sRGB, 3 bytes a pixel. @throws Error for a pixel without samples */
  pixels(): Uint8Array {
    const rgb = new Uint8Array((3 * this.sums.length) / CHANNELS);
    for (let from = 0, to = 0; to < rgb.length; from += CHANNELS, to += 3) {
      const share = this.sums[from + 3] as number;
      if (!(share > 0)) throw new Error(`pixel ${to / 3} of a frame has no samples`);
      for (let c = 0; c < 3; c++) rgb[to + c] = toLevel(Math.min(1, (this.sums[from + c] as number) / share));
    }
    return rgb;
  }
}
