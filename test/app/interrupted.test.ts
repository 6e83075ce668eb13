/** What a film that was ended says that it keeps. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KeptEvent } from '../../src/app/events.js';
import { render } from '../../src/app/render.js';
import type { RawRequest } from '../../src/request/parse.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 120_000 };

test('a film of keyframes and single frames counts both when it is ended, and each by its name', BOUNDED, async (t) => {
  const local = localWorkers(t, 1);
  const julia = (im: string) => ({ 'julia-re': '-0.7', 'julia-im': im });
  // Keyframes, four frames of which each has a constant of its own, keyframes.
  const keyframes = [
    { time: 0, xpos: '0', ypos: '0', zoom: '1', ...julia('0.1'), ease: 'hold' },
    { time: 4, zoom: '1', ...julia('0.1') },
    { time: 9, zoom: '1', ...julia('0.3') },
    { time: 20, zoom: '8', ...julia('0.3') },
  ];
  const film = { path: JSON.stringify({ keyframes }), formula: 'julia', iters: '200', assembly: 'keyframes' };
  /** Ended as soon as so many renders are complete. */
  const ended = async (raw: RawRequest, renders: number): Promise<{ kept: KeptEvent; shown: readonly string[] }> => {
    const controller = new AbortController();
    const { events, emit, lines } = recorder((event) => {
      if (event.kind === 'progress' && event.rendersDone >= renders) controller.abort(new Error('ended'));
    });
    const order = orderOf({ ...raw, outfile: join(folder(t), 'f-%d.png') }, folder(t));
    await assert.rejects(render(order, inProcess(local), { emit, signal: controller.signal }), /ended/);
    const [kept] = events.flatMap((event) => (event.kind === 'kept' ? [event] : []));
    return { kept: kept ?? assert.fail(), shown: lines() };
  };
  const { kept, shown } = await ended(film, 3);
  const [, all] = /assembled from (\d+) keyframes; 4 frames are computed one by one/.exec(shown.join('\n')) ?? [];
  assert.deepEqual([kept.keyframes?.all, kept.frames?.all], [Number(all), 4], shown.join());
  // The first stretch does not move: one keyframe, then frames.
  assert.equal(kept.keyframes?.done, 1);
  assert.ok((kept.frames?.done ?? 0) >= 2, `${kept.frames?.done} single frames`);
  const single = await ended({ ...film, assembly: 'frames' }, 3);
  assert.equal(single.kept.keyframes, undefined);
  assert.equal(single.kept.frames?.all, 21);
});
