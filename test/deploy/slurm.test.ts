/** deploy/slurm/film.sbatch on a real Slurm of two nodes, both on this machine. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fractal } from '../e2e/processes.js';
import { NO_SLURM, processWith, type Slurm, slurmCluster, until } from './slurm-cluster.js';

const OPTIONS = { skip: NO_SLURM, timeout: 300_000 };
const SCRIPT = fileURLToPath(new URL('../../../deploy/slurm/film.sbatch', import.meta.url));
const VIEW = '-x -0.743643887 -y 0.131825904 --zoom-end 1e4 --assembly frames'.split(' ');
const SMALL = [...VIEW, ...'--frames 24 --width 160 --height 90 --samples 4'.split(' ')];
/** More than a minute of one core. */
const LONG = [...VIEW, ...'--frames 120 --width 320 --height 180 --samples 25'.split(' ')];
const NODES = ['n1', 'n2'];

const sha = (path: string) => readFileSync(path).toString('base64');

/** The frames that one leader makes alone. */
async function alone(t: TestContext, { home }: Slurm, film: readonly string[], frames: readonly number[]) {
  mkdirSync(join(home, 'alone'));
  for (const frame of frames) {
    const file = join(home, `alone/f-${String(frame).padStart(5, '0')}.png`);
    const { code, stderr } = await fractal(t, ['leader', '--local', '1', ...film, '--frame', `${frame}`, '-o', file]);
    assert.equal(code, 0, stderr);
  }
}

/** Compares the frames of `alone` with those in this folder. */
function sameFrames({ home }: Slurm, frames: string) {
  for (const name of readdirSync(join(home, 'alone')))
    assert.equal(sha(join(home, frames, name)), sha(join(home, 'alone', name)), `${frames}/${name}`);
}

test(
  'a film on two nodes; tasks of an array share these, and a job joins their frames from the store',
  OPTIONS,
  async (t) => {
    const cluster = await slurmCluster(t, NODES);
    const { home, submit, ended } = cluster;
    mkdirSync(join(home, 'whole'));
    mkdirSync(join(home, 'parts'));
    const own = `--export=ALL,XDG_CACHE_HOME=${join(home, 'own')}`;
    const whole = await submit(
      '-c1',
      own,
      '-owhole.txt',
      SCRIPT,
      ...SMALL,
      '-o',
      'whole/f-%05d.png',
      '-o',
      'whole.mp4',
    );
    assert.deepEqual(await ended(whole), ['COMPLETED'], readFileSync(join(home, 'whole.txt'), 'utf8'));
    const said = readFileSync(join(home, 'whole.txt'), 'utf8');
    assert.equal(said.match(/joined: 1 slot/g)?.length, 2, said);

    const array = await submit(
      '-c1',
      '--array=0-2',
      '--export=ALL,FRACTAL_SEGMENT=8',
      '-opart-%a.txt',
      SCRIPT,
      ...SMALL,
      '-o',
      'parts/f-%05d.png',
    );
    const joined = await submit(
      '-c1',
      `--dependency=afterok:${array}`,
      '-ojoined.txt',
      SCRIPT,
      ...SMALL,
      '-o',
      'joined.mp4',
    );
    assert.deepEqual(await ended(joined), ['COMPLETED']);
    assert.match(readFileSync(join(home, 'joined.txt'), 'utf8'), /all from the store/);
    assert.equal(sha(join(home, 'joined.mp4')), sha(join(home, 'whole.mp4')));
    await alone(t, cluster, SMALL, [0, 7, 8, 23]);
    sameFrames(cluster, 'whole');
    sameFrames(cluster, 'parts');
    assert.deepEqual(
      readdirSync(home).filter((name) => name.endsWith('.hosts')),
      [],
    );
  },
);

test(
  'a worker is killed, the time limit is reached: the job is requeued, goes on, and has the same bytes',
  OPTIONS,
  async (t) => {
    const cluster = await slurmCluster(t, NODES);
    const { home, slurm, submit, said, ended } = cluster;
    mkdirSync(join(home, 'frames'));
    const job = await submit('-c1', '-oout.txt', SCRIPT, ...LONG, '-o', 'frames/f-%05d.png', '--frame-log', 'log');
    const [, port] = /127\.0\.0\.1:(\d+) joined/.exec(await said('out.txt', /joined.*joined/s)) as RegExpExecArray;
    // Enough for 120 s before the limit to be now.
    await slurm('scontrol', 'update', `JobId=${job}`, 'TimeLimit=2');
    await said('log', /\n.*\n/);
    process.kill(processWith('worker', '--port', port as string) as number, 'SIGKILL');
    const first = await said('out.txt', /INTERRUPTED/);
    assert.match(first, /[1-9]\d* of 120 frames complete, are kept in the store/);
    await slurm('scontrol', 'update', `JobId=${job}`, 'TimeLimit=60');
    assert.deepEqual(await ended(job), ['COMPLETED'], readFileSync(join(home, 'out.txt'), 'utf8'));
    assert.match(await slurm('scontrol', '-o', 'show', 'job', job), / Restarts=1 /);
    const all = readFileSync(join(home, 'out.txt'), 'utf8');
    assert.match(all, / was lost /);
    assert.match(all, /\d % computed, \d+ % from the store/);
    assert.equal(readdirSync(join(home, 'frames')).length, 120);
    await alone(t, cluster, LONG, [0, 50, 119]);
    sameFrames(cluster, 'frames');
    await until(() => processWith('worker', '--port', port as string) === undefined);
  },
);

test('what cannot be rendered fails the job with its exit code, without requeueing', OPTIONS, async (t) => {
  const { home, slurm, submit, ended } = await slurmCluster(t, NODES);
  const wrong = await submit('-c1', '-N1', '-owrong.txt', SCRIPT, '--zoom', 'much', '-o', 'a.png');
  const bare = await submit('-c1', '--array=0-1', '-obare.txt', SCRIPT, '-o', 'a.png');
  assert.deepEqual(await ended(wrong), ['FAILED']);
  assert.match(await slurm('scontrol', '-o', 'show', 'job', wrong), / Restarts=0 .* ExitCode=2:0 /);
  assert.match(readFileSync(join(home, 'wrong.txt'), 'utf8'), /error: REQUEST_INVALID: --zoom "much"/);
  assert.deepEqual(await ended(bare), ['FAILED', 'FAILED']);
  assert.match(readFileSync(join(home, 'bare.txt'), 'utf8'), /^fractal: a job array needs FRACTAL_SEGMENT/);
});
