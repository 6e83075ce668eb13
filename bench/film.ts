/** A zoom film to 1e50, whole program, two slots: from keyframes and frame by frame; again at another speed, from the store. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Golden, readGolden } from '../test/golden.js';
import { leader, type Summary } from './program.js';
import { print } from './table.js';

const SIZE = { width: 640, height: 360 };
/** An octave lasts a second. */
const FPS = 60;
const OCTAVES = 166;
/** Frame by frame all of it would take hours: so many frames, evenly spread over the depths. */
const ALONE = 83;

/** The film's flags. `frames`: of the whole way. */
function flags(frames: number): string[] {
  const golden = readGolden('golden.json');
  const { re, im, zoom, iterations } = golden.find(({ id }) => id === 'kf-1e50') as Golden;
  const way = [`--xpos=${re}`, `--ypos=${im}`, '--zoom', '1', '--zoom-end', zoom, '--iters', String(iterations)];
  const size = ['--width', String(SIZE.width), '--height', String(SIZE.height)];
  return [...way, ...size, '--frames', String(frames), '--fps', String(FPS), '--preset', 'veryfast'];
}

export async function film(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const frames = FPS * OCTAVES;
  const kept = ['--store', join(folder, 'store'), '-o', join(folder, 'film.mp4')];
  try {
    const alone = await leader([...flags(ALONE), '--assembly', 'frames', '-o', join(folder, 'film.mp4')]);
    const whole = await leader([...flags(frames), ...kept]);
    const slower = await leader([...flags(2 * frames), ...kept]);
    const used = Number(execFileSync('du', ['-sk', join(folder, 'store')], { encoding: 'utf8' }).split('\t')[0]) / 1024;
    const pixels = SIZE.width * SIZE.height;
    const each = alone.seconds / ALONE;
    const row = (name: string, count: number, { seconds, samples }: Summary) => [
      name,
      count,
      seconds.toFixed(0),
      (count / seconds).toFixed(1),
      (samples / pixels / OCTAVES).toFixed(2),
      ((each * frames) / seconds).toFixed(1),
    ];
    print(
      `A film of 640x360 from zoom 1 to 1e50 at kf-1e50, two slots, ${used.toFixed(0)} MiB of store`,
      ['film', 'frames', 'seconds', 'frames/s', 'samples an octave, in pictures', 'times as fast as frame by frame'],
      [
        ['frame by frame, estimated', frames, (each * frames).toFixed(0), (1 / each).toFixed(1), String(FPS), '1.0'],
        row('from keyframes', frames, whole),
        row('half the speed, from the store', 2 * frames, slower),
      ],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
