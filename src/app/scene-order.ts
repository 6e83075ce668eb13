/** What `fractal scene` is given: a request, the files, where to compute and to keep. */

import type { SceneRequest } from '../request/povray/scene-request.js';
import type { Frame } from '../shard/frame.js';
import type { RenderOrder } from './render.js';
import type { SceneFile } from './scene-files.js';

/** What is to be rendered, and how. */
export interface SceneOrder extends Pick<RenderOrder, 'notes' | 'store' | 'cluster' | 'metrics' | 'started'> {
  readonly request: SceneRequest;
  /** All that the scene needs, the file that is rendered among them. */
  readonly files: readonly SceneFile[];
  /** A frame has been given to all outfiles. `index`: of the whole film. */
  wrote?(index: number, frame: Frame): void;
}
