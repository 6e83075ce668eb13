/** `fractal scene` with real processes, against the pictures that POV-Ray itself writes. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { findFfmpeg } from '../../src/render/output.js';
import { POVRAY, SPHERES } from '../work/povray/scenes.js';
import { folder, fractal, hostfileOf, start, worker } from './processes.js';

const LIGHT = `#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <0, 2, -6> look_at <0, 1, 0> right x*image_width/image_height }
plane { y, 0 pigment { checker rgb 1 rgb .2 } }
sphere { <0, 1, 0>, 1 pigment { rgb .5 } }
`;
const JITTER = `${LIGHT}light_source { <10, 20, -10> rgb 1 area_light <6, 0, 0>, <0, 0, 6>, 5, 5 jitter adaptive 1 }`;
const RADIOSITY = `${LIGHT.replace('assumed_gamma 1', 'assumed_gamma 1 radiosity { count 20 }')}
light_source { <10, 20, -10> rgb 1 }`;
/** Some seconds. */
const SLOW = `${LIGHT}light_source { <10, 20, -10> rgb 1 area_light <6, 0, 0>, <0, 0, 6>, 9, 9 }
sphere { <1, 1, -2>, .7 pigment { rgbt .9 } finish { reflection .4 } interior { ior 1.4 } }
#declare K = 0; #while (K < 60) sphere { <2*sin(K), .3 + .05*K, 2*cos(K)>, .3 pigment { rgb <1, .3, 0> } finish { reflection .5 } } #declare K = K + 1; #end`;
const SIZE = ['--width', '200', '--height', '150'];

/** A folder with these files. */
function sceneFolder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const path = join(folder(t), 'scene');
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** The picture that POV-Ray writes with one thread. */
async function plain(path: string, ...args: string[]): Promise<Buffer> {
  execFileSync('povray', ['+Iscene.pov', '-D', '+Oplain.png', '+WT1', ...args], { cwd: path, stdio: 'ignore' });
  return pixels(join(path, 'plain.png'));
}

async function pixels(path: string): Promise<Buffer> {
  return sharp(readFileSync(path)).removeAlpha().raw().toBuffer();
}

test('bands of 1 and 4 workers, and of --local, are the picture that POV-Ray writes', POVRAY, async (t) => {
  const path = sceneFolder(t, { 'scene.pov': SPHERES });
  const expected = await plain(path, '+W200', '+H150', '+A0.2');
  const workers = await Promise.all([1, 2, 3, 4].map(() => worker(t, ['--povray'])));
  const hosts = (count: number) => {
    const file = join(path, `hosts-${count}`);
    writeFileSync(file, hostfileOf(workers.slice(0, count)));
    return ['--hostfile', file];
  };
  for (const [name, source] of Object.entries({ one: hosts(1), four: hosts(4), local: ['--local', '2'] })) {
    const out = join(path, `${name}.png`);
    const words = [
      ...SIZE,
      '--antialias',
      '0.2',
      '--split',
      'bands',
      '--band-rows',
      '30',
      '--json',
      '--log-level',
      'info',
      '-o',
      out,
    ];
    const { code, stdout, stderr } = await fractal(t, ['scene', path, ...source, ...words]);
    assert.equal(code, 0, stderr);
    // Five bands of 32 rows, and a part of one that is compared.
    assert.equal(JSON.parse(stdout).shards, 6, stderr);
    assert.ok((await pixels(out)).equals(expected), name);
  }
});

