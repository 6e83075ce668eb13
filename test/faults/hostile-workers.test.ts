/** A leader among workers that break the protocol, each of which can flood: real processes. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, hostfileOf, run, start, worker } from '../e2e/processes.js';

const BOUNDED = {
  timeout: 180_000,
  skip: existsSync('/proc/self/schedstat') ? false : 'needs the scheduler statistics of Linux in /proc',
};
const HOSTILE = fileURLToPath(new URL('./hostile-workers.js', import.meta.url));
const PROBE = new URL('./loop-probe.js', import.meta.url).href;
const PLACE = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'];
/** Some seconds of a core. */
const JOB = [...PLACE, '--width', '480', '--height', '480', '--samples', '25', '--no-store', '--timeout', '120'];
/** Without bounds they block for seconds; a busy machine alone delays the event loop by some 100 ms. */
const MOST_BLOCKED_MS = 400;
const MOST_BYTES = 400 << 20;

/** Their addresses, by kind. */
async function hostileWorkers(t: TestContext): Promise<Map<string, { address: string }>> {
  const { said } = run(t, [process.execPath, HOSTILE]);
  const { input = '' } = await said(/^ready$/m);
  const lines = input.matchAll(/^(.+) (127\.0\.0\.1:\d+)$/gm);
  return new Map([...lines].map(([, kind = '', address = '']) => [kind, { address }]));
}

/** Starts a leader whose event loop is measured. */
function leader(t: TestContext, workers: readonly { readonly address: string }[]) {
  const path = folder(t);
  const [hosts, picture, probe, metrics] = [join(path, 'hosts'), join(path, 'x.png'), join(path, 'p'), join(path, 'm')];
  writeFileSync(hosts, hostfileOf(workers));
  const env = { NODE_OPTIONS: `--import=${PROBE}`, LOOP_PROBE: probe };
  const running = start(
    t,
    ['leader', ...JOB, '--hostfile', hosts, '-o', picture, '--metrics=json', '--metrics-file', metrics],
    path,
    '',
    env,
  );
  return {
    ...running,
    async whole() {
      const { code, stderr } = await running.ended;
      assert.equal(code, 0, stderr);
      const sha = createHash('sha256').update(readFileSync(picture)).digest('hex');
      return {
        sha,
        stderr,
        seconds: JSON.parse(readFileSync(metrics, 'utf8')).leader.time as number,
        ...measured(probe),
      };
    },
    measured: () => measured(probe),
  };
}

function measured(probe: string): { longestBlockMs: number; cpuMs: number; peakBytes: number } {
  return JSON.parse(readFileSync(probe, 'utf8'));
}

test('among 37 kinds of hostile workers the picture is the same, in at most twice the time', BOUNDED, async (t) => {
  const good = await worker(t);
  const hostile = await hostileWorkers(t);
  assert.ok(hostile.size >= 37);
  const alone = await leader(t, [good]).whole();
  const among = await leader(t, [...hostile.values(), good]).whole();
  assert.equal(among.sha, alone.sha);
  // Hostile processes take time of the cores, too: they are bounded in rate, and give way to others.
  assert.ok(among.seconds < 2 * alone.seconds + 2, `${among.seconds} s, ${alone.seconds} s alone`);
  assert.ok(among.longestBlockMs < MOST_BLOCKED_MS, `the event loop was blocked for ${among.longestBlockMs} ms`);
  assert.ok(among.peakBytes < MOST_BYTES, `${among.peakBytes} bytes`);
  assert.doesNotMatch(among.stderr, /[^\n\x20-\x7e]/, 'nothing but lines reaches the terminal');
  for (const [kind, why] of [
    ['absurd numbers', /is left out: the peer states slots 4294967295, the bound is from 0 to 1024/],
    ['control characters', /is left out: the peer states a kernel description with control characters/],
    ['heartbeats of 380,000 epochs', /was lost \(Received message larger than max|was lost \(the peer sent a message/],
    ['heartbeats at full rate', /was lost \(the peer sent more than 256 messages that answer no assignment at once/],
    ['times that are no numbers', /was lost \(the peer states seconds of a shard NaN/],
    ['answers to no assignment', /was lost \(the peer answers assignment 999999 of job 1, which it does not have/],
    ['empty messages', /was lost \(the peer sent no message known to this version/],
  ] as const) {
    const { address } = hostile.get(kind) as { address: string };
    const lines = among.stderr.split('\n').filter((line) => line.startsWith(`${address} `));
    assert.ok(
      lines.some((line) => why.test(line)),
      `${kind}: ${lines.join(', ')}`,
    );
    assert.ok(lines.length <= 10, `${kind}: ${lines.length} lines`);
  }
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends a leader that only hostile workers have joined`, BOUNDED, async (t) => {
    const hostile = await hostileWorkers(t);
    const { process, said, ended, measured } = leader(t, [...hostile.values()]);
    await said(/was lost/);
    const from = performance.now();
    process.kill(signal);
    const { code, stderr } = await ended;
    assert.equal(code, 130, stderr);
    assert.ok(performance.now() - from < 5_000, `${performance.now() - from} ms`);
    assert.ok(measured().longestBlockMs < MOST_BLOCKED_MS);
  });
}
