import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal, hostfileOf, start, worker } from './processes.js';

const STILL = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '3000'].concat([
  '--width',
  '240',
  '--height',
  '200',
  '--samples',
  '4',
  '--seed',
  '5',
  '--rotate',
  '20',
]);
const FILM = ['-x', '-1.338238635', '-y', '-0.057237059', '--zoom', '1', '--zoom-end', '2000'].concat([
  '--frames',
  '8',
  '--width',
  '96',
  '--height',
  '64',
  '--iters',
  '400',
]);

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The hash of all frames, as files. */
function framesOf(path: string): string {
  const names = readdirSync(path).sort();
  assert.equal(names.length, 8);
  return names.map((name) => hashOf(join(path, name))).join();
}

test('a still has the same bytes for 1, 2 and 5 workers, rows and tiles, --local and a hostfile', async (t) => {
  const path = folder(t);
  const render = async (name: string, words: string[]) => {
    const file = join(path, `${name}.png`);
    const { code, stderr } = await fractal(t, ['leader', ...STILL, '-o', file, '--quiet', ...words]);
    assert.equal(code, 0, stderr);
    return hashOf(file);
  };
  const expected = await render('one', ['--local', '1']);
  assert.equal(await render('two', ['--local', '2', '--shard', 'row']), expected);
  assert.equal(await render('five', ['--local', '5', '--shard', 'tile', '--block-size', '17']), expected);
  assert.equal(await render('rows', ['--local', '2', '--shard', 'row', '--block-size', '3']), expected);
  const workers = await Promise.all([worker(t), worker(t)]);
  const hosts = join(path, 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  assert.equal(await render('hosts', ['--hostfile', hosts]), expected);
  assert.equal(await render('again', ['--hostfile', hosts]), expected, 'the same workers serve again');
});

test('adaptive samples are the same for any workers and shards, frame by frame in a film, and after a stop', async (t) => {
  const path = folder(t);
  const still = [
    // Those of a film are found for all of its frames.
    '--colors',
    'fixed',
    '-x',
    '-0.7453',
    '-y',
    '0.1127',
    '--zoom',
    '300',
    '--iters',
    '800',
    '--width',
    '120',
    '--height',
    '90',
  ];
  const render = async (name: string, words: string[]) => {
    const file = join(path, name);
    const { code, stderr } = await fractal(t, ['leader', ...still, '-o', file, '--quiet', ...words]);
    assert.equal(code, 0, stderr);
    return hashOf(file);
  };
  const expected = await render('one.png', ['--local', '1']);
  assert.equal(await render('rows.png', ['--local', '3', '--shard', 'row', '--block-size', '7']), expected);
  const store = ['--store', join(path, 'store'), '--shard', 'tile', '--block-size', '17'];
  const stopped = start(t, ['leader', ...still, ...store, '--local', '1', '-o', join(path, 'stopped.png')]);
  await stopped.said(/joined/);
  stopped.process.kill('SIGKILL');
  await stopped.ended;
  assert.equal(await render('goes-on.png', ['--local', '2', ...store]), expected);
  const film = ['--frames', '2', '--zoom-end', '310', '--assembly', 'frames', '--samples', 'auto'];
  const frames = await fractal(t, ['leader', ...still, ...film, '--local', '2', '-o', join(path, 'f-%d.png')]);
  assert.equal(frames.code, 0, frames.stderr);
  assert.equal(
    await render('again.png', ['--local', '1', '--location', join(path, 'f-0.png')]),
    hashOf(join(path, 'f-0.png')),
  );
  assert.notEqual(await render('single.png', ['--local', '1', '--samples', '1']), expected);
});

test('distances and slopes have the same bytes for every shape of shards, and read back from the picture', async (t) => {
  const path = folder(t);
  const render = async (name: string, words: string[]) => {
    const file = join(path, name);
    const { code, stderr } = await fractal(t, ['leader', '-o', file, '--quiet', ...words]);
    assert.equal(code, 0, stderr);
    return hashOf(file);
  };
  const words = [...STILL, '--color-mode', 'distance', '--slope', '0.9', '--slope-angle', '70'];
  const expected = await render('one.png', ['--local', '1', ...words]);
  const shapes = ['--local', '2', '--shard', 'tile', '--block-size', '17'];
  assert.equal(await render('tiles.png', [...shapes, ...words]), expected);
  assert.equal(await render('rows.png', ['--local', '3', '--shard', 'row', '--block-size', '3', ...words]), expected);
  assert.equal(await render('again.png', ['--local', '2', '--location', join(path, 'one.png')]), expected);
  const flat = words.slice(0, words.indexOf('--slope'));
  assert.notEqual(await render('flat.png', ['--local', '2', ...flat]), expected);
});

test('a film has the same frames for any number of workers', async (t) => {
  const render = async (words: string[]) => {
    const path = folder(t);
    const { code, stderr } = await fractal(t, ['leader', ...FILM, '-o', join(path, 'f-%03d.png'), '--quiet', ...words]);
    assert.equal(code, 0, stderr);
    return framesOf(path);
  };
  const expected = await render(['--local', '1']);
  assert.equal(await render(['--local', '2', '--shard', 'row']), expected);
  assert.equal(await render(['--local', '5']), expected);
});

test('a worker that is killed midway changes nothing but the time', async (t) => {
  const path = folder(t);
  const undisturbed = join(path, 'undisturbed.png');
  const words = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '20000'].concat([
    '--width',
    '720',
    '--height',
    '720',
    '--samples',
    '4',
    '--block-size',
    '40',
  ]);
  assert.equal((await fractal(t, ['leader', ...words, '--local', '2', '-q', '-o', undisturbed])).code, 0);
  const [victim, other] = await Promise.all([worker(t), worker(t)]);
  const hosts = join(path, 'hosts');
  writeFileSync(hosts, hostfileOf([victim, other]));
  const file = join(path, 'disturbed.png');
  const leader = start(t, [
    'leader',
    ...words,
    '--hostfile',
    hosts,
    '--min-workers',
    '2',
    '--retries',
    '1',
    '-o',
    file,
  ]);
  await leader.said(/joined[\s\S]*joined/);
  victim.process.kill('SIGKILL');
  const { code, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /was lost/);
  assert.equal(hashOf(file), hashOf(undisturbed));
});

