/** Leaders that share a store in a bucket, as processes: what one computed the other does not, whatever happens to the server. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, type Running, start } from '../e2e/processes.js';
import { BUCKET, environmentOf, type Front, front, PASS, type Seen, s3Server } from '../store/s3-server.js';

const BOUNDED = { timeout: 180_000 };
const STORE = ['--store', `s3://${BUCKET}/shared/here`];
const POINT = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--iters', '1000', '--method', 'direct'];
const SMALL = ['--width', '160', '--height', '90'];
/** Each frame is an object. */
const FILM = [...POINT, ...SMALL, '--zoom-end', '1e2', '--frames', '21', '--assembly', 'frames'];
const SAMPLES = 21 * 160 * 90;
const KEYFRAMES = [...POINT, ...SMALL, '--zoom-end', '1e2', '--frames', '21', '--assembly', 'keyframes'];

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const isPut = ({ method }: Seen) => method === 'PUT';
const puts = ({ seen }: Front) => seen.filter(isPut).length;

interface Run extends Running {
  readonly path: string;
}

function leader(t: TestContext, words: readonly string[], endpoint: string, name = 'x.mp4', more = {}): Run {
  const path = join(folder(t), name);
  const all = ['leader', '--local', '1', '--json', '-o', path, ...words];
  return { ...start(t, all, undefined, undefined, { ...environmentOf(endpoint), ...more }), path };
}

/** Of a run that succeeds. */
async function summary(run: Run) {
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 0, stderr);
  const { samples, recalled } = JSON.parse(stdout) as { samples: number; recalled: number };
  const warnings = stderr.split('\n').filter((line) => line.startsWith('warning:'));
  return { samples, recalled, warnings, stdout, stderr, sha: hashOf(run.path) };
}

/** Runs `act` once, when so many objects are being put. */
function atPut(at: Front, count: number, act: () => void): void {
  at.fate = (seen) => {
    if (isPut(seen) && puts(at) === count) act();
    return PASS;
  };
}

const undisturbed = async (t: TestContext, words = FILM) =>
  (await summary(leader(t, [...words, '--no-store'], 'http://127.0.0.1:1'))).sha;

test(
  'a second leader computes nothing of what a first one has, and its file has the same bytes',
  BOUNDED,
  async (t) => {
    const { endpoint } = await s3Server(t);
    for (const words of [FILM, KEYFRAMES]) {
      const first = await summary(leader(t, [...words, ...STORE], endpoint));
      const second = await summary(leader(t, [...words, ...STORE], endpoint));
      assert.deepEqual([first.recalled, second.samples, second.recalled], [0, 0, first.samples]);
      assert.deepEqual([first.warnings, second.warnings, second.sha], [[], [], first.sha]);
      assert.equal(first.sha, await undisturbed(t, words));
    }
  },
);

test('two leaders of one film at once have the same bytes, and lose nothing', BOUNDED, async (t) => {
  const { endpoint } = await s3Server(t);
  const both = [0, 1].map(() => leader(t, [...FILM, ...STORE], endpoint));
  const [one, two] = await Promise.all(both.map(summary));
  assert.ok(one && two);
  assert.deepEqual([one.sha, one.warnings, two.warnings], [two.sha, [], []]);
  const third = await summary(leader(t, [...FILM, ...STORE], endpoint));
  assert.deepEqual([third.samples, third.recalled, third.sha], [0, SAMPLES, one.sha]);
});

test('after kill -9 and after Ctrl-C a leader goes on with the objects that there are', BOUNDED, async (t) => {
  const server = await s3Server(t);
  const sha = await undisturbed(t);
  for (const [signal, prefix] of [
    ['SIGKILL', 'killed'],
    ['SIGINT', 'stopped'],
  ] as const) {
    const at = await front(t, server);
    const store = ['--store', `s3://${BUCKET}/${prefix}`];
    const first = leader(t, [...FILM, ...store], at.endpoint);
    atPut(at, 6, () => first.process.kill(signal));
    const { stderr } = await first.ended;
    if (signal === 'SIGINT') assert.match(stderr, /kept in the store "s3:\/\/kept-parts\/stopped"/);
    const second = await summary(leader(t, [...FILM, ...store], server.endpoint));
    assert.ok(second.recalled > 0 && second.samples > 0, `${second.recalled} found`);
    assert.deepEqual([second.recalled + second.samples, second.sha], [SAMPLES, sha]);
  }
});

