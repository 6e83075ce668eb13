/**
 * kill -9 of a service under load, with 10,000 jobs in its history: clients submit, cancel, change, list and follow jobs all
 * the time, and send again what was not answered. KILLS, KILL_SEED: how many, and other moments.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { begin, ended } from '../../src/service/life.js';
import { openSqliteQueue } from '../../src/service/sqlite/queue.js';
import { folder } from '../e2e/processes.js';
import { type Serving, serving } from '../e2e/serve.js';
import { dice } from './dice.js';

const KILLS = Number(process.env.KILLS ?? 50);
const SEED = Number(process.env.KILL_SEED ?? 11);
const HISTORY = 10_000;
const CLIENTS = 4;
const JOBS = 30;
const VARIANTS = 6;
const BOUNDED = { timeout: 900_000 };
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 2000, samples: 4 };

const orderOf = (k: number) => ({ ...PLACE, width: 64, height: 36 + (k % VARIANTS), outfile: 'x.png' });
const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What clients were answered. */
interface Known {
  /** Ids of accepted jobs, by their number. */
  readonly accepted: Map<number, string>;
  readonly cancelled: Set<string>;
}

test(
  `${KILLS} kills under load, with ${HISTORY} jobs of history: none lost, none doubled, same bytes`,
  BOUNDED,
  async (t) => {
    const data = join(folder(t), 'data');
    await writeHistory(data);
    const known: Known = { accepted: new Map(), cancelled: new Set() };
    const roll = dice(SEED);
    const backMs: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const from = performance.now();
      const service = await serving(t, data, ['--local', '1', '--jobs', '3']);
      assert.ok((await service.get('/v1/queue')).jobs.succeeded >= HISTORY);
      backMs.push(performance.now() - from);
      const clients = Array.from({ length: CLIENTS }, (_, own) =>
        client(service, own, known, dice(SEED + kill * 10 + own)),
      );
      setTimeout(() => service.process.kill('SIGKILL'), roll() * 600);
      await Promise.all([service.ended, ...clients]);
    }
    backMs.sort((a, b) => a - b);
    t.diagnostic(
      `from its start to its first answer: median ${Math.round(backMs[KILLS >> 1] ?? 0)} ms, longest ${Math.round(backMs.at(-1) ?? 0)} ms`,
    );
    const service = await serving(t, data, ['--local', '1', '--jobs', '3']);
    for (let k = 0; k < CLIENTS * JOBS; k++) if (!known.accepted.has(k)) await submit(service, k, known);
    const expected = await undisturbed(t);
    let [attempts, cancelled] = [0, 0];
    for (const [k, id] of known.accepted) {
      if (known.cancelled.has(id)) assert.equal((await service.get(`/v1/jobs/${id}`)).state, 'cancelled');
      const { state, attempt } = await untilEnded(service, id);
      attempts += attempt;
      if (state === 'cancelled') cancelled++;
      else assert.deepEqual([state, sha(await service.file(id, 'x.png'))], ['succeeded', expected[k % VARIANTS]]);
    }
    const { jobs } = await service.get('/v1/queue');
    assert.deepEqual(jobs, {
      queued: 0,
      running: 0,
      pausing: 0,
      paused: 0,
      failed: 0,
      cancelled,
      succeeded: HISTORY + CLIENTS * JOBS - cancelled,
    });
    t.diagnostic(`${known.accepted.size} jobs in ${attempts} attempts, ${cancelled} cancelled; seed ${SEED}`);
  },
);

/** Works until the service is dead. What was not answered it sends again when the next one is there. */
async function client(service: Serving, own: number, known: Known, roll: () => number): Promise<void> {
  try {
    for (;;) {
      const [id] = [...known.accepted.values()].slice(Math.floor(-1 - roll() * 5));
      const next = Array.from({ length: JOBS }, (_, k) => own + k * CLIENTS).find((k) => !known.accepted.has(k));
      if (next !== undefined) await submit(service, next, known);
      if (id === undefined) continue;
      const act = roll();
      if (act < 0.1) {
        if ((await service.post(`/v1/jobs/${id}/cancel`)) === 200) known.cancelled.add(id);
      } else if (act < 0.3) {
        const headers = { 'content-type': 'application/json' };
        await fetch(`${service.url}/v1/jobs/${id}`, { method: 'PATCH', headers, body: '{"priority": 60}' });
      } else if (act < 0.5) await service.get('/v1/jobs?sort=-priority&limit=100');
      else if (act < 0.7) {
        const { body } = await fetch(`${service.url}/v1/jobs/${id}/events`);
        await body?.getReader().read();
        await body?.cancel().catch(() => undefined);
      } else await service.get(`/v1/jobs/${id}`);
      // Others get a turn: the service has as many cores as its clients.
      await new Promise((resolve) => setTimeout(resolve, 20 * roll()));
    }
  } catch (error) {
    assert.ok(error instanceof TypeError || /terminated|JSON/.test(String(error)), String(error));
  }
}

async function submit({ url }: Serving, k: number, { accepted }: Known): Promise<void> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `job ${k}` };
  const response = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body: JSON.stringify(orderOf(k)) });
  assert.ok(response.status === 201 || response.status === 200, `${response.status}`);
  const { id } = (await response.json()) as { id: string };
  assert.equal(accepted.get(k) ?? id, id);
  accepted.set(k, id);
}

async function untilEnded({ get }: Serving, id: string): Promise<{ state: string; attempt: number }> {
  for (;;) {
    const job = await get(`/v1/jobs/${id}`);
    if (['succeeded', 'failed', 'cancelled'].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The digests of the pictures, of a service that nothing happens to. */
async function undisturbed(t: TestContext): Promise<readonly string[]> {
  const service = await serving(t, join(folder(t), 'data'));
  const digests: string[] = [];
  for (let k = 0; k < VARIANTS; k++) {
    const id = await service.submit(orderOf(k));
    await service.reaches(id, 'succeeded');
    digests.push(sha(await service.file(id, 'x.png')));
  }
  return digests;
}

async function writeHistory(data: string): Promise<void> {
  const queue = openSqliteQueue(data, { service: 'history', now: Date.now });
  const now = Date.now();
  const one = async (k: number) => {
    const order = { zoom: `${k + 1}`, outfile: 'x.png' };
    const { job } = await queue.accept({ order, priority: 50, owner: `owner ${k % 7}` }, { mostWaiting: HISTORY });
    await queue.change(job.id, (latest) => begin(latest, 'history', now));
    await queue.change(job.id, (latest) => ended(latest, 1, { kind: 'succeeded', outputs: [] }, now));
  };
  await Promise.all(Array.from({ length: HISTORY }, (_, k) => one(k)));
  await queue.close();
}
