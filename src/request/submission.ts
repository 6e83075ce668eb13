/**
 * A job as clients send it: a request file (file.ts) with the flags of flags/job.ts. It names no files of the service's
 * machine, and no workers: these are the service's own.
 */

import { FractalError } from '../errors.js';
import { outfileOf } from '../render/outfile.js';
import { findPalette } from '../render/palette.js';
import { paletteFileOf } from '../render/palette-files/read.js';
import { textureName } from '../render/texture-file.js';
import { parseRequestFile } from './file.js';
import { PICTURE_FLAGS, REQUEST_FLAGS } from './flags/index.js';
import { JOB_FLAGS } from './flags/job.js';
import { requestOf } from './parse.js';
import { isScene, orderedFiles, orderedScene, SCENE_ORDER_FLAGS } from './povray/order.js';
import { type Film, frameCount, type Request } from './request.js';
import { invalid, type RawFlags, shorten, valuesOf } from './values.js';

export interface SubmittedRequest {
  /** Flags as text, which `orderedRequest` reads again. */
  readonly order: RawFlags;
  /** Pixels of all frames. */
  readonly pixels: number;
  /** Of a POV-Ray scene: what is rendered. */
  readonly scene?: ReturnType<typeof orderedScene>;
  /** Digests of the files that clients send before it. */
  readonly files: readonly string[];
  readonly priority: number;
  readonly owner?: string;
  readonly webhook?: string;
  /** Milliseconds since 1970. */
  readonly deadline?: number;
}

/** Flags of a picture that name a file, and may not. */
const FILES: ReadonlySet<string> = new Set(['location', 'audio', 'request']);
/** Other flags that a job may have. */
const MORE = ['verify', 'keep-samples'] as const;

/** `text`: of a JSON object. @throws FractalError REQUEST_FILE, REQUEST_INVALID, VIEW_TOO_LARGE */
export function readSubmission(text: string): SubmittedRequest {
  const flags = parseRequestFile(text, 'the job', { ...SCENE_ORDER_FLAGS, ...JOB_FLAGS, scene: { object: true } });
  const order: RawFlags = {};
  const fields: RawFlags = {};
  const checked = isScene(flags) ? checkedSceneName : checkedName;
  for (const [name, value] of Object.entries(flags)) {
    if (Object.hasOwn(JOB_FLAGS, name)) fields[name] = value;
    else order[checked(name)] = value;
  }
  return orderSubmission(order, fields);
}

