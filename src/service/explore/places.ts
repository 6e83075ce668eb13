/** Places for the page of the explorer, as app/explorer-places.ts finds them: minibrots of a view, files of locations. */

import type { Point } from '../../tiles/lattice.js';
import type { Scene } from '../../tiles/protocol.js';

export interface Places {
  /** The minibrot of a view. @throws FractalError REQUEST_INVALID, NUCLEUS_MISSING; throws the signal's reason */
  locate(order: LocateOrder, signal: AbortSignal): Promise<Minibrot>;
  /**
   * What a file shows: of a location, or a picture of this program. `name`: of the file.
   * @throws FractalError LOCATION_FILE, REQUEST_INVALID; throws the signal's reason
   */
  location(name: string, content: Uint8Array, signal: AbortSignal): Promise<PlaceOfFile>;
}

export interface LocateOrder extends Point {
  readonly scene: Scene;
  readonly zoom: string;
  /** Width by height of the view. Absent: 16 by 9. */
  readonly aspect?: number;
}

export interface Minibrot extends Point {
  /** Of a view that holds all of it. */
  readonly zoom: string;
  readonly period: number;
  /** An iteration limit with which its shape shows. */
  readonly iters?: number;
}

export interface PlaceOfFile extends Point {
  /** Those of its flags that a scene may have. */
  readonly scene: Scene;
  readonly zoom: string;
  /** Degrees. */
  readonly rotation: number;
  /** What of the file is not used, or differs. */
  readonly notes: readonly string[];
}
