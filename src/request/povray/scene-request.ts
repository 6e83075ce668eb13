/** What is to be rendered of a POV-Ray scene: checked and typed values, as plain data. Its files are given beside it. */

import type { Encoding } from '../request.js';

export interface SceneRequest {
  /** The file that is rendered: its path in the scene's folder, with '/'. */
  readonly main: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of POV-Ray's command line: quality, anti-aliasing and the like. */
  readonly options: readonly string[];
  readonly declares: readonly Declare[];
  readonly film: SceneFilm;
  /** Whether pictures are divided into bands; auto: where the bands are the same bytes as the whole, and it is worth it. */
  readonly split: 'auto' | 'bands' | 'whole';
  /** Rows of a band; absent: by the cost measured so far. */
  readonly blockSize?: number;
  readonly limits: SceneLimits;
  /** The first of `outfiles`. */
  readonly outfile: string;
  /** All of them get every frame. */
  readonly outfiles: readonly string[];
  readonly encoding: Encoding;
}

/** A variable of the scene. */
export interface Declare {
  readonly name: string;
  /** Decimal numbers: one for all frames, or one for each frame of the whole film. */
  readonly values: readonly string[];
}

export interface SceneFilm {
  /** Of the whole film; 1: a still. */
  readonly frames: number;
  /** The frames that are rendered: from the first to the last, counted from 0. */
  readonly first: number;
  readonly last: number;
  /** Frames a second. */
  readonly fps: number;
  /** The `frame_number` of frame 0 inside the scene. */
  readonly firstNumber: number;
  /** `clock` of the first and the last frame of the whole film, as decimal numbers; of a still, the first. */
  readonly clock: { readonly initial: string; readonly final: string };
  /** The last frame is one step before the final clock. */
  readonly cyclic: boolean;
}

/** Of one shard: beyond them it is stopped, and the render fails. */
export interface SceneLimits {
  /** Of computing, and of the clock on the wall. */
  readonly seconds: number;
  /** Bytes. */
  readonly memory: number;
}

/** The value of each variable in a frame, counted from 0. */
export function declaresAt(
  { declares }: Pick<SceneRequest, 'declares'>,
  frame: number,
): { name: string; value: string }[] {
  return declares.map(({ name, values }) => ({ name, value: values[Math.min(frame, values.length - 1)] as string }));
}
