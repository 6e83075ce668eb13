/** A real network partition: processes in a network namespace of their own, where the machine allows that. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal, hostfileOf, PROGRAM, run } from '../e2e/processes.js';
import { BOUNDED, endsOnSignal, LONG, wordsOf } from './job.js';

/** Why no network namespace can be made here, if so. */
function noNamespaces(): string | false {
  try {
    execFileSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'pipe' });
    return false;
  } catch (error) {
    return `no network namespaces here: ${(error as Error).message.split('\n', 1)[0]}`;
  }
}

/** The prefix of a command that runs in its own network namespace. */
function network(t: TestContext): string[] {
  const holder = run(t, ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec sleep 600']);
  return ['nsenter', '--preserve-credentials', '-U', '-n', '-t', String(holder.process.pid)];
}

test('a partition of the network that heals: the same picture', { ...BOUNDED, skip: noNamespaces() }, async (t) => {
  const inside = network(t);
  const ip = (words: string) => run(t, [...inside, 'ip', ...words.split(' ')]).ended;
  while ((await ip('route get 127.0.0.2')).code !== 0);
  const start = (words: string[]) => run(t, [...inside, process.execPath, PROGRAM, ...words]);
  const workers = await Promise.all(
    ['127.0.0.1', '127.0.0.2'].map(async (host) => {
      const running = start(['worker', '--host', host, '--port', '0', '--slots', '1']);
      const [, address] = await running.said(/worker (127\.0\.0\.\d:\d+): ready/);
      return { ...running, address: address as string };
    }),
  );
  const path = folder(t);
  const [hosts, picture, expected] = ['hosts', 'x.png', 'expected.png'].map((name) => join(path, name)) as string[];
  writeFileSync(hosts as string, hostfileOf(workers));
  const words = ['leader', ...wordsOf(LONG), '--hostfile', hosts as string, '-o', picture as string];
  const leader = start([...words, '--min-workers', '2', '--retries', '1000', '--timeout', '150']);
  await leader.said(/(joined[\s\S]*){2}/);
  assert.equal((await ip('route add blackhole 127.0.0.2 table local')).code, 0);
  await leader.said(/127\.0\.0\.2:\d+ was lost/);
  assert.equal((await ip('route del blackhole 127.0.0.2 table local')).code, 0);
  await leader.said(/was lost[\s\S]*joined/);
  const { code, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  await fractal(t, ['leader', ...wordsOf(LONG), '--local', '1', '-q', '-o', expected as string]);
  const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  assert.equal(hash(picture as string), hash(expected as string));
  for (const worker of workers) await endsOnSignal(worker);
});