/** The same of flags that were read already. `fields`: of flags/job.ts. @throws FractalError REQUEST_INVALID, VIEW_TOO_LARGE */
export function orderSubmission(order: RawFlags, fields: RawFlags = {}): SubmittedRequest {
  const { priority, owner, webhook, deadline } = valuesOf(JOB_FLAGS, fields);
  return {
    ...(isScene(order) ? sceneOf(order) : { order, pixels: pixelsOf(orderedRequest(order)) }),
    files: digestsOf(order),
    priority,
    ...(owner === undefined ? {} : { owner }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** Digests of the files that a job needs, which clients send. `order`: one that was read. */
export function digestsOf(order: RawFlags): readonly string[] {
  if (isScene(order)) return orderedFiles(order).map(({ digest }) => digest);
  const { digest } = textureName(order.texture ?? '');
  return digest ? [digest] : [];
}

/** Its size and outfiles are in the order, so that they are seen without the scene. */
function sceneOf(order: RawFlags): Pick<SubmittedRequest, 'order' | 'pixels' | 'scene'> {
  const scene = orderedScene(order);
  const { width, height, outfiles } = scene.request;
  for (const name of outfiles) requirePlainName(name);
  const shown = { width: String(width), height: String(height), outfile: outfiles.join('\n') };
  return { order: { ...order, ...shown }, pixels: pixelsOf(scene.request), scene };
}

function pixelsOf({
  width,
  height,
  film,
}: Pick<Request, 'width' | 'height'> & { film: Pick<Film, 'first' | 'last'> }): number {
  return width * height * frameCount(film);
}

/** What is to be changed of a job: priority and owner. @throws FractalError REQUEST_FILE, REQUEST_INVALID */
export function parseRevision(text: string): { readonly priority?: number; readonly owner?: string } {
  const { priority, owner } = JOB_FLAGS;
  const flags = parseRequestFile(text, 'the change', { priority, owner });
  const other = Object.keys(flags).find((name) => name !== 'priority' && name !== 'owner');
  if (other !== undefined)
    throw new FractalError('REQUEST_FILE', `the change: "${other}" of a job cannot be changed: submit another job`);
  const given = valuesOf({ priority, owner }, flags);
  return {
    ...(flags.priority === undefined ? {} : { priority: given.priority }),
    ...(given.owner === undefined ? {} : { owner: given.owner }),
  };
}

/**
 * The request of a job. Its outfiles are names without a folder.
 * @throws FractalError REQUEST_INVALID, VIEW_TOO_LARGE, OUTFILE_FORMAT, PALETTE_UNKNOWN, PALETTE_INVALID
 */
export function orderedRequest(order: RawFlags): Request {
  const request = requestOf(valuesOf(PICTURE_FLAGS, order));
  for (const name of request.outfiles) {
    requirePlainName(name);
    outfileOf(name, frameCount(request.film), request.width, request.height);
  }
  if (paletteFileOf(request.colours.palette))
    throw invalid(`--palette "${shorten(request.colours.palette)}" is a file: give its colours as JSON instead`);
  const { texture } = request.colours.patterns ?? {};
  if (texture) requireSent(texture.spec);
  findPalette(request.colours.palette);
  return request;
}

/** A job reads no file but those that clients send. @throws FractalError REQUEST_INVALID */
function requireSent(texture: string): void {
  const { file, digest } = textureName(texture);
  if (digest === undefined)
    throw invalid(
      `--texture "${shorten(texture)}" does not say which file was sent: PUT /v1/files/SHA256, and give NAME#sha256=SHA256`,
    );
  if (!isPlainName(file)) throw invalid(`--texture "${shorten(file)}" is not a file name without a folder`);
}

/** What else a job asks for. @throws FractalError REQUEST_INVALID */
export function orderedOptions(order: RawFlags): { readonly verify: number; readonly keepSamples: boolean } {
  const { verify = 0, 'keep-samples': keepSamples } = valuesOf(REQUEST_FLAGS, order);
  return { verify, keepSamples };
}

/** A job may have this flag. */
export function mayOrder(name: string): boolean {
  return (Object.hasOwn(PICTURE_FLAGS, name) || MORE.some((one) => one === name)) && !FILES.has(name);
}

/** @throws FractalError REQUEST_FILE for a flag that a job may not have */
export function checkedName(name: string): string {
  if (mayOrder(name)) return name;
  const other = Object.hasOwn(SCENE_ORDER_FLAGS, name) ? 'is about a POV-Ray scene' : 'is decided by the service';
  const why = FILES.has(name) ? 'names a file, which a job cannot' : other;
  throw new FractalError('REQUEST_FILE', `the job: "${name}" ${why}: leave it out`);
}

/** The same for a POV-Ray scene. */
function checkedSceneName(name: string): string {
  if (name === 'scene' || Object.hasOwn(SCENE_ORDER_FLAGS, name)) return name;
  const why = mayOrder(name) ? 'has no meaning for a POV-Ray scene' : 'is decided by the service';
  throw new FractalError('REQUEST_FILE', `the job: "${name}" ${why}: leave it out`);
}

/** @throws FractalError REQUEST_INVALID for an outfile in a folder */
export function requirePlainName(name: string): void {
  if (isPlainName(name)) return;
  throw invalid(`--outfile "${shorten(name)}" is not a file name of letters, digits and ._-: leave out folders`);
}

function isPlainName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N} ._%+=@-]{0,99}$/u.test(name) && !name.endsWith('.');
}