test('a worker that starts after the leader takes part', async (t) => {
  const first = await worker(t);
  const path = folder(t);
  const hosts = join(path, 'hosts');
  writeFileSync(hosts, hostfileOf([first]));
  // The port of a worker that has ended: nothing listens there until a new worker starts.
  const stopped = await worker(t);
  const port = stopped.address.split(':')[1] as string;
  stopped.process.kill('SIGKILL');
  await stopped.ended;
  writeFileSync(hosts, hostfileOf([first, stopped]));
  const words = ['leader', ...STILL, '--hostfile', hosts, '--min-workers', '2', '-o', join(path, 'x.png'), '--json'];
  const leader = start(t, words);
  await first.said(/job .* begins/);
  const late = start(t, ['worker', '--port', port, '--slots', '1']);
  await late.said(/job .* begins/);
  const { code, stdout, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  const { workers } = JSON.parse(stdout) as { workers: { name: string; shards: number }[] };
  assert.equal(workers.length, 2);
  assert.ok(workers.every(({ shards }) => shards > 0));
});

test('one Ctrl-C ends a run cleanly: exit code 130, no incomplete file, nothing left over', async (t) => {
  const path = folder(t);
  const file = join(path, 'x.mp4');
  writeFileSync(file, 'from an earlier run');
  const words = ['--frames', '5000', '--zoom-end', '1e6', '--width', '320', '--height', '180'];
  const leader = start(t, ['leader', '--local', '1', ...words, '-o', file]);
  await leader.said(/joined/);
  leader.process.kill('SIGINT');
  const { code, stderr } = await leader.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /INTERRUPTED/);
  assert.equal(readFileSync(file, 'utf8'), 'from an earlier run');
  assert.deepEqual(readdirSync(path), ['x.mp4']);
  assert.ok(existsSync(file));
});
