/** Changes for many listeners: soon after a rest, and not too often. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf } from '../../src/service/http/changes.js';

test('news after a rest are told at once, a burst of them as one, and then ten times a second', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let change: (id: string) => void = assert.fail;
  let time = 1_000;
  const pass = (ms: number) => {
    time += ms;
    t.mock.timers.tick(ms);
  };
  const service = {
    watch(act: (id: string) => void) {
      change = act;
      return () => undefined;
    },
  };
  const changes = changesOf(service, () => time);
  const heard: (readonly string[])[] = [];
  changes.onAny((ids) => heard.push(ids));
  for (const id of ['a', 'b', 'a']) change(id);
  pass(1);
  assert.deepEqual(heard, [['a', 'b']]);
  for (let k = 0; k < 50; k++) {
    change('c');
    pass(1);
  }
  assert.equal(heard.length, 4, 'the others wait');
  pass(100);
  assert.deepEqual(heard.at(-1), ['c']);
  assert.equal(heard.length, 5, 'and are told together');
  changes.close();
});
