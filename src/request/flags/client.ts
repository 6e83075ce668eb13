/** Flags of the commands that talk to `fractal serve`. */

import type { CommandName, FlagTable } from './flag.js';
import { httpUrl, oneOf, someText, text, whole, yesNo } from './schemas.js';

const group = 'Service';
const CLIENTS = [
  ...['submit', 'jobs', 'wait', 'get', 'logs', 'status', 'top'],
  ...['cancel', 'pause', 'resume', 'requeue'],
] as const satisfies readonly string[] as readonly CommandName[];
const WITH_IDS = ['wait', 'get', 'cancel', 'pause', 'resume', 'requeue'] as const;
const WITH_ID = ['logs', 'status'] as const;

export const JOB_STATES = ['queued', 'running', 'pausing', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
const ID = /^[0-9a-z]{1,40}$/;
const idMessage = { message: 'the id of a job: small letters and digits' };

export const CLIENT_FLAGS = {
  url: {
    group,
    commands: CLIENTS,
    value: 'URL',
    schema: httpUrl,
    describe: 'of the service; its token is in FRACTAL_TOKEN',
    defaultText: 'FRACTAL_URL, or else http://127.0.0.1:8080',
  },
} as const satisfies FlagTable;

export const IDS_FLAGS = {
  id: {
    group: 'Jobs',
    commands: WITH_IDS,
    value: 'ID',
    words: true,
    repeatable: true,
    schema: text.refine((v) => v.split('\n').every((one) => ID.test(one)), idMessage).transform((v) => v.split('\n')),
    describe: 'of the job; --id may be left out, and there may be several',
  },
} as const satisfies FlagTable;

export const ID_FLAGS = {
  id: {
    group: 'Jobs',
    commands: WITH_ID,
    value: 'ID',
    words: true,
    schema: text.regex(ID, idMessage),
    describe: 'of the job; --id may be left out',
  },
} as const satisfies FlagTable;

/** What `fractal submit` renders in the place of a fractal. */
export const SUBMIT_SCENE_FLAGS = {
  scene: {
    group: 'Job',
    commands: ['submit'],
    value: 'SCENE',
    schema: someText('a folder or a file'),
    describe: 'a .pov, or a folder with one, instead of a fractal: its files are sent once',
  },
} as const satisfies FlagTable;

export const SUBMIT_FLAGS = {
  'idempotency-key': {
    group: 'Job',
    commands: ['submit'],
    value: 'KEY',
    schema: text.regex(/^[\x20-\x7e]{1,255}$/, { message: 'a text of 1 to 255 ASCII characters' }),
    describe: 'the same request with the same key is the same job, however often it is sent',
    defaultText: 'a new one',
  },
  wait: { group: 'Job', commands: ['submit'], schema: yesNo, describe: 'wait for the end of the job, as fractal wait' },
} as const satisfies FlagTable;

export const JOBS_FLAGS = {
  state: {
    group: 'Jobs',
    commands: ['jobs'],
    value: 'STATES',
    schema: text.refine((v) => v.split(',').every((one) => JOB_STATES.some((state) => state === one)), {
      message: `one of ${JOB_STATES.join(', ')}, or several with commas between`,
    }),
    choices: JOB_STATES,
    describe: 'jobs in these states only, with commas between',
  },
  owner: {
    group: 'Jobs',
    commands: ['jobs'],
    value: 'NAME',
    schema: someText('a name'),
    describe: 'jobs of this owner',
  },
  sort: {
    group: 'Jobs',
    commands: ['jobs'],
    value: 'FIELD',
    schema: oneOf('submitted', '-submitted', 'priority', '-priority', 'ended', '-ended'),
    describe: 'submitted, priority, ended; --sort=-ended: the highest first',
    default: '-submitted',
  },
  limit: {
    group: 'Jobs',
    commands: ['jobs'],
    value: 'N',
    schema: whole(1, 1_000_000),
    describe: 'at most so many',
    default: '50',
  },
} as const satisfies FlagTable;

export const GET_FLAGS = {
  outfile: {
    group: 'Jobs',
    commands: ['get'],
    value: 'PATH',
    schema: someText('a file or folder'),
    describe: 'folder for the files, or the name of the file when there is one',
    alias: 'o',
    defaultText: 'the working folder, under their own names',
  },
} as const satisfies FlagTable;

export const LOGS_FLAGS = {
  follow: {
    group: 'Jobs',
    commands: ['logs'],
    schema: yesNo,
    describe: 'go on until the end of the job',
    alias: 'f',
  },
} as const satisfies FlagTable;

export const TOP_FLAGS = {
  interval: {
    group: 'Reports',
    commands: ['top'],
    value: 'SECONDS',
    schema: whole(1, 3600),
    describe: 'between two looks',
    default: '2',
  },
  count: {
    group: 'Reports',
    commands: ['top'],
    value: 'N',
    schema: whole(1, 1_000_000_000),
    describe: 'look so often, then end',
    defaultText: 'until Ctrl-C',
  },
} as const satisfies FlagTable;

export const CLIENT_REPORT_FLAGS = {
  json: {
    group: 'Reports',
    commands: ['submit', 'jobs', 'wait', 'status'],
    schema: yesNo,
    describe: 'print one line of JSON, for scripts',
  },
} as const satisfies FlagTable;

/** All of these, in the order of the help text. */
export const CLIENT_TABLES: readonly FlagTable[] = [
  ID_FLAGS,
  IDS_FLAGS,
  JOBS_FLAGS,
  GET_FLAGS,
  LOGS_FLAGS,
  TOP_FLAGS,
  SUBMIT_SCENE_FLAGS,
  SUBMIT_FLAGS,
  CLIENT_REPORT_FLAGS,
  CLIENT_FLAGS,
];
