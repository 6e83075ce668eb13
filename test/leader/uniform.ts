/** Jobs of renders of one size, with one scene. */

import type { RenderShape } from '../../src/leader/schedule/events.js';

export function uniform(count: number, width: number, height: number, perPixel = 1): RenderShape[] {
  return new Array<RenderShape>(count).fill({ width, height, perPixel, scene: 0 });
}
