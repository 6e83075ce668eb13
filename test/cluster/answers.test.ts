/** The lengths of answers that a leader takes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answers } from '../../src/cluster/answers.js';
import { RANK, taskOf } from '../worker/views.js';

/** Answers to one assignment, of epoch 1 of job 1. */
function due(answerBytes?: number | { readonly most: number }): Answers {
  const answers = new Answers();
  answers.sent({ kind: 'open', job: 1, name: 'job', kernel: 'simd', assets: [], ...RANK });
  const work = taskOf({ x: 0, y: 0, width: 1, height: 1 });
  const assignment = { shard: 0, epoch: 1, scene: 0, render: 0, work };
  answers.sent({ kind: 'assign', job: 1, assignment, ...(answerBytes === undefined ? {} : { answerBytes }) });
  return answers;
}

test('an answer has the length that is due', () => {
  due(24).check(1, 1, 24);
  for (const bytes of [23, 25])
    assert.throws(() => due(24).check(1, 1, bytes), { code: 'PROTOCOL', message: /has \d+ bytes, not 24$/ });
});

test('an answer whose length is not known has at most so many bytes', () => {
  for (const bytes of [0, 24]) due({ most: 24 }).check(1, 1, bytes);
  assert.throws(() => due({ most: 24 }).check(1, 1, 25), { code: 'PROTOCOL', message: /25 bytes, not at most 24$/ });
});

test('an answer that is due at any length is taken, one that is not due is not', () => {
  due().check(1, 1, 1 << 28);
  assert.throws(() => due().check(1, 2, 1), { code: 'PROTOCOL' });
});
