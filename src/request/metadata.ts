/**
 * A request as the flags that make it: what is written into pictures and films, so that each can be rendered again.
 * Only what shapes the picture, every value of it, in a fixed order: the same request has the same text, whichever
 * machines computed it. `parseRequest` of these flags is the same request again.
 */

import type { Flag } from './flags/flag.js';
import { PICTURE_FLAGS } from './flags/index.js';
import type { PictureFlag, RawRequest } from './parse.js';
import { type Request, stillOf } from './request.js';

/** The order of the parameters in pictures so far; flags that are not listed follow. */
const ORDER: readonly PictureFlag[] = [
  ...(['formula', 'power', 'julia-re', 'julia-im', 'xpos', 'ypos', 'zoom', 'rotate', 'flip'] as const),
  ...(['width', 'height', 'iters', 'bailout', 'method', 'smoothness', 'samples', 'seed', 'exact'] as const),
  ...(['color-mode', 'palette', 'step', 'density', 'offset', 'interpolation', 'interior', 'legacy-colors'] as const),
  ...(['slope', 'slope-angle', 'frames', 'fps', 'zoom-end', 'xpos-end', 'ypos-end', 'ease'] as const),
];

const ENTRIES: readonly (readonly [name: string, flag: Flag])[] = [
  ...new Map<string, Flag>([...ORDER.map((name) => [name, PICTURE_FLAGS[name]] as const), ...entries()]),
];

function entries(): [string, Flag][] {
  return Object.entries<Flag>(PICTURE_FLAGS);
}

/** The flags that shape a picture, not where it goes or which machines compute it. */
export const SHAPING_FLAGS: ReadonlySet<string> = namesOf(({ shapes }) => shapes !== undefined);

/** Those of them that leave its samples as they are: colours, speed of a film. */
export const PRESENTATION_FLAGS: ReadonlySet<string> = namesOf(({ shapes }) => shapes === 'presentation');

function namesOf(chosen: (flag: Flag) => boolean): ReadonlySet<string> {
  return new Set(entries().flatMap(([name, flag]) => (chosen(flag) ? [name] : [])));
}

/** Of the whole film, or of one of its frames as a still. @throws FractalError PALETTE_UNKNOWN, PALETTE_INVALID */
export function pictureFlags(request: Request, frame?: number): RawRequest {
  const shown = frame === undefined ? request : stillOf(request, frame);
  const values = ENTRIES.map(([name, { metadata }]) => [name, metadata?.(shown)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** The same as JSON, in ASCII: it goes into any container. */
export function parametersOf(request: Request, frame?: number): string {
  const ascii = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(pictureFlags(request, frame)).replace(/[^\x20-\x7e]/g, ascii);
}
