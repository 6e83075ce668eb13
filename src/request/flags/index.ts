/**
 * The one table of flags. To add a flag, add an entry to the file of its group; what is derived from the table (command
 * line, help, completion, request files, parameters of pictures) follows, and `make docs` writes docs/flags.md.
 */

import * as z from 'zod';
import { ACCESS_FLAGS } from './access.js';
import { AUTOSCALE_FLAGS } from './autoscale.js';
import { CERTS_FLAGS } from './certs.js';
import { CLIENT_TABLES } from './client.js';
import { CLUSTER_FLAGS } from './cluster.js';
import { COLOUR_FLAGS } from './colour.js';
import { EXPLORE_FLAGS } from './explore.js';
import { FILM_FLAGS } from './film.js';
import type { CommandName, Flag, FlagSyntax, FlagTable } from './flag.js';
import { INSTALL_FLAGS } from './install.js';
import { JOB_FLAGS } from './job.js';
import { OLDER_FLAGS } from './older.js';
import { OUTPUT_FLAGS } from './output.js';
import { PALETTES_FLAGS } from './palettes.js';
import { PATTERN_FLAGS } from './patterns.js';
import { PREVIEW_FLAGS } from './preview.js';
import { QUALITY_FLAGS } from './quality.js';
import { REPORT_FLAGS } from './report.js';
import { SCENE_FLAGS } from './scene.js';
import { SERVE_FLAGS } from './serve.js';
import { START_FLAGS } from './start.js';
import { STORE_FLAGS } from './store.js';
import { VIEW_FLAGS } from './view.js';
import { WORKER_FLAGS } from './worker.js';

/** What a `Request` is made of: the picture or film, its outfile, how it is computed. */
export const PICTURE_FLAGS = {
  ...VIEW_FLAGS,
  ...QUALITY_FLAGS,
  ...COLOUR_FLAGS,
  ...PATTERN_FLAGS,
  ...FILM_FLAGS,
  ...OUTPUT_FLAGS,
};

/** All flags of the commands about a view, in the order of the help text; what a request file may hold. */
export const REQUEST_FLAGS = {
  ...CLUSTER_FLAGS,
  ...ACCESS_FLAGS,
  ...START_FLAGS,
  ...PICTURE_FLAGS,
  ...PREVIEW_FLAGS,
  ...STORE_FLAGS,
  ...REPORT_FLAGS,
};

/** A name may stand in several tables, as long as no command takes two flags of that name. */
export const TABLES: readonly FlagTable[] = [
  WORKER_FLAGS,
  SERVE_FLAGS,
  EXPLORE_FLAGS,
  CERTS_FLAGS,
  INSTALL_FLAGS,
  PALETTES_FLAGS,
  OLDER_FLAGS,
  JOB_FLAGS,
  ...CLIENT_TABLES,
  AUTOSCALE_FLAGS,
  REQUEST_FLAGS,
  SCENE_FLAGS,
];

const ENTRIES: readonly (readonly [name: string, flag: Flag])[] = TABLES.flatMap((table) => Object.entries(table));

/** The entries of a command's flags, by name. */
export function tableOf(command: CommandName): FlagTable {
  return Object.fromEntries(ENTRIES.filter(([, { commands }]) => commands.includes(command)));
}

/** The flags of a command by name, in the order of its help text, older names as hidden flags behind them. */
export function flagsOf(command: CommandName): Readonly<Record<string, FlagSyntax>> {
  const own = Object.entries(tableOf(command)).map(
    ([name, flag]) => [name, { ...flag, ...choicesOf(flag), ...flag.on?.[command] }] as const,
  );
  const older = own.flatMap(([, flag]) => (flag.older ?? []).map((name) => [name, { ...flag, hidden: true }] as const));
  return Object.fromEntries([...own, ...older]);
}

/** A schema that lists names is the list for the completion. */
function choicesOf({ choices, schema }: Flag): Pick<FlagSyntax, 'choices'> {
  if (choices !== undefined) return { choices };
  return schema instanceof z.ZodEnum ? { choices: schema.options.map(String) } : {};
}

/** Today's name of a flag for each older one. */
export const OLDER_NAMES: ReadonlyMap<string, string> = namesIn(({ older = [] }) => older);

/** The flag that each name in a request file means, but those that may not stand there. */
export const FILE_NAMES: ReadonlyMap<string, string> = namesIn(({ notInFile, older = [], fileNames = [] }, name) =>
  notInFile === undefined ? [name, ...older, ...fileNames] : [],
);

/** Pairs of flags of which one replaces the other. */
export const ALTERNATIVES: readonly (readonly [string, string])[] = Object.entries<Flag>(REQUEST_FLAGS).flatMap(
  ([name, { insteadOf }]) => (insteadOf === undefined ? [] : [[insteadOf, name] as const]),
);

function namesIn(namesOf: (flag: Flag, name: string) => readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    Object.entries<Flag>(REQUEST_FLAGS).flatMap(([name, flag]) => namesOf(flag, name).map((one) => [one, name])),
  );
}
