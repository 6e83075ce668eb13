/** The JSON Schema (draft 2020-12) of request files, from the table of flags. */

import type { Flag, FlagSyntax } from './flags/flag.js';
import { FILE_NAMES, flagsOf, REQUEST_FLAGS } from './flags/index.js';
import { JOB_FLAGS } from './flags/job.js';
import { orderedSceneJsonSchema, SCENE_ORDER_FLAGS } from './povray/order.js';
import { mayOrder } from './submission.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Names as --help has them; request files also take them in camelCase and with underscores. */
export function requestJsonSchema(): JsonSchema {
  const properties = Object.entries<Flag>(REQUEST_FLAGS).flatMap(([name, flag]) => {
    const names = [...FILE_NAMES].filter(([, today]) => today === name).map(([one]) => one);
    const syntax = { ...flag, ...flagsOf('leader')[name] };
    return names.map((one) => [
      one,
      one === name ? schemaOf(syntax) : { ...schemaOf(syntax), description: `the same as ${name}` },
    ]);
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Request of fractal',
    description: 'The flags of "fractal leader", for --request. Numbers keep all their digits.',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
    additionalProperties: false,
  };
}

/** Of the body that submits a job (submission.ts): the flags of a request file that a job may have, and those of the job. */
export function submissionJsonSchema(): JsonSchema {
  const ordered = Object.entries<Flag>(REQUEST_FLAGS).filter(
    ([name, { notInFile }]) => mayOrder(name) && notInFile === undefined,
  );
  const help = flagsOf('leader');
  return objectSchema(
    'Flags of the picture or film, and of the job; with "scene" those of a POV-Ray scene. Numbers keep all their digits. Other spellings (camelCase, names of older tools) are understood, too.',
    [
      ...Object.entries(SCENE_ORDER_FLAGS),
      ...ordered.map(([name, flag]) => [name, { ...flag, ...help[name] }] as const),
      ...Object.entries<Flag>(JOB_FLAGS),
    ],
    { scene: orderedSceneJsonSchema() },
  );
}

/** Of the body that changes a job. */
export function revisionJsonSchema(): JsonSchema {
  const { priority, owner } = JOB_FLAGS;
  return objectSchema('What is to be changed of a job.', Object.entries<Flag>({ priority, owner }));
}

function objectSchema(
  description: string,
  flags: readonly (readonly [string, Flag])[],
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const properties = { ...more, ...Object.fromEntries(flags.map(([name, flag]) => [name, schemaOf(flag)])) };
  return { description, type: 'object', properties, additionalProperties: false };
}

/** What a file may hold as the value of a flag. A list is its items with commas between. */
function schemaOf({
  describe,
  value,
  optional,
  negatable,
  default: usual,
  choices,
  object,
}: FlagSyntax & Pick<Flag, 'object'>): JsonSchema {
  const about = { description: describe, ...(usual === undefined ? {} : { default: usual }) };
  const booleans = [...(optional || negatable || value === undefined ? [true, false, 'true', 'false'] : [])];
  if (value === undefined) return { ...about, enum: booleans };
  if (Array.isArray(choices)) return { ...about, enum: [...choices.flatMap(spellings), ...booleans] };
  const items = { type: ['string', 'number'] };
  if (object) return { ...about, type: ['string', 'object'] };
  return { ...about, type: ['string', 'number', 'array', ...(booleans.length > 0 ? ['boolean'] : [])], items };
}

/** "8" may stand as a number, too. */
function spellings(choice: string): (string | number)[] {
  return /^\d+$/.test(choice) ? [choice, Number(choice)] : [choice];
}
