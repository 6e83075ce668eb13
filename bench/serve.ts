/** What a service costs: submissions, its start with a long history, the way to the first shard, and beside `fractal leader`. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overhead } from './overhead.js';
import { service } from './service.js';
import { starts } from './starts.js';
import { submissions } from './submissions.js';
import { median, print } from './table.js';

const STILLS = 15;
const PLACE = { xpos: '-0.7454286', ypos: '0.1130089', outfile: 'x.png' };
const STILL = { ...PLACE, zoom: '1308000', width: 640, height: 360, iters: 3000, samples: 4 };
/** Of shards as long as they become. */
const FILM = { ...PLACE, ...{ zoom: '1308000', 'zoom-end': '2616000', frames: 600, assembly: 'frames' } };
const LARGE = { ...FILM, ...{ outfile: 'x.mp4', width: 1280, height: 720, iters: 20_000, samples: 4 } };

export async function serve(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'fractal-serve-'));
  try {
    await submissions(join(place, 'submissions'));
    await starts(place);
    await firstShards(place);
    await overhead(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Of stills alone, and of stills of a high priority under a film on all slots. */
async function firstShards(place: string): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const [name, film] of [
    ['nothing else', undefined],
    ['a film of priority 50', LARGE],
  ] as const) {
    const one = await service(join(place, name), ['--local', '2']);
    const running = film && (await one.send('POST', '/v1/jobs', film));
    if (running) await one.event(running.id, (text) => /"framesDone":[1-9]/.test(text));
    const times: number[] = [];
    for (let k = 0; k < STILLS; k++) {
      const from = performance.now();
      const { id } = await one.send('POST', '/v1/jobs', { ...STILL, priority: 90, seed: k });
      await one.event(id, (text) => /"samplesDone":[1-9]/.test(text));
      times.push(performance.now() - from);
      await one.send('POST', `/v1/jobs/${id}/cancel`).catch(() => undefined);
    }
    await one.stop();
    rows.push([name, Math.round(median(times)), Math.round(Math.max(...times))]);
  }
  print(
    'From the submission of a still of priority 90 until a client has heard of its first shard: ms',
    ['beside', 'median', 'longest'],
    rows,
  );
}
