/** What messages call a keyframe of a film. */

import type { FilmOrder } from '../film/showing.js';
import { zoomText } from '../view/zoom-text.js';

/** "the keyframe of zoom 1.3e30, for frames 12 to 80". `keyframe`: by the order. */
export function keyframeName({ keyframes, needed, lastUse }: FilmOrder, keyframe: number): string {
  const zoom = zoomText(keyframes[keyframe]?.camera.zoom ?? '');
  const first = needed.findIndex((count) => count > keyframe);
  const last = Math.max(...(lastUse[keyframe] ?? [first]));
  const frames = first === last ? `frame ${first}` : `frames ${first} to ${last}`;
  return `the keyframe of zoom ${zoom}, for ${frames}`;
}
