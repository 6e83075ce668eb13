/** Pictures of POV-Ray scenes as work: what the bands of a picture or the frames of an animation share, and what one shows. */

import type { Rect } from '../../shard/shard.js';

/** The kernel that renders POV-Ray scenes. */
export const POVRAY_KERNEL = 'povray';

/**
 * Pixels of the side of the blocks in which POV-Ray renders a picture, from its top left. A rectangle of whole blocks costs
 * what it shows; any other costs all blocks that it touches.
 */
export const POVRAY_BLOCK = 32;

export interface PovrayScene {
  readonly kind: 'povray';
  /** All files that the scene may read. Their contents are the assets of the scene. */
  readonly files: readonly PovrayFile[];
  /** The path of the file that is rendered. */
  readonly main: string;
  /** Pixels of the whole picture. */
  readonly width: number;
  readonly height: number;
  /** Of a channel of a pixel. */
  readonly bits: 8 | 16;
  /** Switches of POV-Ray's command line that options.ts allows: quality, anti-aliasing, gamma. */
  readonly options: readonly string[];
  /** Absent: a single picture. */
  readonly animation?: Animation;
  readonly limits: PovrayLimits;
}

export interface PovrayFile {
  /** From the scene's folder, with "/". */
  readonly path: string;
  /** SHA-256 of its content, in hexadecimal digits. */
  readonly digest: string;
}

/** What a scene can ask about its animation: initial_frame, final_frame, initial_clock, final_clock. */
export interface Animation {
  readonly first: number;
  readonly last: number;
  /** Decimal numbers. */
  readonly initialClock: string;
  readonly finalClock: string;
  /** The clock of the last frame is that before the final one, so that the film can be repeated. */
  readonly cyclic: boolean;
}

export interface PovrayLimits {
  /** Of CPU time, and of time, of one shard. */
  readonly seconds: number;
  /** Bytes of one shard. */
  readonly memory: number;
}

/** A rectangle of the picture, or of a frame. */
export interface PovrayTask {
  readonly kind: 'povray';
  readonly rect: Rect;
  /** With an animation: `first` to `last`. */
  readonly frame?: number;
  /** Without a frame: a decimal number. */
  readonly clock?: string;
  /** Variables that the scene finds declared. */
  readonly declares: readonly PovrayDeclare[];
}

export interface PovrayDeclare {
  readonly name: string;
  /** A decimal number. */
  readonly value: string;
}
