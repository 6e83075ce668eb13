/** `fractal scene`: renders a POV-Ray scene to a picture or a film on workers. */

import { FractalError } from '../errors.js';
import type { Written } from '../render/output.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import type { RenderOrder, RenderWorkers } from './render.js';
import type { SceneFile } from './scene-files.js';
import type { Context } from './stage.js';

/** What is to be rendered, and how. */
export interface SceneOrder extends Pick<RenderOrder, 'notes' | 'store' | 'cluster' | 'metrics' | 'started'> {
  readonly request: SceneRequest;
  /** All that the scene needs, the file that is rendered among them. */
  readonly files: readonly SceneFile[];
  /** A frame has been given to all outfiles. `index`: of the whole film. */
  wrote?(index: number): void;
}

export interface RenderedScene {
  readonly request: SceneRequest;
  readonly files: readonly Written[];
}

/**
 * Renders to the request's outfile. On any error nothing incomplete is left on disk; entries of the store are kept.
 * @throws FractalError, or the signal's reason
 */
export async function renderScene(
  order: SceneOrder,
  _workers: RenderWorkers,
  _context: Context,
): Promise<RenderedScene> {
  throw new FractalError('INTERNAL', `${order.request.main} is not rendered yet`);
}
