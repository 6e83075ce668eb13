/** Checks POV-Ray scenes and tasks: those that come over the wire before they are kept, and a leader's own before they are sent. */

import { FractalError, messageOf } from '../../errors.js';
import { MAX_SIDE } from '../../view/bounds.js';
import { checkOption } from './options.js';
import type { PovrayScene, PovrayTask } from './scene.js';

export const POVRAY_BOUNDS = {
  files: 1_024,
  /** Bytes of a path in UTF-8, and of a name in it. */
  path: 1_024,
  name: 255,
  options: 32,
  declares: 64,
  /** Pixels of a picture: POV-Ray keeps 16 bytes of each. */
  pixels: 1 << 28,
  frames: 10_000_000,
  /** Seconds of a shard: a week. Bytes of memory. */
  seconds: 7 * 86_400,
  memory: { min: 64 << 20, max: 2 ** 40 },
} as const;

const DIGEST = /^[0-9a-f]{64}$/;
/** What POV-Ray takes as one name on its command line, where "-" is its standard input. */
const MAIN = /^(?!-$)[A-Za-z0-9_.+%$/-]+$/;
const NUMBER = /^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[+-]?\d{1,3})?$/i;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Why a scene cannot have a file with this path, if so. */
export function pathFault(path: string): string | undefined {
  if (CONTROL.test(path)) return 'it has control characters';
  if (Buffer.byteLength(path) > POVRAY_BOUNDS.path) return `it is longer than ${POVRAY_BOUNDS.path} bytes`;
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    return 'it does not stay within the folder of the scene';
  if (names.some((name) => Buffer.byteLength(name) > POVRAY_BOUNDS.name)) return 'a name in it is too long';
  return undefined;
}

/** Why this cannot be the file that is rendered, if so. */
export function mainFault(path: string): string | undefined {
  if (MAIN.test(path)) return pathFault(path);
  return 'POV-Ray takes letters, digits and _ - + . % $ only in the name of the file that it renders: rename it';
}

/** @throws FractalError PROTOCOL for a file, a size, an option or a limit that no scene has */
export function validateScene(scene: PovrayScene): void {
  const { files, main, width, height, bits, options, animation, limits } = scene;
  const { pixels, seconds, memory } = POVRAY_BOUNDS;
  checkFiles(scene);
  const fault = mainFault(main);
  if (fault) throw refused(`the main file ${shown(main)}: ${fault}`);
  if (!files.some(({ path }) => path === main))
    throw refused(`the main file ${shown(main)}, which is none of the files`);
  if (!isSide(width) || !isSide(height) || width * height > pixels) throw refused(`pictures of ${width}x${height}`);
  if (bits !== 8 && bits !== 16) throw refused(`pixels of ${bits} bits`);
  if (options.length > POVRAY_BOUNDS.options) throw refused(`${options.length} options of POV-Ray`);
  for (const option of options) checkPassed(option);
  if (animation) checkAnimation(animation);
  if (!(limits.seconds >= 1 && limits.seconds <= seconds)) throw refused(`a limit of ${limits.seconds} seconds`);
  if (!(limits.memory >= memory.min && limits.memory <= memory.max)) throw refused(`a limit of ${limits.memory} bytes`);
}

/** Paths may not be given twice, nor be that of a file and of a folder. */
function checkFiles({ files }: PovrayScene): void {
  if (files.length > POVRAY_BOUNDS.files) throw refused(`${files.length} files, the bound is ${POVRAY_BOUNDS.files}`);
  const [paths, folders] = [new Set<string>(), new Set<string>()];
  for (const { path, digest } of files) {
    const fault = pathFault(path);
    if (fault) throw refused(`the file ${shown(path)}: ${fault}`);
    if (!DIGEST.test(digest)) throw refused(`the digest ${shown(digest)}`);
    if (paths.has(path)) throw refused(`the file ${shown(path)} twice`);
    paths.add(path);
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  }
  for (const path of paths) if (folders.has(path)) throw refused(`${shown(path)} as a file and as a folder`);
}

function checkAnimation({ first, last, initialClock, finalClock }: NonNullable<PovrayScene['animation']>): void {
  const inRange = isWhole(first, 0, POVRAY_BOUNDS.frames) && isWhole(last, first, POVRAY_BOUNDS.frames);
  if (!inRange) throw refused(`frames ${first} to ${last}`);
  for (const clock of [initialClock, finalClock]) if (!NUMBER.test(clock)) throw refused(`the clock ${shown(clock)}`);
}

function checkPassed(option: string): void {
  try {
    checkOption(option);
  } catch (error) {
    throw refused(`an option that is not allowed (${messageOf(error)})`);
  }
}

/** @throws FractalError PROTOCOL for a rectangle, a frame, a clock or variables that cannot be */
export function validateTask({ rect, frame, clock, declares }: PovrayTask, shard: number): void {
  const { x, y, width, height } = rect;
  const inside = isSide(width) && isSide(height) && x >= 0 && y >= 0 && x + width <= MAX_SIDE && y + height <= MAX_SIDE;
  if (!inside || width * height > POVRAY_BOUNDS.pixels) {
    throw refused(`shard ${shard}, ${width}x${height} at (${x}, ${y})`);
  }
  if (frame !== undefined && !isWhole(frame, 0, POVRAY_BOUNDS.frames))
    throw refused(`shard ${shard} of frame ${frame}`);
  if (clock !== undefined && !NUMBER.test(clock)) throw refused(`shard ${shard} at the clock ${shown(clock)}`);
  if (declares.length > POVRAY_BOUNDS.declares) throw refused(`shard ${shard} with ${declares.length} variables`);
  for (const { name, value } of declares) {
    const fault = declareFault(name, value);
    if (fault) throw refused(`shard ${shard} with ${fault}`);
  }
}

/** Why a scene cannot be given this variable, if so. */
export function declareFault(name: string, value: string): string | undefined {
  if (!VARIABLE.test(name)) return `the variable ${shown(name)}, which is no name of at most 40 letters, digits and _`;
  if (!NUMBER.test(value)) return `${name} = ${shown(value)}, which is no decimal number`;
  return undefined;
}

function isSide(pixels: number): boolean {
  return isWhole(pixels, 1, MAX_SIDE);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function refused(why: string): FractalError {
  return new FractalError('PROTOCOL', `the peer sent ${why}`);
}
