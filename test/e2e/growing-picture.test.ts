/** GET /v1/jobs/{id}/preview of a real service. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { folder } from './processes.js';
import { type Serving, serving } from './serve.js';

const BOUNDED = { timeout: 120_000 };
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', iters: 2000 };

async function preview({ url }: Serving, id: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${url}/v1/jobs/${id}/preview`, { headers });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function pixelsOf(bytes: Buffer) {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const alpha = data.filter((_, at) => at % 4 === 3);
  return { data, ...info, opaque: alpha.filter((one) => one === 255).length / alpha.length };
}

test('the picture of a still grows, is kept while the job is paused, and is whole at the end', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  for (const outfile of ['x.png', 'x.npy']) {
    const id = await service.submit({ ...PLACE, width: 400, height: 300, samples: 9, outfile });
    let live = await preview(service, id);
    while (live.status !== 200) {
      assert.equal(live.status, 404);
      live = await preview(service, id);
    }
    assert.equal(live.headers.get('content-type'), 'image/webp');
    assert.equal(await service.post(`/v1/jobs/${id}/pause`), 200);
    await service.reaches(id, 'paused');
    const part = await preview(service, id);
    const { width, height, opaque } = await pixelsOf(part.bytes);
    assert.deepEqual([width, height], [400, 300]);
    assert.ok(opaque > 0 && opaque < 1, `${opaque} of it is computed`);
    const etag = part.headers.get('etag') ?? '';
    assert.equal((await preview(service, id, { 'if-none-match': etag })).status, 304);
    assert.equal(await service.post(`/v1/jobs/${id}/resume`), 200);
    await service.reaches(id, 'succeeded');
    const whole = await preview(service, id);
    assert.equal((await pixelsOf(whole.bytes)).opaque, 1);
    if (outfile === 'x.npy') continue;
    const { channels } = await sharp(await service.file(id, outfile)).stats();
    const seen = await sharp(whole.bytes).stats();
    for (const k of [0, 1, 2]) {
      assert.ok(Math.abs((channels[k]?.mean ?? 0) - (seen.channels[k]?.mean ?? 255)) < 3, 'the same colours');
    }
  }
});

test(
  'the picture of a film from keyframes is a keyframe before its first frame, in the colours of the film',
  BOUNDED,
  async (t) => {
    const service = await serving(t, join(folder(t), 'data'));
    const size = { width: 640, height: 360, samples: 4, palette: '#204060,#ffcc00', outfile: 'film.mp4' };
    const id = await service.submit({
      ...PLACE,
      zoom: '1000000',
      'zoom-end': '4000000',
      frames: 40,
      assembly: 'keyframes',
      ...size,
    });
    let live = await preview(service, id);
    while (live.status !== 200) live = await preview(service, id);
    const { progress } = await service.get(`/v1/jobs/${id}`);
    assert.equal(progress.framesDone, 0, 'no frame is made yet');
    const { opaque, data } = await pixelsOf(live.bytes);
    assert.ok(opaque > 0);
    assert.ok(new Set(data).size > 5, 'there is something to be seen');
    await service.post(`/v1/jobs/${id}/cancel`);
  },
);

test('the picture of a film is its latest frame, of keyframes and frame by frame', BOUNDED, async (t) => {
  const service = await serving(t, join(folder(t), 'data'));
  const film = { ...PLACE, zoom: '1', 'zoom-end': '50', frames: 12, width: 160, height: 90, outfile: 'film.mp4' };
  for (const more of [{ assembly: 'keyframes' }, { assembly: 'frames' }]) {
    const id = await service.submit({ ...film, ...more });
    await service.reaches(id, 'succeeded');
    const { opaque, width, data } = await pixelsOf((await preview(service, id)).bytes);
    assert.deepEqual([opaque, width], [1, 160]);
    assert.ok(new Set(data).size > 20, 'there is something to be seen');
  }
});
