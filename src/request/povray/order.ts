/**
 * A POV-Ray scene as the order of a job: flags of `fractal scene`, and as the value of `scene`, in JSON, which files it has, by
 * digest, and which of them is rendered.
 */

import * as z from 'zod';
import { FractalError } from '../../errors.js';
import { outfileOf } from '../../render/outfile.js';
import { CLUSTER_FLAGS } from '../flags/cluster.js';
import { FILM_FLAGS } from '../flags/film.js';
import type { Flag } from '../flags/flag.js';
import { OUTPUT_FLAGS } from '../flags/output.js';
import { SCENE_FLAGS } from '../flags/scene.js';
import type { RawFlags } from '../values.js';
import { type Ini, parseIni } from './ini.js';
import { parseScene } from './parse.js';
import type { SceneRequest } from './scene-request.js';

export interface OrderedScene {
  /** The file that is rendered: the path of one of `files`. */
  readonly main: string;
  readonly files: readonly OrderedFile[];
  /** Text of the scene's .ini; absent: it has none. */
  readonly ini?: string;
}

export interface OrderedFile {
  /** In the scene's folder, with '/'. */
  readonly path: string;
  /** SHA-256 of its bytes, in hexadecimal digits. */
  readonly digest: string;
}

export const MOST_FILES = 1_000;
const MOST_PATH = 255;
const MOST_INI = 64 << 10;

const path = z
  .string()
  .max(MOST_PATH)
  .refine(
    (text) =>
      text.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !/[\p{Cc}\\]/u.test(text),
    {
      message: "a path in the scene's folder, with /",
    },
  );

const scene = z.strictObject({
  main: path,
  files: z
    .array(
      z.strictObject({
        path,
        digest: z.string().regex(/^[0-9a-f]{64}$/, { message: 'a SHA-256: 64 hexadecimal digits in lower case' }),
      }),
    )
    .min(1)
    .max(MOST_FILES, { message: `a list of at most ${MOST_FILES} files` }),
  ini: z.string().max(MOST_INI).exactOptional(),
});

/** `scene` among the flags makes the job one of a scene. */
export function isScene(order: RawFlags): boolean {
  return order.scene !== undefined;
}

/** About files and workers of the machine where the command runs. */
const NOT_ORDERED: ReadonlySet<string> = new Set(['scene', 'all-files', 'sandbox', 'audio']);

/** What a job of a scene may have beside `scene`. */
export const SCENE_ORDER_FLAGS: Readonly<Record<string, Flag>> = Object.fromEntries(
  Object.entries<Flag>({ ...FILM_FLAGS, ...OUTPUT_FLAGS, ...SCENE_FLAGS, verify: CLUSTER_FLAGS.verify }).filter(
    ([name, { commands }]) => commands.includes('scene') && !NOT_ORDERED.has(name),
  ),
);

/** @throws FractalError REQUEST_FILE, REQUEST_INVALID, VIEW_TOO_LARGE, OUTFILE_FORMAT */
export function orderedScene({ scene = '', ...flags }: RawFlags): {
  readonly request: SceneRequest;
  readonly files: readonly OrderedFile[];
} {
  const { main, files, ini } = parseOrderedScene(scene);
  const own = ini === undefined ? {} : { ini: { name: "the scene's .ini", content: parseIni(ini) } };
  const request = parseScene(flags, { main, ...own });
  const { first, last } = request.film;
  for (const name of request.outfiles) outfileOf(name, last - first + 1, request.width, request.height);
  return { request, files };
}

/** Its files; none where the order is not one that was accepted. */
export function orderedFiles({ scene = '' }: RawFlags): readonly OrderedFile[] {
  try {
    return parseOrderedScene(scene).files;
  } catch {
    return [];
  }
}

/** As `ini` of a scene: what the program uses of it. */
export function iniText({ values, declares, options }: Ini): string {
  const used = [...values].filter(([key]) => key !== 'input_file_name').map(([key, value]) => `${key}=${value}`);
  return [...used, ...declares.map((one) => `Declare=${one}`), ...options].join('\n');
}

/** `text`: JSON. @throws FractalError REQUEST_FILE */
export function parseOrderedScene(text: string): OrderedScene {
  const found = scene.safeParse(json(text));
  if (!found.success) {
    const { path: keys, message } = found.error.issues[0] as z.core.$ZodIssue;
    throw mistake(`${keys.length > 0 ? `${keys.join('.')} ` : ''}is not as it should be: ${message}`);
  }
  const { main, files } = found.data;
  const paths = new Set<string>();
  for (const one of files) {
    if (paths.has(one.path)) throw mistake(`has two files "${one.path}"`);
    paths.add(one.path);
  }
  if (!paths.has(main)) throw mistake(`has no file "${main}", which it names as main`);
  return found.data;
}

/** The JSON Schema of it. */
export function orderedSceneJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(scene, { io: 'input' });
  return rest;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw mistake(
      'is not a JSON object such as {"main": "scene.pov", "files": [{"path": "scene.pov", "digest": "…"}]}',
    );
  }
}

function mistake(why: string): FractalError {
  return new FractalError(
    'REQUEST_FILE',
    `the job: its scene ${why}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?').slice(0, 400),
  );
}
