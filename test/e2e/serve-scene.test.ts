/** POV-Ray scenes through the service, with real processes: sent once, rendered by a worker, after kill -9 as before. */

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { POVRAY } from '../work/povray/scenes.js';
import { folder, fractal, hostfileOf, worker } from './processes.js';
import { serving } from './serve.js';

const PARAMS = `inputFile:ball.pov
outputFile:out
jobNumber:3
renderType:picture
imageHeight:31
imageWidth:67
otherParams:-GA -D -V
`;
const BALL = `#version 3.7;
#ifndef (Place) #declare Place = 0; #end
global_settings { assumed_gamma 1 }
camera { location <0, 1, -4> look_at 0 right x*image_width/image_height }
light_source { <3, 5, -5> rgb 1 }
#include "parts/floor.inc"
sphere { <-2 + 4*Place, 0, 0>, .7 pigment { rgb <1, .3, .1> } }
`;

/** A folder of the older farm: a sphere goes from the left to the right in 16 frames. */
function farm(t: TestContext, params = PARAMS): string {
  const at = join(folder(t), 'task');
  mkdirSync(join(at, 'parts'), { recursive: true });
  writeFileSync(join(at, 'params.cfg'), params);
  writeFileSync(join(at, 'ball.pov'), BALL);
  writeFileSync(join(at, 'parts', 'floor.inc'), 'plane { y, -1 pigment { checker rgb .9 rgb .3 } }\n');
  writeFileSync(join(at, 'seqFile.txt'), "bpm:120\nfrm:16\nlen:0.2.0\nvarseq:('Place',((0,'0.0.0'),(1,'0.2.0')))\n");
  return at;
}

const pixelsOf = (file: string | Buffer) => sharp(file).removeAlpha().raw().toBuffer();

test(
  'a folder of the older farm is submitted, awaited and fetched: every column, the same pixels as fractal scene',
  POVRAY,
  async (t) => {
    const at = farm(t);
    const out = folder(t);
    const data = join(folder(t), 'data');
    const service = await serving(t, data, ['--povray']);
    const call = (...words: string[]) => fractal(t, [...words, '--url', service.url], out);
    const submitted = await call('submit', '--scene', at, '--wait');
    assert.equal(submitted.code, 0, submitted.stderr);
    const [id = '', end] = submitted.stdout.trim().split('\n');
    assert.equal(end, `${id} succeeded: out.png`);
    assert.equal((await call('get', id)).stdout, 'out.png\n');
    const here = await fractal(t, ['scene', at, '--local', '1', '-o', join(out, 'here.png')]);
    assert.equal(here.code, 0, here.stderr);
    const found = sharp(join(out, 'out.png'));
    assert.deepEqual([(await found.metadata()).width, (await found.metadata()).height], [67, 31]);
    const pixels = await pixelsOf(join(out, 'out.png'));
    assert.ok(pixels.equals(await pixelsOf(join(out, 'here.png'))));
    // The floor is lit in the last column, too.
    assert.ok(pixels.subarray(3 * (67 * 30 + 66), 3 * 67 * 31).some((value) => value > 20));

    // Two files, which the next job finds.
    const files = () => readdirSync(join(data, 'files')).filter((name) => name !== 'owners');
    assert.equal(files().length, 2);
    writeFileSync(join(at, 'params.cfg'), PARAMS.replace('picture', 'movie'));
    const film = await call('submit', '--scene', at, '--outfile', 'f-%02d.png', '--wait');
    assert.equal(film.code, 0, film.stderr);
    assert.equal(files().length, 2);
    const job = await service.get(`/v1/jobs/${film.stdout.split('\n')[0]}`);
    assert.deepEqual([job.progress.frames, job.request.width, job.outputs.length], [16, '67', 16]);
    const frames = await Promise.all([0, 15].map((k) => service.file(job.id, `f-${String(k).padStart(2, '0')}.png`)));
    const [first, last] = await Promise.all(frames.map(pixelsOf));
    assert.ok(pixels.equals(first as Buffer), 'frame 0 is the picture, whose variable is 0');
    assert.ok(!pixels.equals(last as Buffer));

    writeFileSync(join(at, 'ball.pov'), BALL.replace('sphere', 'spere'));
    const wrong = await call('submit', '--scene', at, '--wait');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /SHARD_FAILED: job \w+: .*POV-Ray refuses the scene: File 'ball\.pov' line 7: .*spere/);
    const other = await call('submit', '--scene', at, '--zoom', '3');
    assert.match(other.stderr, /--zoom has no meaning for a POV-Ray scene/);
  },
);

test('a job of a scene goes on after kill -9 of the service and of a worker', POVRAY, async (t) => {
  const at = farm(t, PARAMS.replace('picture', 'movie').replace(':out', ':film'));
  const data = join(folder(t), 'data');
  const workers = [await worker(t, ['--povray']), await worker(t, ['--povray'])] as const;
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, hostfileOf(workers));
  const service = await serving(t, data, ['--hostfile', hosts]);
  const { stdout, stderr } = await fractal(t, ['submit', '--scene', at, '--url', service.url]);
  const id = stdout.trim();
  assert.match(id, /^\w{20}$/, stderr);
  const framesDone = async (least: number) => {
    while (((await service.get(`/v1/jobs/${id}`)).progress?.framesDone ?? 0) < least)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await framesDone(1);
  workers[0].process.kill('SIGKILL');
  service.process.kill('SIGKILL');
  await service.ended;
  const again = await serving(t, data, ['--hostfile', hosts]);
  const job = await again.reaches(id, 'succeeded');
  assert.equal(job.attempt, 2);
  assert.deepEqual(
    job.outputs.map(({ name }: { name: string }) => name),
    ['film.mp4'],
  );
  assert.ok(readFileSync(join(data, 'outputs', id, '2', 'film.mp4')).length > 1000);
});
