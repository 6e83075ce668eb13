/** The content of scenes and tasks that POV-Ray renders, translated both ways. */

import type { PovrayScene__Output, PovrayScene as WirePovrayScene } from '../../gen/fractal/v1/PovrayScene.js';
import type { PovrayTask__Output, PovrayTask as WirePovrayTask } from '../../gen/fractal/v1/PovrayTask.js';
import type { PovrayScene, PovrayTask } from '../work/povray/scene.js';
import { BOUNDS, checkCount, checkText } from './bounds.js';
import type { Nested } from './shape.js';
import { missing } from './wire-bytes.js';
import { digestsOf, wireDigests } from './wire-digests.js';

/** The field of PovrayScene that is a message; PovrayTask has none. */
export const POVRAY_SCENE_SHAPE: Nested = { 8: {} };
export const POVRAY_TASK_SHAPE: Nested = {};

export function wirePovrayScene({ files, options, animation, limits, ...rest }: PovrayScene): WirePovrayScene {
  return {
    paths: files.map(({ path }) => path).join('\n'),
    digests: wireDigests(files.map(({ digest }) => digest)),
    options: options.join('\n'),
    ...{ main: rest.main, width: rest.width, height: rest.height, bits: rest.bits },
    ...(animation ? { animation } : {}),
    ...limits,
  };
}

/** @throws FractalError PROTOCOL */
export function povraySceneOf(wire: PovrayScene__Output): PovrayScene {
  const { main, width, height, bits, animation, seconds, memory } = wire;
  checkText('main file', main, BOUNDS.text);
  const paths = linesOf('paths', wire.paths, BOUNDS.povrayPaths);
  const digests = digestsOf(wire.digests, BOUNDS.assets);
  if (paths.length !== digests.length) throw missing(`digest for each of ${paths.length} paths`);
  if (bits !== 8 && bits !== 16) throw missing('number of bits that a pixel can have');
  return {
    kind: 'povray',
    files: paths.map((path, k) => ({ path, digest: digests[k] as string })),
    ...{ main, width, height, bits },
    options: linesOf('options', wire.options, BOUNDS.povrayOptions),
    ...(animation ? { animation: animationOf(animation) } : {}),
    limits: { seconds, memory },
  };
}

function animationOf(wire: NonNullable<PovrayScene__Output['animation']>): NonNullable<PovrayScene['animation']> {
  const { first, last, initialClock, finalClock, cyclic } = wire;
  for (const clock of [initialClock, finalClock]) checkText('clock', clock, BOUNDS.name);
  return { first, last, initialClock, finalClock, cyclic };
}

export function wirePovrayTask({ rect, frame, clock = '', declares }: PovrayTask): WirePovrayTask {
  const { x, y, width, height } = rect;
  const variables = declares.map(({ name, value }) => `${name}=${value}`).join('\n');
  return { ...{ x, y, width, height, clock, declares: variables }, ...(frame === undefined ? {} : { frame }) };
}

/** @throws FractalError PROTOCOL */
export function povrayTaskOf(wire: PovrayTask__Output): PovrayTask {
  const { x, y, width, height, frame, clock } = wire;
  checkText('clock', clock, BOUNDS.name);
  return {
    kind: 'povray',
    rect: { x, y, width, height },
    ...(wire._frame === undefined || frame === undefined ? {} : { frame }),
    ...(clock === '' ? {} : { clock }),
    declares: linesOf('variables', wire.declares, BOUNDS.povrayDeclares).map(declareOf),
  };
}

function declareOf(text: string): PovrayTask['declares'][number] {
  const at = text.indexOf('=');
  if (at < 0) throw missing('value of a variable');
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** The whole task as text, for its checksum. */
export function textOfPovray({ x, y, width, height, frame, clock, declares }: WirePovrayTask): string {
  return `povray ${x} ${y} ${width} ${height} ${frame ?? ''} ${clock ?? ''}\n${declares ?? ''}`;
}

/** @throws FractalError PROTOCOL for more characters than `most` */
function linesOf(what: string, text: string, most: number): string[] {
  checkCount(`characters of ${what}`, text.length, most);
  return text === '' ? [] : text.split('\n');
}
