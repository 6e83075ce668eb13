/** A picture that is rendered during faults, and the checks afterwards. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder, fractal, hostfileOf, type Outcome, type Running, start } from '../e2e/processes.js';

/** More than one of these tests takes even on a busy machine. */
export const BOUNDED = { timeout: 180_000 };

interface Job {
  readonly side: number;
  readonly samples: number;
  /** Side of a shard. */
  readonly block: number;
}

/** About one second of a core, and about twenty: long enough to detect a silent worker, and for its return. */
export const SHORT: Job = { side: 480, samples: 4, block: 40 };
export const LONG: Job = { side: 720, samples: 36, block: 40 };
/** The same in sixteen shards of more than a second each. */
export const COARSE: Job = { ...LONG, block: 180 };

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
/** By side and samples: the shards do not change a picture. */
const known = new Map<string, Promise<string>>();

export function wordsOf({ side, samples, block }: Job): string[] {
  const place = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'];
  const size = ['--width', `${side}`, '--height', `${side}`, '--samples', `${samples}`, '--block-size', `${block}`];
  return [...place, ...size];
}

/** The hash of the picture that one healthy process makes. */
function undisturbed(t: TestContext, job: Job): Promise<string> {
  const path = join(folder(t), 'x.png');
  const render = async () => {
    const { code, stderr } = await fractal(t, ['leader', ...wordsOf(job), '--local', '1', '-q', '-o', path]);
    assert.equal(code, 0, stderr);
    return hashOf(path);
  };
  const name = `${job.side} ${job.samples}`;
  if (!known.has(name)) known.set(name, render());
  return known.get(name) as Promise<string>;
}

export interface Disturbed extends Running {
  /** The hostfile, which may change. */
  readonly hosts: string;
  /** Waits for the end: the picture is right, every pixel was committed once. The metrics. */
  whole(): Promise<Readonly<Record<string, number>> & { readonly printed: string }>;
}

/** Starts a leader on these workers; more words of its command line may follow. */
export async function leader(
  t: TestContext,
  job: Job,
  workers: readonly { readonly address: string }[],
  words: readonly string[] = [],
): Promise<Disturbed> {
  const expected = await undisturbed(t, job);
  const path = folder(t);
  const hosts = join(path, 'hosts');
  if (workers.length > 0) writeFileSync(hosts, hostfileOf(workers));
  const [picture, metrics] = [join(path, 'x.png'), join(path, 'm.json')];
  const running = start(t, [
    ...['leader', ...wordsOf(job), '-o', picture, '--metrics-file', metrics, '--timeout', '150'],
    ...(workers.length > 0 ? ['--hostfile', hosts] : []),
    ...words,
  ]);
  return {
    ...running,
    hosts,
    async whole() {
      const { code, stderr } = (await running.ended) as Outcome;
      assert.equal(code, 0, stderr);
      assert.equal(hashOf(picture), expected, 'the picture is the undisturbed one');
      const of = JSON.parse(readFileSync(metrics, 'utf8')).leader as Record<string, number>;
      assert.equal(of['/cluster/samples:samples'], job.side ** 2 * job.samples, 'every pixel is committed once');
      if (of['/cluster/workers/lost:workers'] === 0) {
        assert.equal(of['/cluster/shards/done:shards'], (job.side / job.block) ** 2, 'every shard is committed once');
      }
      return { ...of, printed: stderr } as Readonly<Record<string, number>> & { printed: string };
    },
  };
}

/** A worker ends at a signal with exit code 0. */
export async function endsOnSignal(running: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  running.process.kill(signal);
  assert.equal((await running.ended).code, 0);
}
