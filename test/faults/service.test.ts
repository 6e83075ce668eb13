/** kill -9 of the service: no accepted job is lost or doubled, and all have their bytes. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from '../e2e/processes.js';
import { type Serving, serving } from '../e2e/serve.js';
import { dice } from './dice.js';

const KILLS = 50;
const JOBS = 25;
const BOUNDED = { timeout: 600_000 };
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 3000 };

const orderOf = (k: number) => ({ ...PLACE, width: 96, height: 54 + k, samples: 4, outfile: 'x.png' });

test(
  `after ${KILLS} kills at random moments all accepted jobs are there once, with their bytes`,
  BOUNDED,
  async (t) => {
    const data = join(folder(t), 'data');
    const roll = dice(7);
    const accepted = new Map<number, string>();
    let next = 0;
    let service: Serving | undefined;
    for (let kill = 0; kill < KILLS; kill++) {
      service = await serving(t, data);
      const { process, ended } = service;
      const delay = 20 + Math.floor(roll() * 400);
      const timer = setTimeout(() => process.kill('SIGKILL'), delay);
      // What was sent and not answered is sent again, under the same key.
      while (process.exitCode === null && process.signalCode === null && next < JOBS && accepted.size < kill + 1) {
        const id = await service.submit(orderOf(next), { 'idempotency-key': `job ${next}` }).catch(() => undefined);
        if (id === undefined) break;
        accepted.set(next++, id);
      }
      await ended;
      clearTimeout(timer);
    }
    service = await serving(t, data);
    for (; next < JOBS; next++)
      accepted.set(next, await service.submit(orderOf(next), { 'idempotency-key': `job ${next}` }));
    assert.equal(new Set(accepted.values()).size, JOBS);
    const { jobs } = await service.get('/v1/jobs?limit=1000');
    assert.deepEqual(jobs.map(({ id }: { id: string }) => id).sort(), [...accepted.values()].sort());
    for (const [k, id] of accepted) {
      const { attempt } = await service.reaches(id, 'succeeded');
      assert.ok(attempt <= KILLS + 1);
      const path = join(folder(t), 'x.png');
      const { outfile, ...order } = orderOf(k);
      const words = Object.entries(order).flatMap(([name, value]) => [`--${name}`, String(value)]);
      if (k % 5 > 0) continue;
      const { code, stderr } = await fractal(t, ['leader', '--local', '1', '-q', '--no-store', '-o', path, ...words]);
      assert.equal(code, 0, stderr);
      assert.equal(await shaOf(path), sha(await service.file(id, outfile)), `job ${k}`);
    }
  },
);

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function shaOf(path: string): Promise<string> {
  return sha(await (await import('node:fs/promises')).readFile(path));
}
