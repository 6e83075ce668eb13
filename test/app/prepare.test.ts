/** The decisions before the first shard. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppEvent } from '../../src/app/events.js';
import { methodByDepth } from '../../src/app/method.js';
import { prepare } from '../../src/app/prepare.js';
import { parseRequest } from '../../src/request/parse.js';
import { type Request, viewAt } from '../../src/request/request.js';

const DENSE = { xpos: '-0.7454286', ypos: '0.1130089', iters: '20000', width: '48', height: '27' };

const requestOf = (flags: Record<string, string>) => parseRequest({ ...DENSE, ...flags });
const prepared = (request: Request, emit: (event: AppEvent) => void = () => undefined) =>
  prepare(request, { emit, signal: new AbortController().signal });
const perturbedFrames = (request: Request) =>
  Array.from({ length: request.film.frames }, (_, frame) => viewAt(request, frame).perturbed === true);

test('frames are perturbed from some depth on, whichever way the film goes', async () => {
  const inward = requestOf({ zoom: '2', 'zoom-end': '1308000', frames: '12' });
  const outward = requestOf({ zoom: '1308000', 'zoom-end': '2', frames: '12' });
  const { request } = await prepared(inward);
  const perturbed = perturbedFrames(request);
  const first = perturbed.indexOf(true);
  assert.ok(first > 0 && perturbed.slice(first).every((one) => one), `${perturbed}`);
  assert.deepEqual(perturbedFrames((await prepared(outward)).request), perturbed.reverse());
});

test('a film into depths that doubles do not reach is perturbed there at the latest', async () => {
  const film = requestOf({ zoom: '1', 'zoom-end': '1e40', frames: '20', iters: '500' });
  const { request, reference } = await prepared(film);
  const must = perturbedFrames(methodByDepth(film));
  assert.ok(must.includes(true) && must.includes(false) && reference);
  for (const [frame, perturbed] of perturbedFrames(request).entries()) assert.ok(perturbed || !must[frame]);
});

test('a film of a million frames is prepared without a view for each', async () => {
  const before = process.memoryUsage().heapUsed;
  await prepared(requestOf({ zoom: '1', 'zoom-end': '100', frames: '1000000', iters: '300' }));
  const megabytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  assert.ok(megabytes < 64, `${megabytes.toFixed(0)} MiB`);
});

test('an automatic limit is beyond the first escape, however late that is', async () => {
  const late = parseRequest({
    xpos: '0.356992006738525396399695724115347205',
    ypos: '0.0691411005282446050826514373514151521',
    zoom: '1e19',
    width: '12',
    height: '7',
  });
  const { request } = await prepared(late);
  // By exact integers the first of these points escapes after 1,244,665 iterations.
  assert.ok(request.iterations > 1_500_000 && request.iterations < 1e8, String(request.iterations));
});

test('an interior view gets a warning and the usual limit', async () => {
  const essential: string[] = [];
  const inside = parseRequest({ xpos: '0', ypos: '0', zoom: '100', width: '32', height: '18' });
  const { request } = await prepared(inside, (event) => {
    if (event.kind === 'log' && event.always) essential.push(event.text);
  });
  assert.equal(request.iterations, inside.iterations);
  assert.equal(essential.length, 1);
  assert.match(
    String(essential[0]),
    /no point of a coarse grid escapes within \d\.\de\+14 iterations, .*: move the centre/,
  );
});
