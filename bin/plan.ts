/** The text of `--dry-run`. */

import type { Plan } from '../src/app/plan.js';
import { frameCount } from '../src/request/request.js';
import { plainBytes, roughly } from './summary.js';

/** Lines of text, each with its line end. */
export function planText(plan: Plan): string {
  const { request, slots, workers, perPixel, samples, shards } = plan;
  const { width, height, film, autoIterations, iterations } = request;
  const open = workers.some((worker) => worker.slots === 0)
    ? ' at least: some hosts say themselves how many they have'
    : '';
  const lines = [
    ...ranks(plan),
    `slots: ${slots}${open}`,
    `frames: ${frameCount(film)} of ${width}x${height}, ${perPixel} sample${perPixel > 1 ? 's' : ''} a pixel, ${autoIterations ? 'about' : 'at most'} ${iterations} iterations`,
    `shards: ${shards === undefined ? `guided ${request.shape === 'row' ? 'rows' : 'tiles'}, large first` : `${shards * frameCount(film)} (${shards} a frame)`}`,
    `samples: ${samples}`,
    ...ways(plan),
    ...costs(plan),
    `outfile: ${request.outfiles.join(', ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

function ranks({ workers, local, source }: Plan): string[] {
  if (local === 1) return ['rank 0: a worker of the leader itself, 1 slot'];
  if (local > 1) return [`ranks 0 to ${local - 1}: workers of the leader itself, 1 slot each`];
  return [
    `hosts: ${workers.length} of ${source}`,
    ...workers.map(({ address, slots }, rank) => `rank ${rank}: ${address}, ${slots || 'its own'} slots`),
  ];
}

function costs({ cost: { orbit, computing }, slots }: Plan): string[] {
  const orbitLine = orbit
    ? [`reference orbit: at most ${orbit.iterations} iterations, about ${roughly(orbit.seconds)} on this machine`]
    : [];
  if (!computing) return [...orbitLine, 'estimated time: unknown until the orbit is computed'];
  return [
    ...orbitLine,
    `iterations: about ${counted(computing.iterations)}`,
    `estimated time: about ${roughly(computing.seconds / slots)} on ${slots} slot${slots > 1 ? 's' : ''} of this machine`,
  ];
}

/** How the frames of a film are made, and what either way computes and keeps: three bytes a pixel in the store. */
function ways({ assembly, perPixel, cost: { computing }, samples, slots }: Plan): string[] {
  if (!assembly) return [];
  const { frames, keyframes } = assembly.samples;
  const time = (count: number) =>
    computing ? `, about ${roughly((computing.seconds * count) / samples / slots)}` : '';
  const way = (name: string, count: number, pixels: number) =>
    `${name}: ${count} samples${time(count)}, ${plainBytes(3 * pixels)} in the store`;
  const chosen = assembly.keyframes ? `${assembly.keyframes} keyframes` : 'frame by frame';
  return [
    `assembly: ${chosen}, ${assembly.why}`,
    way('frame by frame', frames, frames / perPixel),
    ...(keyframes === undefined ? [] : [way('from keyframes', keyframes, keyframes)]),
  ];
}

/** "830", "5.3 million", "2.1 billion". */
function counted(count: number): string {
  for (const [name, unit] of [
    ['trillion', 1e12],
    ['billion', 1e9],
    ['million', 1e6],
  ] as const)
    if (count >= unit) return `${(count / unit).toLocaleString('en', { maximumSignificantDigits: 2 })} ${name}`;
  return String(Math.round(count));
}
