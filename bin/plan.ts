/** The text of `--dry-run`. */

import type { Plan, Way } from '../src/app/plan.js';
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

const PLACES = {
  leader: 'by the leader',
  workers: 'on the workers, and by the leader when none is left',
};

/** How the frames of a film are made, and what either way takes: time, and bytes in the store. */
function ways({ assembly, cost: { computing }, samples, slots }: Plan): string[] {
  if (!assembly) return [];
  const way = (one: Way) => {
    const seconds = computing && (computing.seconds * one.samples) / samples / slots;
    const making = `${roughly(one.makingSeconds)} of ${one.by === 'frames' ? 'encoding' : 'assembling and encoding'}`;
    const time = seconds === undefined ? '' : `, about ${roughly(seconds)} of computing and ${making}`;
    const name = one.by === 'frames' ? 'frame by frame' : 'from keyframes';
    return `${name}: ${one.samples} samples${time}, ${plainBytes(one.bytes)} in the store`;
  };
  const chosen = assembly.keyframes ? `${assembly.keyframes} keyframes` : 'frame by frame';
  const taken = assembly.ways.find(({ by }) => (by === 'keyframes') === (assembly.keyframes !== undefined));
  return [
    `assembly: ${chosen}, ${assembly.why}`,
    ...(assembly.on ? [`frames are assembled ${PLACES[assembly.on]}`] : []),
    ...assembly.ways.map(way),
    ...(taken?.tooLarge ? [`store: ${taken.tooLarge}`] : []),
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
