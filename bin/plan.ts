/** The text of `--dry-run`. */

import type { Plan } from '../src/app/plan.js';
import type { Way } from '../src/app/ways.js';
import { frameCount } from '../src/request/request.js';
import { plainBytes, roughly } from './summary.js';

/** Lines of text, each with its line end. */
export function planText(plan: Plan): string {
  const { request, slots, workers, samples } = plan;
  const { width, height, film, autoIterations, iterations } = request;
  const open = workers.some((worker) => worker.slots === 0)
    ? ' at least: some hosts say themselves how many they have'
    : '';
  const lines = [
    ...ranks(plan),
    `slots: ${slots}${open}`,
    `frames: ${frameCount(film)} of ${width}x${height}, ${perPixelText(plan)} a pixel, ${autoIterations ? 'about' : 'at most'} ${iterations} iterations`,
    `shards: ${shardsText(plan)}`,
    `samples: ${samples}`,
    ...waysLines(plan),
    ...costs(plan),
    `outfile: ${request.outfiles.join(', ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

function perPixelText({ perPixel, request }: Plan): string {
  if (request.sampling.kind === 'adaptive') return `about ${perPixel.toFixed(1)} samples`;
  return `${perPixel} sample${perPixel > 1 ? 's' : ''}`;
}

function shardsText({ request: { shape, blockSize, film }, shards, ways }: Plan): string {
  const name = shape === 'row' ? 'rows' : 'tiles';
  if (shards === undefined) return `guided ${name}, large first`;
  if (ways && ways.chosen.keyframes > 0)
    return shape === 'row'
      ? `bands of ${blockSize} rows of keyframes`
      : `tiles of ${blockSize}x${blockSize} of keyframes`;
  return `${shards * frameCount(film)} (${shards} a frame)`;
}

function ranks({ workers, local, source }: Plan): string[] {
  if (local === 1) return ['rank 0: a worker of the leader itself, 1 slot'];
  if (local > 1) return [`ranks 0 to ${local - 1}: workers of the leader itself, 1 slot each`];
  return [
    `hosts: ${workers.length} of ${source}`,
    ...workers.map(({ address, slots }, rank) => `rank ${rank}: ${address}, ${slots || 'its own'} slots`),
  ];
}

function costs({ cost: { orbit, computing }, ways, local, slots }: Plan): string[] {
  const orbitLine = orbit
    ? [`reference orbit: at most ${orbit.iterations} iterations, ${about(orbit.seconds)} on this machine`]
    : [];
  if (!computing) return [...orbitLine, 'estimated time: unknown until the orbit is computed'];
  // Frames are made while others are computed, on cores of the leader's machine.
  const [computed, made] = [computing.seconds / slots, ways?.chosen.makingSeconds ?? 0];
  const seconds = local > 0 ? computed + made : Math.max(computed, made);
  return [
    ...orbitLine,
    `iterations: about ${counted(computing.iterations)}`,
    `estimated time: ${about(seconds)} on ${slots} slot${slots > 1 ? 's' : ''} of this machine`,
  ];
}

const PLACES = {
  leader: 'by the leader',
  workers: 'on the workers, and by the leader when none is left',
};

/** How the frames of a film are made, and what either way takes: time, and bytes in the store. */
function waysLines({ ways, cost: { computing }, samples, slots }: Plan): string[] {
  if (!ways) return [];
  const line = (one: Way) => {
    const seconds = computing && (computing.seconds * one.samples) / samples / slots;
    const making = `${roughly(one.makingSeconds)} of ${one.by === 'frames' ? 'encoding' : 'assembling and encoding'}`;
    const time = seconds === undefined ? '' : `, ${about(seconds)} of computing and ${making}`;
    const name = one.by === 'frames' ? 'frame by frame' : 'from keyframes';
    return `${name}: ${one.samples} samples${time}, about ${plainBytes(one.bytes)} in the store`;
  };
  const { keyframes, tooLarge } = ways.chosen;
  return [
    `assembly: ${keyframes > 0 ? `from ${keyframes} keyframes` : 'frame by frame'}, ${ways.why}`,
    ...(ways.on ? [`frames are assembled ${PLACES[ways.on]}`] : []),
    ...ways.all.map(line),
    ...(tooLarge ? [`store: ${tooLarge}`] : []),
  ];
}

/** "about 40 s", "less than 0.1 s". */
function about(seconds: number): string {
  const text = roughly(seconds);
  return text.startsWith('less') ? text : `about ${text}`;
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
