/** The command line of POV-Ray for one shard. */

import { POVRAY_BLOCK, type PovrayScene, type PovrayTask } from './scene.js';

/** The last of two contradicting ones counts: so those of the scene come first. */
export function argumentsOf(scene: PovrayScene, task: PovrayTask): string[] {
  const { main, width, height, bits, options } = scene;
  return [
    ...options,
    `+I${main}`,
    ...[`+W${width}`, `+H${height}`],
    // Without display, pause, keys and messages on progress; one thread; all of the picture in memory.
    ...['-D', '-P', '-X', '-V', '-C', '+WT1', '+MI0', '-UA'],
    ...['+O-', bits === 16 ? '+FP16' : '+FP8'],
    ...rowsAndColumns(scene, task),
    ...clockOf(scene, task),
    ...task.declares.map(({ name, value }) => `Declare=${name}=${value}`),
  ];
}

/**
 * Whole blocks: within one, anti-aliasing compares a pixel with its neighbours, so that its colour depends on where the block
 * ends. What is beyond the rectangle is cropped.
 */
function rowsAndColumns({ width, height }: PovrayScene, { rect }: PovrayTask): string[] {
  return [...range('R', rect.y, rect.height, height), ...range('C', rect.x, rect.width, width)];
}

function range(what: 'R' | 'C', from: number, count: number, all: number): string[] {
  if (count === all) return [];
  const first = Math.floor(from / POVRAY_BLOCK) * POVRAY_BLOCK;
  const last = Math.ceil((from + count) / POVRAY_BLOCK) * POVRAY_BLOCK;
  // Counted from 1, with the last.
  return [...(first === 0 ? [] : [`+S${what}${first + 1}`]), ...(last >= all ? [] : [`+E${what}${last}`])];
}

function clockOf({ animation }: PovrayScene, { frame, clock }: PovrayTask): string[] {
  if (!animation || frame === undefined) return clock === undefined ? [] : [`+K${clock}`];
  const { first, last, initialClock, finalClock, cyclic } = animation;
  // POV-Ray divides by the number of steps.
  if (first === last) return [`+K${initialClock}`];
  return [
    ...[`+KFI${first}`, `+KFF${last}`, `+KI${initialClock}`, `+KF${finalClock}`, cyclic ? '+KC' : '-KC'],
    ...[`+SF${frame}`, `+EF${frame}`],
  ];
}
