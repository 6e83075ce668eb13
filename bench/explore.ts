/**
 * The explorer on two local slots, over real WebSockets, alone and beside a film: first pixels of a move, whole pictures, what
 * is cached, what is stopped, bytes; other colours in Chromium; and twenty viewers at once (EXPLORE_SECONDS=300 for five minutes).
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { explorePage } from './explore-page.js';
import { type BenchViewer, benchViewer, type Camera, cameraAt, moved, WIDTH } from './explore-viewer.js';
import { places, type Shown } from './places.js';
import { type ServiceProcess, service } from './service.js';
import { print, spread } from './table.js';

const MOVES = 24;
const WHOLES = 7;
/** A view rests so long before the next move. */
const REST_MS = 250;
const VIEWERS = 20;
const SECONDS = Number(process.env.EXPLORE_SECONDS ?? 30);
const FILM = {
  ...{
    xpos: '-0.7454286',
    ypos: '0.1130089',
    zoom: '1308000',
    'zoom-end': '2616000',
    frames: 3000,
    assembly: 'frames',
  },
  ...{ outfile: 'x.mp4', width: 1280, height: 720, iters: 20_000, samples: 4 },
};
const LOOKED_AT = ['whole set', 'minibrot-valley', 'kf-1e14', 'kf-1e50'];

export async function explore(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'fractal-explore-'));
  try {
    const rows: (string | number)[][] = [];
    for (const beside of ['nothing else', 'a film']) {
      const one = await service(join(place, beside), ['--local', '2']);
      if (beside === 'a film') await startFilm(one);
      for (const shown of places().filter(({ name }) => LOOKED_AT.includes(name)))
        rows.push([shown.name, beside, ...(await measured(one, shown))]);
      await one.stop();
    }
    print(
      `Viewer of 1920 x 1080 on two slots, in ms (median / 95th percentile of ${MOVES} moves, ${WHOLES} pictures)`,
      [
        'place',
        'beside',
        'first pixels',
        'stopped',
        'whole picture',
        'the same again',
        'bytes a pixel',
        'core seconds / 8',
      ],
      rows,
    );
    await explorePage(join(place, 'page'));
    await crowd(join(place, 'crowd'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function startFilm(one: ServiceProcess): Promise<void> {
  const { id } = await one.send('POST', '/v1/jobs', FILM);
  await one.event(id, (text) => /"samplesDone":[1-9]/.test(text));
}

async function measured(one: ServiceProcess, { flags }: Shown): Promise<(string | number)[]> {
  const { xpos = '', ypos = '', zoom = '', iters: _, ...scene } = flags as Record<string, string>;
  const from = cameraAt(xpos, ypos, zoom, scene);
  const viewer = await benchViewer(one.url);
  await viewer.whole(from);
  const firsts = await moves(viewer, from);
  const wholes: number[] = [];
  const again: number[] = [];
  let [bytes, pixels, cores] = [0, 0, 0];
  for (let k = 0; k < WHOLES; k++) {
    // Of a level that was not looked at.
    const camera = moved(from, 0, 0, k - WHOLES);
    const before = one.cpuSeconds();
    const seen = await viewer.whole(camera);
    cores += one.cpuSeconds() - before;
    wholes.push(seen.done as number);
    bytes += seen.bytes;
    pixels += seen.pixels;
    await pause(REST_MS);
    again.push((await viewer.whole(camera)).done as number);
  }
  viewer.close();
  return [
    ...[firsts, viewer.stops, wholes, again].map(spread),
    (bytes / pixels).toFixed(2),
    (cores / WHOLES / 8).toFixed(2),
  ];
}

/** Milliseconds until the first piece of each move: pans, and zooms both ways. */
async function moves(viewer: BenchViewer, from: Camera): Promise<number[]> {
  const firsts: number[] = [];
  let camera = from;
  for (let k = 0; k < MOVES; k++) {
    const step = k % 8;
    if (step < 4) camera = moved(camera, step < 2 ? WIDTH / 3 : -WIDTH / 4, (step - 1.5) * 200);
    else camera = moved(camera, 37, 11, step < 6 ? 6 : -5);
    firsts.push((await viewer.look(camera)).first as number);
    await pause(REST_MS);
  }
  return firsts;
}

/** Viewers that move all the time, each in a place of its own. */
async function crowd(data: string): Promise<void> {
  // A small cache is full soon: what grows after that is no cache.
  const one = await service(data, ['--local', '2', '--tile-memory', '64M']);
  const shown = places();
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => benchViewer(one.url)));
  const end = performance.now() + SECONDS * 1000;
  const memory = () => residentOf(one.child.pid ?? 0);
  const sizes: number[] = [];
  const watching = setInterval(() => sizes.push(memory()), 1000);
  await Promise.all(
    viewers.map(async (viewer, k) => {
      const { xpos = '', ypos = '', zoom = '' } = (shown[k % 13] as Shown).flags as Record<string, string>;
      let camera = moved(cameraAt(xpos, ypos, zoom), 300 * k, 0);
      for (let step = 0; performance.now() < end; step++) {
        camera = moved(camera, 200 - 50 * (step % 8), 100, step % 2 ? 3 : -3);
        await viewer.look(camera);
        await pause(1000);
      }
    }),
  );
  clearInterval(watching);
  const counts = viewers.map(({ pieces }) => pieces);
  const longest = Math.max(...viewers.map((viewer) => viewer.longest));
  for (const viewer of viewers) viewer.close();
  const third = Math.floor(sizes.length / 3);
  print(
    `${VIEWERS} viewers for ${SECONDS} seconds on two slots`,
    ['pieces of a viewer: fewest', 'most', 'longest wait for a first piece, ms', 'MiB after a third', 'MiB at the end'],
    [[Math.min(...counts), Math.max(...counts), Math.round(longest), sizes[third] ?? 0, sizes.at(-1) ?? 0]],
  );
  await one.stop();
}

/** MiB of a process; NaN where the system does not tell. */
function residentOf(pid: number): number {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return Number.NaN;
  }
}
