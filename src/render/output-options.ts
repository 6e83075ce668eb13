/** What all outputs have in common: their options, their interface, and the check of a frame. */

import type { Frame } from '../shard/frame.js';
import type { Channels } from '../view/channels.js';
import type { View } from '../view/view.js';
import type { ParametersOf } from './carried-parameters.js';
import type { Levels } from './quantise.js';
import type { temporary, Written } from './temporary.js';

/** Of one outfile. */
export interface OutputOptions {
  /** .png .webp .tiff .jpg .npy .exr, also as a pattern such as f-%05d.png, or .mp4 .mov .mkv .webm .gif .apng. */
  readonly outfile: string;
  /** Pixels of a frame. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** The index of the first frame: a part of a film keeps those of the whole; absent: 0. */
  readonly first?: number;
  /** Samples a pixel: an axis of an .npy, when above 1. */
  readonly perPixel: number;
  /** Of raw samples. */
  readonly channels: Channels;
  readonly fps: number;
  /** Pixels of 8 bits are dithered, where the format does not dither itself. Absent: they are not. */
  readonly dither?: boolean;
  /** Frames are mirrored top to bottom. */
  readonly flip?: boolean;
  /** Of a channel in a .png or .tiff; absent: 8. */
  readonly bits?: 8 | 16;
  /** Of films, as film.ts describes them. */
  readonly codec?: string;
  readonly crf?: number;
  readonly preset?: string;
  readonly pixelFormat?: string;
  /** A file with sound, for a film. */
  readonly audio?: string;
  /** An ffmpeg without progress for so many seconds is stopped. */
  readonly stallTimeoutSeconds?: number;
  /** Path of an ffmpeg. */
  readonly ffmpeg?: string;
  /** An encoder gets a lower priority of the operating system. */
  readonly background?: boolean;
  /** Receives warnings for the user, one line each. */
  readonly warn?: (line: string) => void;
  /** Stops an encoder that completes its file, and the wait for a program that reads a pipe. */
  readonly signal?: AbortSignal;
}

/** What frames must hold. */
export type Wants =
  /** `light`: and their colours, which `Raw` gives. */
  { readonly kind: 'samples'; readonly light: boolean } | { readonly kind: 'pixels'; readonly levels: Levels };

/** What else there is of a frame of raw samples. */
export interface Raw {
  /** Of its view. */
  readonly view: Pick<View, 'formula' | 'iterations' | 'bailout' | 'count'>;
  /** Its colours: linear light, 3 numbers a pixel. */
  light(): Promise<Float32Array>;
}

export interface Output {
  readonly wants: Wants;
  /** In the place of pixels of 8 bits it takes planes as well, which are quicker to make and to encode. */
  readonly takesPlanes?: true;
  /**
   * Takes the next frame, in order, one call at a time; resolves when the next one may come, while this one is still
   * being encoded: its bytes must not change any more. Rejects when an earlier frame failed, too. `parameters`: the text
   * in a still, or in a film (with its first frame), from which it can be rendered again: ASCII. `raw`: where `wants` asks
   * for light.
   */
  write(frame: Frame, parameters?: ParametersOf, raw?: Raw): Promise<void>;
  /** Completes everything; resolves with the files that were published. */
  close(): Promise<Written[]>;
  /** Stops and removes what is incomplete; a file of an earlier run stays. Whole frames of a pattern stay. Does nothing after `close`. */
  abort(): Promise<void>;
}

/** Options of the temporary files of an output. */
export function temporaryOptions({ signal, warn }: OutputOptions): Parameters<typeof temporary>[1] {
  return { signal, note: warn };
}

/** The numbers of a frame of pixels. */
export function pixelsOf({ answer, width, height }: Frame, bits: 8 | 16): Uint8Array | Uint16Array {
  const count = width * height * 3;
  if (answer.kind !== (bits === 16 ? 'deep-pixels' : 'pixels') || answer.rgb.length !== count)
    throw new TypeError(`a picture of ${width}x${height} needs ${count} numbers of ${bits} bits`);
  return answer.rgb;
}
