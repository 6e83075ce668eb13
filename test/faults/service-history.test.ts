/**
 * 1,000 deaths of a service in simulated histories, each at a chosen commit of the queue in SQLite, before it or after it. The
 * files as they are at the death are what the next service opens: the last commits may be in the log of the database only.
 */

import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasEnded, type Job, STATES } from '../../src/service/job.js';
import { COMMANDS, command, revise } from '../../src/service/life.js';
import type { Queue } from '../../src/service/queue.js';
import { startRunner } from '../../src/service/runner.js';
import { openSqliteQueue } from '../../src/service/sqlite/queue.js';
import { folder } from '../e2e/processes.js';
import { type Death, type Model, type MortalQueue, mortal } from '../service/mortal.js';
import { testRuns, until } from '../service/runs.js';

const BOUNDED = { timeout: 600_000 };
const HISTORIES = 100;
const DEATHS = 10;
const SEED = process.env.KILL_SEED === undefined ? {} : { seed: Number(process.env.KILL_SEED) };
const now = () => 1_000;

/** What a client does: a submission under the next key, the latest one again, or a change of an earlier job. */
type Act = {
  readonly kind: 'submit' | 'again' | 'revise' | 'remove' | (typeof COMMANDS)[number];
  readonly which: number;
};

const acts = fc.array(
  fc.record({
    kind: fc.constantFrom('submit', 'submit', 'submit', 'again', 'revise', 'remove', ...COMMANDS),
    which: fc.nat({ max: 9 }),
  }),
  { minLength: 2, maxLength: 6 },
);
const deaths: fc.Arbitrary<Death> = fc.record({
  commits: fc.nat({ max: 14 }),
  when: fc.constantFrom('before', 'after'),
});
const histories = fc.array(fc.record({ acts, death: deaths }), { minLength: DEATHS, maxLength: DEATHS });

/** The client's side: what it was answered. */
interface Client {
  /** Keys of submissions so far. */
  sent: number;
  readonly accepted: Map<number, string>;
}

const submissionOf = (key: number) => ({ order: { zoom: `${key + 1}` }, priority: 50, owner: `owner ${key % 3}` });

async function submit(queue: Queue, client: Client, key: number): Promise<void> {
  const options = { mostWaiting: 1_000, key: { text: `key ${key}`, body: `body ${key}` } };
  const { job } = await queue.accept(submissionOf(key), options);
  const earlier = client.accepted.get(key);
  client.accepted.set(key, job.id);
  // Sent again after its job was removed, a submission is a new one.
  if (earlier !== undefined && earlier !== job.id) assert.equal(await queue.get(earlier), undefined);
}

async function perform(queue: Queue, client: Client, { kind, which }: Act): Promise<void> {
  if (kind === 'submit') return submit(queue, client, client.sent++);
  const keys = [...client.accepted.keys()];
  const key = keys[which % Math.max(1, keys.length)];
  if (key === undefined) return;
  const id = client.accepted.get(key) as string;
  if (kind === 'again') return submit(queue, client, key);
  if (kind === 'remove') {
    const job = await queue.get(id);
    if (job && hasEnded(job)) await queue.remove([id]);
    return;
  }
  const act = (job: Job) => (kind === 'revise' ? revise(job, { priority: which }) : command(job, kind, now()));
  // Not every command is possible in every state.
  await queue.change(id, act).catch((error) => assert.equal(error.code, 'JOB_STATE'));
}

/** The queue as the model has it: every job, with gapless events of which the last state is that of the job. */
async function check(queue: Queue, { jobs, removed }: Model): Promise<void> {
  const { jobs: found } = await queue.list({ sort: 'submitted', descending: false, limit: 1_000 });
  assert.deepEqual(new Map(found.map((job) => [job.id, job])), new Map([...jobs].sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const { id, state } of found) {
    const events = await queue.events(id, 0, 1_000);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, k) => k + 1),
    );
    const last = events.findLast(({ kind }) => kind === 'state');
    assert.equal(last?.kind === 'state' && last.state, state);
  }
  for (const id of removed) assert.deepEqual(await queue.events(id, 0, 1), []);
}

async function serviceOn(queue: MortalQueue, service: string) {
  const runs = testRuns();
  const failed = (error: unknown) => assert.fail(String(error));
  const runner = await Promise.race([
    startRunner({ queue, service, start: runs.start, atMost: 2, now, failed }),
    queue.died.then(() => undefined),
  ]);
  return { runs, runner };
}

test(
  '1,000 deaths at any commit: the disk has what was written, and every accepted job is done once',
  BOUNDED,
  async (t) => {
    const place = folder(t);
    let count = 0;
    const died = { before: 0, after: 0 };
    const property = fc.asyncProperty(histories, async (lives) => {
      let path = join(place, `${count++}`);
      mkdirSync(path);
      const model: Model = { jobs: new Map(), removed: new Set() };
      const client: Client = { sent: 0, accepted: new Map() };
      for (const [k, { acts, death }] of lives.entries()) {
        const disk = openSqliteQueue(path, { service: `service ${k}`, now });
        await check(disk, model);
        const queue = mortal(disk, death, model);
        const { runs } = await serviceOn(queue, `service ${k}`);
        const working = (async () => {
          for (const act of acts) await perform(queue, client, act);
        })();
        // A death that the acts do not reach comes after them.
        await Promise.race([queue.died, working.then(() => queue.kill())]);
        for (const run of runs.all) run.succeed([{ name: `${k}.png`, bytes: k }]);
        died[death.when]++;
        await settled();
        const next = join(place, `${count++}`);
        cpSync(path, next, { recursive: true });
        await disk.close();
        path = next;
      }
      const disk = openSqliteQueue(path, { service: 'the last', now });
      await check(disk, model);
      const queue = mortal(disk, { commits: Infinity, when: 'before' }, model);
      const { runs, runner } = await serviceOn(queue, 'the last');
      // What was sent and never answered is sent again.
      for (let key = 0; key < client.sent; key++) if (!client.accepted.has(key)) await submit(queue, client, key);
      for (const id of client.accepted.values())
        await queue.change(id, (job) => (job.state === 'paused' ? command(job, 'resume', now()) : undefined));
      await until(async () => {
        for (const run of runs.all) run.succeed();
        const { queued, running, pausing } = await queue.counts();
        return queued + running + pausing === 0;
      });
      await check(disk, model);
      const orders = [...model.jobs.values()].map(({ order }) => order.zoom);
      assert.equal(new Set(orders).size, orders.length, 'none is doubled');
      for (const [key, id] of client.accepted) {
        const job = model.jobs.get(id);
        assert.ok(job ? hasEnded(job) : model.removed.has(id), `job of key ${key} is lost`);
      }
      const counts = await queue.counts();
      assert.equal(
        STATES.reduce((sum, state) => sum + counts[state], 0),
        model.jobs.size,
      );
      await runner?.close();
      await disk.close();
    });
    await fc.assert(property, { numRuns: HISTORIES, ...SEED });
    t.diagnostic(`${died.before} deaths before a commit, ${died.after} after one`);
    assert.ok(died.before + died.after >= 1_000);
  },
);

/** Turns of the event loop in which a commit that began before the death ends. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}
