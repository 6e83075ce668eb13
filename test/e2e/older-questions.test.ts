/** `fractal request` without a file on a terminal: it asks for each value, and shows what a missing one is. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { POINT_FIELDS } from '../../src/request/older.js';
import { folder, fractal } from './processes.js';
import { serving } from './serve.js';
import { NO_TERMINAL, terminal } from './terminal.js';

const ON_TERMINAL = { timeout: 120_000, skip: NO_TERMINAL };
const ANSWERS: Readonly<Record<string, string>> = {
  point: '-0.75,0.1',
  num_frames: '3',
  frame_width: '48',
  frame_height: '48',
  maxiter: '200',
  end_delta: '0.5',
};

test(
  'each value is asked for with its default, which an empty answer takes, and the film comes',
  ON_TERMINAL,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'), ['--socket', '127.0.0.1:0']);
    const [, address = ''] = await service.said(/requests are answered at (\S+)/);
    const { types, cwd, ended } = terminal(t, `fractal request --to ${address} -o film.mp4`);
    let answer = '';
    for (const [name, missing] of POINT_FIELDS) {
      const question = `${name} [${missing}]: `;
      const seen = await types(answer, new RegExp(`${question.replace(/[[\].]/g, '\\$&')}$`));
      assert.ok(seen.endsWith(question), seen);
      answer = `${ANSWERS[name] ?? ''}\n`;
    }
    await types(answer, /film\.mp4: \d+ bytes/);
    await ended;

    writeFileSync(join(cwd, 'r.json'), JSON.stringify(ANSWERS));
    const words = ['leader', '--local', '1', '-q', '--request', 'r.json', '-o', 'same.mp4'];
    assert.equal((await fractal(t, words, cwd)).code, 0);
    assert.ok(readFileSync(join(cwd, 'film.mp4')).equals(readFileSync(join(cwd, 'same.mp4'))));
  },
);

test('Ctrl-C while it asks ends it without a file, and so does the end of the input', ON_TERMINAL, async (t) => {
  for (const keys of ['\x03', '\x04']) {
    const { types, cwd, ended } = terminal(t, 'fractal request -o film.mp4; echo code $?');
    await types('', /point \[.*\]: $/);
    await types(keys, /error: INTERRUPTED: .*code 130/s);
    assert.match(await ended, /INTERRUPTED/);
    assert.ok(!existsSync(join(cwd, 'film.mp4')));
  }
});

test('a value that is wrong is the answer of the service', ON_TERMINAL, async (t) => {
  const service = await serving(t, join(folder(t), 'data'), ['--socket', '127.0.0.1:0']);
  const [, address = ''] = await service.said(/requests are answered at (\S+)/);
  const { types } = terminal(t, `fractal request --to ${address} -o film.mp4; echo code $?`);
  await types('here\n', /num_frames/);
  await types('\n'.repeat(POINT_FIELDS.length - 1), /error: JOB_STATE: the service: REQUEST_FILE: .*"point".*code 1/s);
});
