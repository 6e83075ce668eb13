/** The jobs and the clusters of docs/scale.md, with the figures that were measured. */

import type { Cluster, Outcome, SimulatedJob } from '../../test/leader/simulate-cluster.js';
import { COSTS } from '../../test/leader/timed-cluster.js';
import { uniform } from '../../test/leader/uniform.js';
import { type CostMap, costOf } from '../cost-map.js';

const GIGABIT = 1e9 / 8;
/** Seconds that x264 and the conversion before it take for a frame of 1920x1080, and assembling it from keyframes besides. */
const ENCODED = 0.022;
const ASSEMBLED = 0.062;
const PIXEL_BYTES = 3;
/** Of keyframes: raw counts and distances. */
const SAMPLE_BYTES = 24;

export interface Named extends SimulatedJob {
  readonly name: string;
  /** Core seconds, without waiting. */
  readonly work: number;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  /** Microseconds of a slot for a sample, in the mean. */
  readonly microseconds: number;
  readonly frames?: number;
  readonly consume?: number;
  readonly sceneBytes?: number;
  readonly bytes?: number;
}

/** `easy`: every sample costs the same; else as the map has it. */
function job(name: string, map: CostMap | undefined, picture: Picture): Named {
  const { width, height, samples, microseconds, frames = 1, consume = 0, sceneBytes = 1_000 } = picture;
  const total = width * height * samples * microseconds * 1e-6;
  const even = ({ width: w, height: h }: { width: number; height: number }) => (total * w * h) / (width * height);
  const bytes = picture.bytes ?? PIXEL_BYTES;
  return {
    name,
    work: total * frames,
    job: { renders: uniform(frames, width, height, samples), shape: 'auto', window: 64 },
    costOf: map ? costOf(map, { width, height }, total) : even,
    bytesOf: (shard) => shard.width * shard.height * bytes,
    ...{ sceneBytes, consume },
  };
}

/** 0.6 µs a sample: the valley of docs/performance.md; 40 µs: rf-dragon; 3 µs: kf-1e50. */
export function jobs(map: CostMap): readonly Named[] {
  const film = { width: 1920, height: 1080, frames: 600 };
  const eight = { width: 7680, height: 4320, samples: 4 };
  return [
    job('1920x1080', map, { width: 1920, height: 1080, samples: 4, microseconds: 0.6 }),
    job('7680x4320', map, { ...eight, microseconds: 0.6 }),
    job('7680x4320, even', undefined, { ...eight, microseconds: 0.6 }),
    job('7680x4320, deep', map, { ...eight, microseconds: 40, sceneBytes: 1.5e6 }),
    job('7680x4320, deep, 64 samples', map, { ...eight, samples: 64, microseconds: 40, sceneBytes: 1.5e6 }),
    job('poster, 32768x24576', map, { width: 32_768, height: 24_576, samples: 4, microseconds: 0.6 }),
    job('film, frame by frame', map, { ...film, samples: 4, microseconds: 0.6, consume: ENCODED }),
    job('film from keyframes', map, {
      ...{ ...film, frames: 28, samples: 1, microseconds: 3, bytes: SAMPLE_BYTES, sceneBytes: 1.5e6 },
      // 600 frames follow 28 keyframes.
      consume: (ASSEMBLED * 600) / 28,
    }),
  ];
}

/** Workers of 16 slots, in one network with the leader. */
export function cluster(slots: number, each = 16, more: Partial<Cluster> = {}): Cluster {
  const workers = Array.from({ length: Math.ceil(slots / each) }, (_, k) => {
    return { slots: Math.min(each, slots - k * each), speed: 1 };
  });
  return { workers, latency: 0.1e-3, bandwidth: 10 * GIGABIT, costs: COSTS, ...more };
}

export const SLOWER_LINK = { bandwidth: GIGABIT };

/** A resource is the limit if it is busy for most of the time; if none is, slots wait for the first and the last shards. */
export function limitOf({ efficiency, leader, received, sent, consumer }: Outcome): string {
  if (efficiency >= 0.9) return 'slots';
  const shares: [string, number][] = [
    ['leader', leader],
    ['link', Math.max(received, sent)],
    ['frames', consumer],
  ];
  const [[name, share]] = shares.sort((a, b) => b[1] - a[1]) as [[string, number]];
  return share >= 0.7 ? name : 'first and last shards';
}
