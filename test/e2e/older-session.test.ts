/** `fractal leader --session`: an older video renderer's film is made, ended, and goes on, with frames, film and log. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { folder, fractal, PROGRAM, run, start } from './processes.js';

const BOUNDED = { timeout: 240_000 };
const SESSION = {
  ...{ z0: '1.0', z1: '64', cx0: '-0.5', cy0: '0', cx1: '-0.7436', cy1: '0.1318' },
  ...{ iterations_base: 512, iterations_scale: 64, frames_smooth: 3, frames: 6 },
  ...{ program_arguments: ['-w', '96', '-h', '54', '--color_mode', '3'], rendered_frames: 2 },
};
const ROW = /^(\d+),(-?\d+\.\d{6}),(\d+\.\d{6}),"(fractal leader .*)"$/;

test(
  'frames and film of a session, a log with a command for each frame, and again without computing',
  BOUNDED,
  async (t) => {
    const cwd = folder(t);
    writeFileSync(join(cwd, 'session.json'), JSON.stringify(SESSION, null, 4));
    const words = ['leader', '--local', '1', '--session', 'session.json', '--assembly', 'frames', '--store', 'store'];
    const outfiles = ['-o', 'frame_%d.png', '-o', 'video.mp4', '--frame-log', 'render.log'];
    const made = await fractal(t, [...words, ...outfiles], cwd);
    assert.equal(made.code, 0, made.stderr);
    const names = readdirSync(cwd).filter((name) => /png|mp4/.test(name));
    assert.deepEqual(names.sort(), [...Array.from({ length: 6 }, (_, k) => `frame_${k}.png`), 'video.mp4']);

    const [header, ...rows] = readFileSync(join(cwd, 'render.log'), 'utf8').trimEnd().split('\n');
    assert.equal(header, 'frame,zoom_level,time_seconds,command');
    const cells = rows.map((row) => ROW.exec(row)?.slice(1) ?? []);
    assert.deepEqual(
      cells.map(([frame]) => Number(frame)),
      [0, 1, 2, 3, 4, 5],
    );
    assert.deepEqual([cells[0]?.[1], cells[5]?.[1]], ['0.000000', '6.000000']);

    // The command of a frame renders its picture.
    const [, , , command = ''] = cells[3] ?? [];
    const alone = command.split(' -o ')[0] ?? '';
    const shell = run(
      t,
      ['sh', '-c', `${alone.replace('fractal', '"$0" "$1"')} --local 1 -o alone.png`, process.execPath, PROGRAM],
      cwd,
    );
    const again = await shell.ended;
    assert.equal(again.code, 0, again.stderr);
    const pixels = (name: string) => sharp(join(cwd, name)).raw().toBuffer();
    assert.ok((await pixels('alone.png')).equals(await pixels('frame_3.png')));

    const more = await fractal(t, [...words, '-o', 'again.mp4', '--metrics'], cwd);
    assert.equal(more.code, 0, more.stderr);
    assert.ok(readFileSync(join(cwd, 'again.mp4')).equals(readFileSync(join(cwd, 'video.mp4'))));
    assert.match(more.stdout, /METRICS LEADER \/cluster\/samples:samples: 0\n/);
  },
);

test('a film that was interrupted goes on, and its log has all frames then', BOUNDED, async (t) => {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'session.json'), JSON.stringify({ ...SESSION, frames: 40 }));
  const words = ['leader', '--local', '1', '--session', 'session.json', '--store', 'store', '--assembly', 'frames'];
  const first = start(t, [...words, '-o', 'a.mp4', '--frame-log', 'a.log', '--verbose'], cwd);
  while (first.process.exitCode === null && readLines(join(cwd, 'a.log')) < 5)
    await new Promise((resolve) => setTimeout(resolve, 5));
  first.process.kill('SIGINT');
  assert.equal((await first.ended).code, 130);
  assert.ok(readLines(join(cwd, 'a.log')) < 41);
  const second = await fractal(t, [...words, '-o', 'a.mp4', '--frame-log', 'a.log', '--metrics'], cwd);
  assert.equal(second.code, 0, second.stderr);
  assert.equal(readLines(join(cwd, 'a.log')), 41);
  const recalled = /\/cluster\/samples\/recalled:samples: (\d+)/.exec(second.stdout)?.[1];
  assert.ok(Number(recalled) >= 4 * 96 * 54, recalled);
});

test('a log that cannot be made ends the command before anything is rendered', BOUNDED, async (t) => {
  const { code, stderr } = await fractal(t, ['leader', '--local', '1', '--frame-log', 'missing/a.log'], folder(t));
  assert.equal(code, 2);
  assert.match(stderr, /^error: OUTFILE_UNWRITABLE: --frame-log missing\/a\.log: ENOENT/m);
});

function readLines(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}
