/** The way from a job's page to the explorer. */

import { fragmentOf } from './permalink.js';
import { SCENE_FLAGS } from './scene.js';

/** Of a request without a place: as the command line has it. */
const USUAL = { xpos: '-0.00275', ypos: '0.78912', zoom: '42.43278' };

/** The place of a still, or the first one of a film; undefined: the request has it in another way. */
export function exploreLink(request: Readonly<Record<string, string>>): string | undefined {
  if (request['view-width'] !== undefined || request.path !== undefined || request.scene !== undefined)
    return undefined;
  const { xpos, ypos, zoom, rotate = '0' } = { ...USUAL, ...request };
  const scene = Object.fromEntries(
    SCENE_FLAGS.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]])),
  );
  return `explore${fragmentOf({ place: { re: xpos, im: ypos, zoom, rotation: Number(rotate) }, scene })}`;
}
