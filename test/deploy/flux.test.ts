/**
 * deploy/flux/film.flux. Flux is in no package of Debian: `flux` is a STUB here, which does what the man pages flux-batch(1),
 * flux-run(1), flux-job(1) and flux-hostlist(1) say of the calls that the script makes, with all nodes on this machine. Leader
 * and workers are real.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, fractal, PROGRAM, run } from '../e2e/processes.js';
import { freePorts } from './ports.js';

const OPTIONS = { timeout: 180_000, skip: spawnSync('sh', ['-c', ':']).status !== 0 && 'there is no sh' };
const SCRIPT = fileURLToPath(new URL('../../../deploy/flux/film.flux', import.meta.url));
const FILM = '-x -0.743643887 -y 0.131825904 --zoom-end 1e4 --assembly frames --width 160 --height 90'.split(' ');

/** What it does not know fails, with the call. `$STUB`: where it keeps the pids of tasks, the deadline, and what was submitted. */
const FLUX = `#!/bin/sh
case "$*" in
'getattr size') echo 2 ;;
'getattr jobid') echo ƒM7Zq9AKHno ;;
'hostlist -e -d \\n local') printf '127.0.0.1\\n127.0.0.1\\n' ;;
'job timeleft') left=$(($(cat "$STUB/deadline") - $(date +%s))); echo $((left > 0 ? left : 0)) ;;
'job killall --force --signal=SIGTERM') for file in "$STUB"/task.*; do kill -s TERM "$(cat "$file")"; done ;;
'run --nodes=2 --tasks-per-node=1 --exclusive '*)
  shift 4
  for rank in 0 1; do
    FLUX_TASK_RANK=$rank "$@" &
    echo $! >"$STUB/task.$rank"
  done
  wait ;;
'--parent batch '*) printf '%s\\n' "$FRACTAL_RESTART" "\${FRACTAL_TOKEN-none}" "$@" >"$STUB/submitted" ; echo ƒM7Zq9AKHnp ;;
*) echo "the stub of flux has no: $*" >&2; exit 64 ;;
esac
`;

/** Runs the script as a job with so many seconds left. */
async function job(t: TestContext, cwd: string, seconds: number, flags: readonly string[], more = {}) {
  const stub = join(cwd, 'stub');
  mkdirSync(stub, { recursive: true });
  writeFileSync(join(stub, 'flux'), FLUX, { mode: 0o755 });
  writeFileSync(join(stub, 'deadline'), `${Math.floor(Date.now() / 1000) + seconds}`);
  const [port] = await freePorts(1);
  const env = {
    ...{ STUB: stub, PATH: `${stub}:${process.env.PATH}`, FRACTAL: PROGRAM, FRACTAL_PORT: `${port}` },
    ...{ FRACTAL_WORKER: '--slots 1', XDG_CACHE_HOME: join(cwd, 'cache'), ...more },
  };
  return run(t, ['sh', SCRIPT, ...flags], cwd, undefined, env).ended;
}

test('STUB of flux: a film on two nodes, with the bytes of one leader', OPTIONS, async (t) => {
  const cwd = folder(t);
  const film = [...FILM, '--frames', '12', '-o'];
  const { code, stdout, stderr } = await job(t, cwd, 3600, [...film, 'film.mp4']);
  assert.equal(code, 0, stderr);
  assert.equal((stdout + stderr).match(/joined: 1 slot/g)?.length, 2, stderr);
  assert.equal((await fractal(t, ['leader', '--local', '1', ...film, 'alone.mp4'], cwd)).code, 0);
  assert.ok(readFileSync(join(cwd, 'film.mp4')).equals(readFileSync(join(cwd, 'alone.mp4'))));
  assert.deepEqual(
    readdirSync(cwd).filter((name) => name.endsWith('.hosts')),
    [],
  );
  assert.ok(!existsSync(join(cwd, 'stub/submitted')));
});

test('STUB of flux: near the time limit the job submits what goes on from the store', OPTIONS, async (t) => {
  const cwd = folder(t);
  const film = [...FILM, ...'--frames 200 --samples 64 -o'.split(' '), 'f-%05d.png'];
  const first = await job(t, cwd, 128, film, { FRACTAL_BATCH: '--queue=night' });
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /TIMEOUT: .*, with [1-9]\d* of 200 frames complete, are kept in the store/);
  const [restart, token, ...submitted] = readFileSync(join(cwd, 'stub/submitted'), 'utf8').trim().split('\n');
  assert.deepEqual([restart, token], ['1', 'none']);
  const options = [
    '--nodes=2',
    '--exclusive',
    '--time-limit=128s',
    '--dependency=afterany:ƒM7Zq9AKHno',
    '--queue=night',
  ];
  assert.deepEqual(submitted, ['--parent', 'batch', ...options, SCRIPT, ...film]);
  // The first frames only, so that the test ends soon: they are all there.
  const rest = await job(t, cwd, 3600, [...film, '--frames-to', '0'], { FRACTAL_RESTART: restart });
  assert.equal(rest.code, 0, rest.stderr);
  assert.match(rest.stdout + rest.stderr, /all from the store/);
});

test('STUB of flux: too little time, too many restarts, and wrong flags end the job', OPTIONS, async (t) => {
  const cwd = folder(t);
  const short = await job(t, cwd, 60, [...FILM, '-o', 'a.png']);
  assert.equal(short.code, 1);
  assert.match(short.stderr, /^fractal: \d+ seconds are too few/);
  const wrong = await job(t, cwd, 3600, ['--zoom', 'much']);
  assert.equal(wrong.code, 2, wrong.stderr);
  const often = await job(t, cwd, 122, [...FILM, ...'--frames 200 --samples 64 -o f-%05d.png'.split(' ')], {
    FRACTAL_RESTART: '3',
    FRACTAL_RESTARTS: '3',
  });
  assert.equal(often.code, 1, often.stderr);
  assert.match(often.stderr, /the time limit was reached 3 times/);
  assert.ok(!existsSync(join(cwd, 'stub/submitted')));
});
