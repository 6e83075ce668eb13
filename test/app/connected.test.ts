/** Commands on workers that are connected already: nothing is dialled for them, and the workers stay. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect } from '../../src/app/connected.js';
import { type RenderWorkers, render } from '../../src/app/render.js';
import { folder } from '../e2e/processes.js';
import { inProcess, localWorkers, never, orderOf, recorder } from './orders.js';

const BOUNDED = { timeout: 60_000 };
const SPIRALS = { xpos: '-0.7436', ypos: '0.1318', zoom: '300', iters: '600' };

async function connected(t: TestContext) {
  const workers = inProcess(localWorkers(t, 2));
  const { emit, events } = recorder();
  const { local, hosts, access } = workers;
  const connection = { session: 'service', np: 0, retries: 0, emit, failed: assert.fail };
  const { fleet, close } = await connect({ local, hosts, access }, connection);
  t.after(close);
  const dials = () => events.filter((event) => event.kind === 'dial').length;
  return { workers, stay: { ...workers, fleet } satisfies RenderWorkers, dials };
}

test(
  'several commands at once on one fleet: the files that each has alone, and one dial to each worker',
  BOUNDED,
  async (t) => {
    const at = folder(t);
    const { workers, stay, dials } = await connected(t);
    const films = ['300', '400', '500'].map((zoom) => ({ ...SPIRALS, zoom, frames: '3', 'zoom-end': '900' }));
    const written = (name: string, on: RenderWorkers) =>
      Promise.all(
        films.map(async (film, k) => {
          const outfile = join(at, `${name}-${k}.%04d.png`);
          const { files } = await render(orderOf({ ...film, outfile }), on, { emit: () => undefined, signal: never });
          return files.map(({ path }) => readFileSync(path));
        }),
      );
    assert.deepEqual(await written('together', stay), await written('alone', workers));
    assert.equal(dials(), 2);
  },
);

test('a command that is aborted leaves the fleet to the others', BOUNDED, async (t) => {
  const at = folder(t);
  const { stay, dials } = await connected(t);
  const controller = new AbortController();
  const { emit } = recorder((event) => {
    if (event.kind === 'progress' && event.samplesDone > 0) controller.abort(new Error('enough'));
  });
  const order = orderOf({ ...SPIRALS, 'block-size': '4', shard: 'row', outfile: join(at, 'x.png') });
  await assert.rejects(render(order, stay, { emit, signal: controller.signal }), /enough/);
  assert.deepEqual(readdirSync(at), []);
  const next = orderOf({ ...SPIRALS, outfile: join(at, 'y.png') });
  const { files } = await render(next, stay, { emit: () => undefined, signal: never });
  assert.equal(files.length, 1);
  assert.equal(dials(), 2);
  assert.deepEqual(
    stay.fleet.workers.map(({ state }) => state),
    ['ready', 'ready'],
  );
});

test('the handle of a running job is handed out', BOUNDED, async (t) => {
  const { stay } = await connected(t);
  let handles = 0;
  const order = orderOf({ ...SPIRALS, outfile: join(folder(t), 'x.png') });
  const started = () => void handles++;
  await render({ ...order, started }, stay, { emit: () => undefined, signal: never });
  assert.equal(handles, 1);
});
