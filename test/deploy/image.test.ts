/**
 * deploy/container/Dockerfile, built by buildah on a base of this machine's Debian packages: every instruction runs, but
 * those of the target povray. Then the image renders. Needs buildah, root and the npm registry; two minutes.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildDigest } from '../../src/build.js';
import { folder, type Outcome, type Running, run } from '../e2e/processes.js';
import { writeBase } from './debian-base.js';
import { cloneOf, ROOT } from './package.js';

const BOUNDED = { timeout: 580_000 };
const DOCKERFILE = join(ROOT, 'deploy/container/Dockerfile');

const SKIP = missing();

function missing(): string | false {
  if (spawnSync('buildah', ['--version']).status !== 0) return 'buildah is not installed: apt-get install buildah';
  if (spawnSync('dpkg-query', ['--version']).status !== 0) return 'this is no Debian';
  if (process.getuid?.() !== 0) return 'buildah with --isolation chroot needs root here';
  return spawnSync('npm', ['ping'], { timeout: 20_000 }).status === 0 ? false : 'no npm registry can be reached';
}

/** Runs buildah on images of its own. */
function builder(t: TestContext) {
  const place = folder(t);
  const started: Running[] = [];
  // The first of the hooks: later ones kill buildah.
  t.after(() => started.forEach(endBelow));
  // Its containers hold files that other users own, and mounts.
  t.after(() => rmSync(place, { recursive: true, force: true, maxRetries: 3 }));
  const own = ['--root', join(place, 'images'), '--runroot', join(place, 'run'), '--storage-driver', 'vfs'];
  return (words: readonly string[], cwd = ROOT) => {
    const one = run(t, ['buildah', ...own, ...words], cwd);
    started.push(one);
    return one;
  };
}

async function done(running: { readonly ended: Promise<Outcome> }): Promise<string> {
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0, (stdout + stderr).slice(-3_000));
  return stdout.trim();
}

test('the Dockerfile compiles in stages of its own, and what it makes runs as a user without rights', () => {
  const text = readFileSync(DOCKERFILE, 'utf8');
  const stages = [...text.matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(stages, ['build', 'base', 'povray', 'fractal']);
  const last = text.slice(text.indexOf('AS base'));
  assert.deepEqual(last.match(/^USER .*/gm), ['USER 0:0', 'USER 1000:1000', 'USER 1000:1000']);
  // So an image for another architecture needs no emulation.
  assert.doesNotMatch(text.slice(text.indexOf('AS base'), text.indexOf('AS povray')), /^RUN/m);
  assert.match(text, /^ENTRYPOINT \["fractal"\]$/m);
  assert.match(text, /^HEALTHCHECK .* CMD \["node", "\/opt\/fractal\/health\.mjs"\]$/m);
});

test('the image is built from a checkout, renders, and knows whether it is healthy', {
  ...BOUNDED,
  skip: SKIP,
}, async (t) => {
  const buildah = builder(t);
  const base = folder(t);
  writeBase(base);
  const build = ['build', '--isolation', 'chroot', '--format', 'docker', '-t'];
  await done(buildah([...build, 'localhost/node-base', '.'], base));
  const node = ['--build-arg', 'NODE_IMAGE=localhost/node-base'];
  const clone = cloneOf(t);
  await done(buildah([...build, 'localhost/fractal', '-f', 'deploy/container/Dockerfile', ...node, '.'], clone));

  const inspected = JSON.parse(await done(buildah(['inspect', '--type', 'image', 'localhost/fractal'])));
  const { config } = inspected.Docker;
  assert.deepEqual([config.User, config.Entrypoint, config.WorkingDir], ['1000:1000', ['fractal'], '/data']);
  assert.deepEqual(config.Healthcheck.Test, ['CMD', 'node', '/opt/fractal/health.mjs']);

  const container = await done(buildah(['from', 'localhost/fractal']));
  const inside = (words: readonly string[], env: readonly string[] = []) =>
    buildah(['run', '--isolation', 'chroot', ...env.flatMap((one) => ['--env', one]), container, '--', ...words]);
  // The bytes of its pictures are those of this checkout.
  assert.ok((await done(inside(['fractal', '--version']))).includes(buildDigest().slice(0, 12)));
  assert.match(await done(inside(['id'])), /^uid=1000/);
  const path = await done(buildah(['mount', container]));
  const size = execFileSync('du', ['-sm', join(path, 'opt')], { encoding: 'utf8' }).split('\t')[0];
  t.diagnostic(`${size} MB on top of the base`);

  const worker = inside(['fractal', 'worker', '--port', '0', '--slots', '1']);
  const [, port = ''] = await worker.said(/worker 127\.0\.0\.1:(\d+): ready/);
  const health = ['node', '/opt/fractal/health.mjs'];
  const ports = (http: string, peers: string) => [`FRACTAL_HTTP_PORT=${http}`, `FRACTAL_WORKER_PORT=${peers}`];
  assert.equal(await done(inside(health, ports('1', port))), 'worker: ok');
  const view = ['--zoom', '2', '--zoom-end', '4', '--frames', '2', '--width', '64', '--height', '36'];
  await done(inside(['fractal', 'leader', '--host', `127.0.0.1 port=${port}`, ...view, '-o', 'x.mp4']));

  const serve = inside(['fractal', 'serve', '--http', '127.0.0.1:0', '--local', '1']);
  const [, http = ''] = await serve.said(/serving at http:\/\/127\.0\.0\.1:(\d+)/);
  assert.equal(await done(inside(health, ports(http, '1'))), 'service: ok');
  const sick = await inside(health, ports('1', '2')).ended;
  assert.equal(sick.code, 1);
  assert.match(sick.stdout, /ECONNREFUSED/);
});

/** The processes below one, the lowest first. */
function processesBelow(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    const [, parent] = /^PPid:\s*(\d+)$/m.exec(statusOf(name)) ?? [];
    return parent === undefined ? [] : [{ pid: Number(name), parent: Number(parent) }];
  });
  const below = (of: number): number[] =>
    parents.filter(({ parent }) => parent === of).flatMap((one) => [...below(one.pid), one.pid]);
  return below(pid);
}

/** Empty: it is no process, or none any more. */
function statusOf(name: string): string {
  try {
    return /^\d+$/.test(name) ? readFileSync(`/proc/${name}/status`, 'utf8') : '';
  } catch {
    return '';
  }
}

/** `buildah run` that is killed leaves what runs in its container. */
function endBelow({ process: { pid } }: Running): void {
  for (const one of pid === undefined ? [] : processesBelow(pid)) process.kill(one, 'SIGKILL');
}
