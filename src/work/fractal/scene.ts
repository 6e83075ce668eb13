/** Pictures of escape-time fractals as work: what all shards of a job share, and what one shard asks for. */

import type { ReferenceData } from '../../kernel/perturbation/kernel.js';
import type { LookNumbers } from '../../render/look.js';
import type { Paint } from '../../render/paint.js';
import type { Rect } from '../../shard/shard.js';
import type { View } from '../../view/view.js';

export interface FractalScene {
  readonly kind: 'fractal';
  /** How to colour the pixels; absent: raw samples are wanted. */
  readonly paint?: Paint;
  /** For views too deep for doubles: the orbit from which their points are differences. */
  readonly reference?: ReferenceData | KeptReference;
  /**
   * Raw samples are wanted as viewers get them (tiles/packing.ts): of whole renders with one sample a pixel, computed by the
   * simd kernel. Absent: as doubles.
   */
  readonly packed?: true;
}

/** A reference whose orbit, and then its underflow list, are an asset of the scene. */
export interface KeptReference extends Omit<ReferenceData, 'orbit' | 'underflow'> {
  /** Its digest. */
  readonly asset: string;
  /** Of its bytes the last ones are the underflow list. */
  readonly underflowBytes: number;
}

/** A rectangle of a view. */
export interface FractalTask {
  readonly kind: 'fractal';
  readonly view: View;
  readonly rect: Rect;
  /** In the place of the numbers of the scene's paint. */
  readonly look?: LookNumbers;
}
