import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppEvent } from '../../src/app/events.js';
import { withResources } from '../../src/app/resources.js';
import { endingWith, orAborted, untilClosed } from '../../src/app/stage.js';

test('what is held is released last one first, after success and after failure', async () => {
  for (const failure of [undefined, new Error('the body failed')]) {
    const released: string[] = [];
    const run = withResources(async ({ hold }) => {
      for (const name of ['file', 'listener', 'timer']) hold(name, (one) => released.push(one));
      if (failure) throw failure;
      return 'result';
    });
    if (failure) await assert.rejects(run, failure);
    else assert.equal(await run, 'result');
    assert.deepEqual(released, ['timer', 'listener', 'file']);
  }
});

test('a release that fails keeps no other from being released', async () => {
  const [failure, body] = [new Error('the release failed'), new Error('the body failed')];
  for (const error of [failure, body]) {
    const released: string[] = [];
    const run = withResources(async ({ hold }) => {
      hold('file', (one) => released.push(one));
      hold('listener', () => Promise.reject(failure));
      if (error === body) throw body;
    });
    await assert.rejects(run, (thrown) => thrown === error);
    assert.deepEqual(released, ['file']);
  }
});

test('what is waited for ends with the signal, and leaves no listener on it', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const counting = Object.assign(Object.create(signal) as AbortSignal, {
    addEventListener: (...args: Parameters<AbortSignal['addEventListener']>) => {
      listeners++;
      signal.addEventListener(...args);
    },
    removeEventListener: (...args: Parameters<AbortSignal['removeEventListener']>) => {
      listeners--;
      signal.removeEventListener(...args);
    },
  });
  Object.defineProperty(counting, 'aborted', { get: () => signal.aborted });
  Object.defineProperty(counting, 'reason', { get: () => signal.reason });
  assert.equal(await orAborted(counting, Promise.resolve(5)), 5);
  await assert.rejects(orAborted(counting, Promise.reject(new Error('no'))), /no/);
  const ending = endingWith(counting);
  assert.equal(listeners, 1);
  ending.release();
  assert.equal(listeners, 0);
  const waiting = orAborted(counting, new Promise(() => {}));
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(waiting, (error) => error === reason);
  assert.equal(listeners, 0);
  assert.equal(endingWith(counting).signal.reason, reason);
});

test('nothing is reported once the command has ended', () => {
  const event: AppEvent = { kind: 'log', level: 'info', text: 'a line' };
  const events: AppEvent[] = [];
  const { emit, close } = untilClosed((one) => events.push(one));
  emit(event);
  close();
  emit(event);
  assert.deepEqual(events, [event]);
});
