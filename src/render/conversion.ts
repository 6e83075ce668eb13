/** Frames as several outputs want them, of one frame that has what all of them need. */

import { type Frame, flipped, rowsReversed } from '../shard/frame.js';
import type { Output, Raw, Wants } from './output-options.js';
import { bytesOfDeep, PLAIN, quantise } from './quantise.js';

/** What a frame must hold for all of these. */
export function wantsOfAll(all: readonly Wants[]): Wants {
  if (all.some(({ kind }) => kind === 'samples'))
    return { kind: 'samples', light: all.some((one) => one.kind === 'pixels' || one.light) };
  const levels = all.map((one) => (one.kind === 'pixels' ? one.levels : PLAIN));
  const [first = PLAIN] = levels;
  const same = levels.every(({ bits, dither }) => bits === first.bits && dither === first.dither);
  // Pixels of 8 bits are made of those of 16 as they are of linear light.
  return { kind: 'pixels', levels: same ? first : { bits: 16, dither: false } };
}

/** The frame as one of them wants it: the same bytes as if it were the only one. */
export async function converted(frame: Frame, wants: Wants, raw: Raw | undefined): Promise<Frame> {
  const { answer, width } = frame;
  if (wants.kind === 'samples') return frame;
  const { bits, dither } = wants.levels;
  const at = { x: 0, y: 0, width };
  if (answer.kind === 'samples') {
    if (!raw) throw new TypeError('raw samples came without their colours');
    const rgb = quantise(await raw.light(), wants.levels, at);
    return { ...frame, answer: rgb instanceof Uint16Array ? { kind: 'deep-pixels', rgb } : { kind: 'pixels', rgb } };
  }
  if (answer.kind !== 'deep-pixels' || bits === 16) return frame;
  return { ...frame, answer: { kind: 'pixels', rgb: bytesOfDeep(answer.rgb, dither, at) } };
}

/** An output of frames that are mirrored top to bottom. */
export function mirrored(output: Output): Output {
  const { takesPlanes: _, ...rest } = output;
  return {
    ...rest,
    write: (frame, parameters, raw) =>
      output.write(
        flipped(frame),
        parameters,
        raw && { ...raw, light: async () => rowsReversed(await raw.light(), frame.height) },
      ),
  };
}
