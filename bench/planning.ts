/** What planning a film from keyframes takes: which are needed, and in which order frames need them. */

import { coverOf, samplesOf } from '../src/film/cover.js';
import { orderOf } from '../src/film/showing.js';
import { fromLog10 } from '../src/view/decimal.js';
import { pathOf, withStart } from '../src/view/path/path.js';
import { print } from './table.js';

const FILMS = [
  { octaves: 166, frames: 9_960, size: { width: 640, height: 360, samples: 1 } },
  { octaves: 20, frames: 1_200, size: { width: 3840, height: 2160, samples: 1 } },
  { octaves: 20, frames: 1_200, size: { width: 1920, height: 1080, samples: 16 } },
  { octaves: 166, frames: 216_000, size: { width: 640, height: 360, samples: 1 } },
];
const BASE = { re: '-1.75', im: '-0.01259331079974986538', zoom: '1', rotation: 0, bailout: 4, offset: 0, density: 1 };

export function planning(): void {
  const rows = FILMS.map(({ octaves, frames, size }) => {
    const zoom = fromLog10(octaves * Math.log10(2));
    const keyframes = withStart([{ at: frames - 1, zoom }], BASE);
    const way = pathOf(keyframes, BASE);
    const path = { frames, at: (frame: number) => ({ ...way.at(frame), rotation: 0 }), legs: way.legs(0, frames - 1) };
    const [begin, cover] = [process.cpuUsage(), coverOf(path, size)];
    const covered = process.cpuUsage(begin).user;
    orderOf(cover, path, size);
    const ordered = process.cpuUsage(begin).user - covered;
    const pictures = samplesOf(cover) / (size.width * size.height * size.samples) / octaves;
    const seconds = [covered, ordered].map((one) => (one / 1e6).toFixed(2));
    const name = `${size.width}×${size.height}, ${size.samples} a pixel`;
    return [name, octaves, frames, ...seconds, pictures.toFixed(2)];
  });
  const head = ['size, samples', 'octaves', 'frames', 'cover, s', 'order, s', 'pictures an octave'];
  print('Planning a film, seconds of user CPU', head, rows);
}