test('a worker that is killed while it renders changes nothing', POVRAY, async (t) => {
  const path = sceneFolder(t, { 'scene.pov': SLOW });
  const out = join(path, 'out.png');
  const workers = [await worker(t, ['--povray']), await worker(t, ['--povray'])] as const;
  const hosts = join(path, 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const words = [...SIZE, '--split', 'bands', '--min-workers', '2', '--retries', '0', '-o', out];
  const leader = start(t, ['scene', path, '--hostfile', hosts, '--verbose', ...words]);
  // The picture begins after the small one, with the second pair of these lines.
  await leader.said(/stage compute begins[\s\S]*joined[\s\S]*joined[\s\S]*scene \d+ sent to/);
  workers[0].process.kill('SIGKILL');
  const { code, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /was lost/);
  assert.ok((await pixels(out)).equals(await plain(path, '+W200', '+H150')));
});

test('after Ctrl-C the same command goes on: bands in the store are not rendered again', POVRAY, async (t) => {
  const path = sceneFolder(t, { 'scene.pov': SLOW });
  const out = join(path, 'out.png');
  const words = ['scene', path, '--width', '240', '--height', '192', '--split', 'bands', '--band-rows', '32'].concat(
    '--local',
    '1',
    '--store',
    join(path, '.store'),
    '--json',
    '--log-level',
    'info',
    '-o',
    out,
  );
  const first = start(t, words);
  // A band at least, and not all.
  await first.said(/[3-9]\d %/);
  first.process.kill('SIGINT');
  const ended = await first.ended;
  assert.equal(ended.code, 130, ended.stderr);
  assert.match(ended.stderr, /kept in the store/);
  const second = await fractal(t, words);
  assert.equal(second.code, 0, second.stderr);
  const { recalled, samples } = JSON.parse(second.stdout);
  assert.ok(recalled >= 240 * 32 && samples < 240 * 192, second.stdout);
  assert.ok((await pixels(out)).equals(await plain(path, '+W240', '+H192')));
  const third = await fractal(t, words);
  assert.equal(JSON.parse(third.stdout).shards, 0, third.stderr);
});

test('scenes whose bands differ are rendered whole, and the reason is printed', POVRAY, async (t) => {
  for (const [scene, reason] of [
    [RADIOSITY, /each picture is one shard: scene\.pov:2 has radiosity/],
    [JITTER, /each picture is one shard: scene\.pov:6 has jitter/],
  ] as const) {
    const path = sceneFolder(t, { 'scene.pov': scene });
    const out = join(path, 'out.png');
    const { code, stdout, stderr } = await fractal(t, [
      'scene',
      path,
      '--local',
      '2',
      ...SIZE,
      '--json',
      '--log-level',
      'info',
      '-o',
      out,
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, reason);
    assert.equal(JSON.parse(stdout).shards, 1);
    assert.ok((await pixels(out)).equals(await plain(path, '+W200', '+H150')));
  }
});

test('a small picture shows that bands differ: --split bands says so', POVRAY, async (t) => {
  for (const scene of [JITTER, RADIOSITY]) {
    const path = sceneFolder(t, { 'scene.pov': scene });
    const words = ['scene', path, '--local', '2', ...SIZE, '--split', 'bands', '-o', join(path, 'out.png')];
    const { code, stderr } = await fractal(t, words);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: \d+ pixels of a small picture of 6912 differ/);
  }
});

test('the frames of an animation have the clock and number that POV-Ray gives them', POVRAY, async (t) => {
  const text = `#include "parts.inc"\n${LIGHT}light_source { <9, 9, -9> rgb 1 }
    #if (final_frame != 4 | initial_clock != 1) #error "wrong animation" #end
    Ball(clock, frame_number, Size)`;
  const inc = '#macro Ball(C, N, S) sphere { <C - 1, N / 4, 0>, S pigment { rgb x } } #end';
  const ini = 'Width=80\nHeight=60\nInitial_Frame=1\nFinal_Frame=4\nInitial_Clock=1\nFinal_Clock=2.5\nDisplay=off\n';
  const path = sceneFolder(t, { 'scene.pov': text, 'parts.inc': inc, 'scene.ini': ini });
  const words = ['--declare', 'Size=0.4', '--local', '2', '-o', join(path, 'f-%02d.png'), '-o', join(path, 'f.mp4')];
  const { code, stderr } = await fractal(t, ['scene', path, ...words]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /scene\.ini: not used: Display/);
  execFileSync('povray', ['scene.ini', '+Iscene.pov', '-D', '+Oq.png', '+WT1', 'Declare=Size=0.4'], {
    cwd: path,
    stdio: 'ignore',
  });
  for (const frame of [0, 1, 2, 3]) {
    const expected = await pixels(join(path, `q${frame + 1}.png`));
    assert.ok((await pixels(join(path, `f-0${frame}.png`))).equals(expected), `frame ${frame}`);
  }
  const { path: ffmpeg } = await findFfmpeg();
  const listed = execFileSync(ffmpeg, ['-v', 'error', '-i', join(path, 'f.mp4'), '-f', 'framemd5', '-'], {
    encoding: 'utf8',
  });
  assert.match(listed, /^#dimensions 0: 80x60$/m);
  assert.equal(listed.split('\n').filter((line) => /^\d/.test(line)).length, 4);
});

test('errors of a scene are one line with the words of POV-Ray, at once', POVRAY, async (t) => {
  const cases: [string, string[], number, RegExp][] = [
    [`${LIGHT}sphere { <0,`, [], 1, /SHARD_FAILED: POV-Ray refuses the scene: File 'scene\.pov' line 6: Parse Error/],
    [`#include "none.inc"\n${LIGHT}`, [], 1, /none\.inc.*was not sent/],
    [`${LIGHT}#while (1) #end`, ['--limit', '1'], 1, /longer than its limit of 1 s.*raise --limit/],
    [LIGHT, ['--povray-option', '+Oother.png'], 2, /REQUEST_INVALID: .*state the output with --outfile/],
    [LIGHT, ['-o', 'x.exr'], 2, /OUTFILE_FORMAT/],
    [LIGHT, ['--clock', '0:1'], 2, /REQUEST_INVALID: --clock 0:1 is for a film/],
  ];
  for (const [scene, words, exit, reason] of cases) {
    const path = sceneFolder(t, { 'scene.pov': scene });
    const { code, stderr } = await fractal(t, ['scene', path, '--local', '2', '--width', '64', ...words], path);
    assert.match(stderr, reason);
    assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
    assert.equal(code, exit, stderr);
  }
  const other = await worker(t);
  const path = sceneFolder(t, { 'scene.pov': LIGHT });
  const hosts = other.address.replace(':', ' port=');
  const { code, stderr } = await fractal(t, ['scene', path, '--host', hosts], path);
  assert.match(stderr, /KERNEL_MISSING: .*fractal worker --povray/);
  assert.equal(code, 1);
});
