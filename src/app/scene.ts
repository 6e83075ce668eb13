/**
 * `fractal scene`: renders a POV-Ray scene to a picture or a film on workers. The stages run one after another: connect,
 * find out how pictures are divided, render.
 */

import type { Written } from '../render/output.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import { connect } from './connected.js';
import { logTo } from './events.js';
import { openStore } from './kept-place.js';
import { openRegistration } from './registration.js';
import type { RenderWorkers } from './render.js';
import { withResources } from './resources.js';
import { checkScene, explained } from './scene-check.js';
import { undivided } from './scene-division.js';
import { BandsDiffer, renderFrames } from './scene-frames.js';
import type { SceneOrder } from './scene-order.js';
import { bitsOf, sceneOutput } from './scene-output.js';

import { type Context, endingWith, inStage, untilClosed } from './stage.js';
import { thisProgram } from './version.js';

export type { SceneOrder } from './scene-order.js';

export interface RenderedScene {
  readonly request: SceneRequest;
  readonly files: readonly Written[];
}

const INTERRUPTED_FLUSH_MS = 10_000;

/**
 * Renders to the request's outfile. On any error nothing incomplete is left on disk; entries of the store are kept. Where
 * divided pictures turn out to differ from the whole, all are rendered again, undivided.
 * @throws FractalError, or the signal's reason
 */
export async function renderScene(order: SceneOrder, workers: RenderWorkers, context: Context): Promise<RenderedScene> {
  // A stale build ends here, before anything is opened.
  thisProgram();
  checkScene(order);
  try {
    try {
      return await renderOnce(order, workers, context);
    } catch (error) {
      if (!(error instanceof BandsDiffer)) throw error;
      logTo(context.emit, 'warn')(undivided(error.message));
      return await renderOnce({ ...order, request: { ...order.request, split: 'whole' } }, workers, context);
    }
  } catch (error) {
    // The same signal may have ended the encoder: that is not the reason.
    throw context.signal.aborted ? context.signal.reason : explained(error, order);
  }
}

async function renderOnce(
  order: SceneOrder,
  { fleet: given, ...workers }: RenderWorkers,
  context: Context,
): Promise<RenderedScene> {
  return withResources(async (resources) => {
    const { emit } = resources.hold(untilClosed(context.emit), (one) => one.close());
    const ending = resources.hold(endingWith(context.signal), (one) => one.release());
    const within = { emit, signal: ending.signal };
    const { request, cluster } = order;
    const { listen, insecure, np, retries } = cluster;
    const registration = listen && (await openRegistration(listen, workers.access, insecure, emit));
    resources.hold(registration, (one) => one?.close());

    const output = await inStage('open', within, () => sceneOutput(request, within));
    resources.hold(output, (one) => one.abort());
    for (const text of order.notes) logTo(emit, 'warn')(text);
    const store = await inStage('store', within, () => openStore(order.store, emit));
    const flushMs = () => (context.signal.aborted ? INTERRUPTED_FLUSH_MS : Infinity);
    resources.hold(store, (one) => one?.close(flushMs()));

    const connection = { session: 'scene', np, retries, emit, failed: ending.end };
    const connected = given ? undefined : await connect({ ...workers, registration }, connection);
    resources.hold(connected, (one) => one?.close());
    const forget = workers.local?.whenBroken(ending.end);
    resources.hold(forget, (one) => one?.());
    const fleet = given ?? connected?.fleet;
    if (!fleet) throw new TypeError('scenes need workers');

    const cast = { order, workers: { ...workers, registration }, fleet, store, bits: bitsOf(output), flushMs };
    await renderFrames(cast, output, within);
    return { request, files: await inStage('close', within, () => output.close()) };
  });
}
