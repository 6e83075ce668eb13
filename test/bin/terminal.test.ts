/** Which events a user sees, by --quiet, --verbose and --log-level. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminal } from '../../bin/terminal.js';
import { type Verbosity, verbosityOf } from '../../bin/verbosity.js';
import type { AppEvent } from '../../src/app/events.js';
import { REPORT_FLAGS } from '../../src/request/flags/report.js';
import { type RawFlags, valuesOf } from '../../src/request/values.js';

const EVENTS: AppEvent[] = [
  { kind: 'stage', stage: 'prepare', state: 'done', seconds: 1.5 },
  { kind: 'log', level: 'info', text: 'a line' },
  { kind: 'log', level: 'warn', text: 'be careful' },
  { kind: 'log', level: 'warn', text: 'all is black', always: true },
  { kind: 'dial', worker: 'a:1', state: 'ended', reason: 'it\nended' },
  { kind: 'recalled', frame: 2, pixels: 100, missing: 40 },
];

function shown(verbosity: Verbosity): string[] {
  let text = '';
  const stream = { isTTY: false, columns: 80, write: (more: string) => (text += more) };
  const { emit, close } = terminal(stream as unknown as NodeJS.WriteStream, verbosity);
  for (const event of EVENTS) emit(event);
  close();
  return text.split('\n').slice(0, -1);
}

test('each level prints its own lines and those of the levels before it', () => {
  const [info, warn, essential] = ['a line', 'warning: be careful', 'warning: all is black'] as const;
  assert.deepEqual(shown('error'), []);
  assert.deepEqual(shown('quiet'), [essential]);
  assert.deepEqual(shown('warn'), [warn, essential]);
  assert.deepEqual(shown('info'), [info, warn, essential]);
  assert.deepEqual(shown('debug'), [
    'debug: stage prepare took 1.500 s',
    ...[info, warn, essential],
    'debug: session with a:1 ended: it ended',
    'debug: store: frame 2: 60 of 100 pixels found',
  ]);
});

const verbosityFor = (raw: RawFlags) => verbosityOf(valuesOf(REPORT_FLAGS, raw));

test('the flags of verbosity: one of them, and known levels', () => {
  assert.equal(verbosityFor({}), 'info');
  assert.equal(verbosityFor({ quiet: 'true' }), 'quiet');
  assert.equal(verbosityFor({ json: 'true' }), 'quiet');
  assert.equal(verbosityFor({ json: 'true', 'log-level': 'info' }), 'info');
  assert.equal(verbosityFor({ verbose: 'true', quiet: 'false' }), 'debug');
  assert.equal(verbosityFor({ 'log-level': 'warn' }), 'warn');
  assert.throws(
    () => verbosityFor({ quiet: 'true', 'log-level': 'info' }),
    /--quiet and --log-level: give one of them/,
  );
  assert.throws(
    () => verbosityFor({ 'log-level': 'loud' }),
    /--log-level "loud" is not one of error, warn, info, debug/,
  );
});
