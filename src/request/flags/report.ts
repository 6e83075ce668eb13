/** Flags about what is printed, and when a run ends; log.ts has those that the worker takes, too. */

import { type FlagTable, WRITING } from './flag.js';
import { LOG_FLAGS } from './log.js';
import { file, metricsFormat, whole, yesNo } from './schemas.js';

const group = 'Reports';
const HERE = [...WRITING, 'locate'] as const;

export const REPORT_FLAGS = {
  metrics: {
    group,
    commands: ['leader', 'scene'],
    value: 'FORMAT',
    optional: true,
    negatable: true,
    schema: metricsFormat,
    choices: ['text', 'json'],
    describe: 'print metrics of leader and workers at the end, as text or json; without FORMAT text',
  },
  'metrics-file': {
    group,
    commands: ['leader', 'scene'],
    value: 'FILE',
    schema: file,
    describe: 'write the metrics to a file',
  },
  'frame-log': {
    group,
    commands: ['leader'],
    value: 'FILE',
    schema: file,
    describe:
      'write a table of the frames as they are made: number, zoom, seconds, and the command that renders only this frame',
  },
  quiet: { group, commands: [...HERE, 'serve', 'explore'], schema: yesNo, describe: 'print errors only', alias: 'q' },
  ...LOG_FLAGS,
  json: { group, commands: HERE, schema: yesNo, describe: 'print one line of JSON at the end, for scripts' },
  'force-exit': {
    group,
    commands: WRITING,
    schema: yesNo,
    describe: 'exit as soon as the output is written',
  },
  timeout: {
    group,
    commands: HERE,
    value: 'SECONDS',
    schema: whole(1, 10_000_000),
    describe: 'give up after so many seconds',
    defaultText: 'never',
  },
} as const satisfies FlagTable;
