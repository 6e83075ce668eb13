/** What all outputs have in common: their options, their interface, and the check of a frame. */

import type { Frame } from '../shard/frame.js';
import type { ParametersOf } from './carried-parameters.js';
import type { Levels } from './quantise.js';
import type { temporary, Written } from './temporary.js';

export interface OutputOptions {
  /** .png .webp .tiff .jpg .npy, also as a pattern such as f-%05d.png, or .mp4 .mov .mkv .webm .gif. */
  readonly outfile: string;
  /** Pixels of a frame. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Samples a pixel: an axis of an .npy, when above 1. */
  readonly perPixel: number;
  /** Numbers a raw sample has: 1, or 3, nu and the vector of the distance, of which an .npy gets nu and the length. */
  readonly channels: number;
  readonly fps: number;
  /** Pixels of 8 bits are dithered, where the format does not dither itself. Absent: they are not. */
  readonly dither?: boolean;
  readonly codec?: string;
  readonly crf?: number;
  /** An ffmpeg without progress for so many seconds is stopped. */
  readonly stallTimeoutSeconds?: number;
  /** Path of an ffmpeg. */
  readonly ffmpeg?: string;
  /** Receives warnings for the user, one line each. */
  readonly warn?: (line: string) => void;
  /** Stops an encoder that completes its file, and the wait for a program that reads a pipe. */
  readonly signal?: AbortSignal;
}

/** What frames must hold. */
export type Wants = { readonly kind: 'samples' } | { readonly kind: 'pixels'; readonly levels: Levels };

export interface Output {
  readonly wants: Wants;
  /**
   * Takes the next frame, in order, one call at a time; resolves when the next one may come, while this one is still
   * being encoded: its bytes must not change any more. Rejects when an earlier frame failed, too. `parameters`: the text
   * in a still, or in a film (with its first frame), from which it can be rendered again: ASCII.
   */
  write(frame: Frame, parameters?: ParametersOf): Promise<void>;
  /** Completes everything; resolves with the files that were published. */
  close(): Promise<Written[]>;
  /** Stops and removes what is incomplete; a file of an earlier run stays. Whole frames of a pattern stay. Does nothing after `close`. */
  abort(): Promise<void>;
}

/** Options of the temporary files of an output. */
export function temporaryOptions({ signal, warn }: OutputOptions): Parameters<typeof temporary>[1] {
  return { signal, note: warn };
}

/** The bytes of a frame of pixels. */
export function pixelsOf({ answer, width, height }: Frame): Uint8Array {
  if (answer.kind !== 'pixels' || answer.rgb.length !== width * height * 3)
    throw new TypeError(`a picture of ${width}x${height} needs ${width * height * 3} bytes of pixels`);
  return answer.rgb;
}
