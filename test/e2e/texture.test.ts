/** A texture with real processes: the same bytes here, on two workers over gRPC, and from the service, to which it is sent. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { folder, fractal, hostfileOf, worker } from './processes.js';
import { serving } from './serve.js';

const PLACE = '-x -0.5 -y 0 --zoom 1 --iters 200 --width 72 --height 54 --bailout 64'.split(' ');
const FILM = ['--zoom-end', '4', '--frames', '5', '--fps', '5'];

/** A picture with a gradient along each side. */
async function wood(at: string): Promise<string> {
  const path = join(at, 'wood.png');
  const levels = Uint8Array.from(
    { length: 64 * 32 * 3 },
    (_, k) => [4 * (Math.floor(k / 3) % 64), Math.floor(k / 192) * 8, 90][k % 3] as number,
  );
  await sharp(levels, { raw: { width: 64, height: 32, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

async function frames(t: TestContext, words: readonly string[]): Promise<Buffer[]> {
  const out = folder(t);
  const { code, stderr } = await fractal(t, [...words, '-o', join(out, 'f-%d.png'), '--no-store', '-q']);
  assert.equal(code, 0, stderr);
  return Promise.all(
    readdirSync(out)
      .sort()
      .map((name) => pixelsOf(join(out, name))),
  );
}

const pixelsOf = (file: string | Buffer) => sharp(file).removeAlpha().raw().toBuffer();

test('a texture has the same bytes on one worker and on two over gRPC, in stills and in films', async (t) => {
  const at = folder(t);
  const texture = ['--texture', await wood(at)];
  const hosts = join(at, 'hosts');
  writeFileSync(hosts, hostfileOf(await Promise.all([worker(t), worker(t)])));
  for (const more of [[], [...FILM, '--assembly', 'keyframes'], [...FILM, '--assembly', 'frames']]) {
    const words = ['leader', ...PLACE, ...more];
    const here = await frames(t, [...words, ...texture, '--local', '1']);
    assert.deepEqual(await frames(t, [...words, ...texture, '--hostfile', hosts, '--shard', 'tile']), here);
    const without = await frames(t, [...words, '--local', '1']);
    assert.ok(here.every((pixels, k) => !pixels.equals(without[k] as Buffer)));
  }
});

test('a job has the texture that its client sends, once; its picture is that of a leader', async (t) => {
  const at = folder(t);
  const path = await wood(at);
  const [here] = await frames(t, ['leader', ...PLACE, '--texture', path, '--local', '1']);
  const data = join(folder(t), 'data');
  const service = await serving(t, data);
  const out = folder(t);
  const call = (...words: string[]) => fractal(t, [...words, '--url', service.url], out);
  const ordered = ['submit', ...PLACE, '--texture', path, '-o', 'out.png', '--wait'];
  const first = await call(...ordered);
  assert.equal(first.code, 0, first.stderr);
  const [id = ''] = first.stdout.split('\n');
  assert.equal((await call('get', id)).code, 0);
  assert.ok((await pixelsOf(join(out, 'out.png'))).equals(here as Buffer));
  const files = () => readdirSync(join(data, 'files')).filter((name) => name !== 'owners');
  const [digest = ''] = files();
  // Another job finds the file; the picture has its name and digest, and is rendered again with the file beside it.
  const again = await call(...ordered, '--offset', '0.5');
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(files(), [digest]);
  const { texture } = (await service.get(`/v1/jobs/${id}`)).request;
  assert.equal(texture, `wood.png#sha256=${digest}`);

  // What is no picture, or was not sent, gives one line.
  const none = join(at, 'none.png');
  writeFileSync(none, 'no picture');
  for (const [file, line] of [
    [none, /^error: TEXTURE_INVALID: [^\n]*no picture of at most[^\n]*\n$/],
    [join(at, 'missing.png'), /^error: TEXTURE_INVALID: [^\n]*ENOENT[^\n]*\n$/],
  ] as const) {
    const refused = await call('submit', ...PLACE, '--texture', file, '-o', 'out.png');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, line);
  }
  await assert.rejects(service.submit({ texture: '/etc/passwd' }), /does not say which file was sent/);
  await assert.rejects(service.submit({ texture: `../x.png#sha256=${digest}` }), /not a file name without a folder/);
  await assert.rejects(service.submit({ texture: `x.png#sha256=${'0'.repeat(64)}` }), /must be sent first/);
  // Sent, but no picture: the job fails with that line.
  const { createHash } = await import('node:crypto');
  const bytes = readFileSync(none);
  const other = createHash('sha256').update(bytes).digest('hex');
  await fetch(`${service.url}/v1/files/${other}`, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-type': 'application/octet-stream' },
  });
  const job = await service.submit({ zoom: '1', width: 32, height: 32, texture: `x.png#sha256=${other}` });
  await assert.rejects(service.reaches(job, 'succeeded'), /TEXTURE_INVALID.*no picture/);
  rmSync(at, { recursive: true });
});