test('a server that dies is left out with one warning; when it is back, what it has is used', BOUNDED, async (t) => {
  const server = await s3Server(t);
  const at = await front(t, server);
  atPut(at, 6, () => server.running.process.kill('SIGKILL'));
  const first = await summary(leader(t, [...FILM, ...STORE, '--verbose'], at.endpoint));
  assert.equal(first.warnings.length, 1);
  assert.match(first.warnings[0] as string, /the store "s3:\/\/kept-parts\/shared\/here" is not used any more: http/);
  assert.equal(first.sha, await undisturbed(t));
  const back = await s3Server(t, server.directory);
  const second = await summary(leader(t, [...FILM, ...STORE], back.endpoint));
  assert.ok(second.recalled > 0 && second.samples > 0, `${second.recalled} found`);
  assert.equal(second.sha, first.sha);
});

test('Ctrl-C ends a leader whose server does not answer any more', BOUNDED, async (t) => {
  const at = await front(t, await s3Server(t));
  const run = leader(t, [...FILM, ...STORE], at.endpoint);
  at.fate = (seen) => {
    if (!isPut(seen) || puts(at) < 6) return PASS;
    // A second signal ends it at once.
    if (puts(at) === 6) run.process.kill('SIGINT');
    return { kind: 'hang' };
  };
  const { code, stderr } = await run.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /a part of the \d+ % that were computed is kept in the store "s3:/);
});

test('keys that are refused: one warning, the picture is right, and no output has them', BOUNDED, async (t) => {
  const { endpoint } = await s3Server(t);
  const still = [...POINT, ...SMALL];
  const secrets = {
    AWS_ACCESS_KEY_ID: 'UNKNOWN-KEY-ID',
    AWS_SECRET_ACCESS_KEY: 'unknown-secret',
    AWS_SESSION_TOKEN: 'unknown-token',
  };
  const metrics = join(folder(t), 'metrics.json');
  const words = [...still, ...STORE, '--verbose', '--metrics-file', metrics];
  const run = leader(t, words, endpoint, 'x.png', secrets);
  const { warnings, stdout, stderr, sha } = await summary(run);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /: 403 InvalidAccessKeyId from http:\/\/127\.0\.0\.1:\d+$/);
  const all = [stdout, stderr, readFileSync(metrics, 'utf8'), readFileSync(run.path, 'latin1')].join();
  for (const secret of Object.values(secrets)) assert.ok(!all.includes(secret), secret);
  assert.equal(sha, (await summary(leader(t, [...still, '--no-store'], endpoint, 'x.png'))).sha);
});

test('a server that is far away changes no byte', BOUNDED, async (t) => {
  const at = await front(t, await s3Server(t));
  at.fate = () => ({ kind: 'pass', delayMs: 40 });
  const first = await summary(leader(t, [...FILM, ...STORE], at.endpoint));
  const second = await summary(leader(t, [...FILM, ...STORE], at.endpoint));
  assert.deepEqual([second.samples, second.recalled, second.sha], [0, SAMPLES, first.sha]);
  assert.equal(first.sha, await undisturbed(t));
});

test('recolor paints a still and a film from samples in a bucket', BOUNDED, async (t) => {
  const { endpoint, env, directory } = await s3Server(t);
  const other = ['--palette', 'Hippi', '--density', '3'];
  for (const [words, name] of [
    [[...POINT, ...SMALL, '--samples', '1'], 'x.png'],
    [KEYFRAMES, 'x.mp4'],
  ] as const) {
    const store = ['--store', `s3://${BUCKET}/${name}`];
    await summary(leader(t, [...words, ...store, '--keep-samples'], endpoint, name));
    const path = join(folder(t), name);
    const painted = await start(t, ['recolor', '-q', ...words, ...other, ...store, '-o', path], '.', '', env).ended;
    assert.equal(painted.code, 0, painted.stderr);
    const anew = await summary(leader(t, [...words, ...other, '--no-store'], endpoint, name));
    assert.equal(hashOf(path), anew.sha);
  }
  assert.deepEqual(readdirSync(join(directory, BUCKET)), ['x.mp4', 'x.png'], 'everything is below the prefix');
});
