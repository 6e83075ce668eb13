/** Stacks name the TypeScript: in tests, in the program and in its threads, which run from packed files. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { start } from './processes.js';

const FRAME = /^ +at .*?\(?(?:file:\/\/)?(\/[^():]+\.ts):(\d+):\d+\)?$/m;

/** The line of the sources that the first frame of a stack names. */
function sourceOf(stack: string): string {
  const [, file, row] = FRAME.exec(stack) ?? [];
  assert.ok(file, stack);
  return readFileSync(file, 'utf8').split('\n')[Number(row) - 1] as string;
}

test('FRACTAL_DEBUG=1 prints the stack of an error with positions in the TypeScript', async (t) => {
  const words = ['leader', '--local', '1', '--palette', 'missing.json'];
  const { stderr } = await start(t, words, undefined, undefined, { FRACTAL_DEBUG: '1' }).ended;
  assert.match(sourceOf(stderr), /Error\(/);
  assert.doesNotMatch(stderr, /program\.cjs/);
});

const packed = process.env.NODE_V8_COVERAGE ? 'coverage counts modules, not what is packed' : false;

test('the stack of a thread that fails names the TypeScript, too', { skip: packed }, async () => {
  const thread = new Worker(new URL('../../src/worker/thread.cjs', import.meta.url), {
    env: { ...process.env, FRACTAL_DEBUG: '1', NODE_OPTIONS: '' },
  });
  const error = await new Promise<Error>((resolve) => thread.once('error', resolve));
  assert.match(sourceOf(error.stack ?? ''), /workerData/);
});

const mapped = process.env.NODE_OPTIONS?.includes('--enable-source-maps');

test('the stack of a test names its TypeScript', { skip: mapped ? false : 'not started by test/run.mjs' }, () => {
  const { stack = '' } = new Error('here');
  assert.match(sourceOf(stack), /new Error\('here'\)/);
  assert.ok(stack.includes(fileURLToPath(new URL('../../../test/e2e/stacks.test.ts', import.meta.url))));
});
