/** `fractal recolor`: a picture or film painted from samples that are in the store. Nothing is computed. */

import { repainted } from '../render/colours.js';
import type { Written } from '../render/output.js';
import type { Paint } from '../render/paint.js';
import type { Request } from '../request/request.js';
import type { Store } from '../store/store.js';
import { numericsOf } from '../work/fractal/numerics.js';
import { assemblyOf } from './assembly.js';
import { logTo } from './events.js';
import { keptFilm } from './kept-film.js';
import { type Kept, keptFrames } from './kept-frames.js';
import { exists, nameOf, openStore, type StoreOptions } from './kept-place.js';
import { outputOf, paintOf, writeFrame } from './picture.js';
import { type Prepared, prepare } from './prepare.js';
import { type Resources, withResources } from './resources.js';
import { renderMissing, samplesMissing, storeMissing } from './samples-missing.js';
import { type Context, inStage } from './stage.js';

export interface RecolorOrder {
  readonly request: Request;
  /** Warnings about how the request was read; they are emitted once the outfile is known to be writable. */
  readonly notes: readonly string[];
  readonly store: StoreOptions;
}

export interface Recolored {
  /** With its method and iteration limit. */
  readonly request: Request;
  readonly files: readonly Written[];
  /** Pixels that are uncertain, of all frames, or of all keyframes. */
  readonly uncertain: number;
  /** All of them. */
  readonly pixels: number;
}

/** @throws FractalError SAMPLES_MISSING, and what rendering throws; or the signal's reason */
export async function recolor(order: RecolorOrder, context: Context): Promise<Recolored> {
  const { place } = order.store;
  if (!place) throw storeMissing('there is no store to take them from with --no-store');
  if (!exists(place)) throw storeMissing(`there is no store "${nameOf(place)}"`);
  try {
    return await withResources((resources) => stages(order, context, resources));
  } catch (error) {
    // The same signal may have ended the encoder: that is not the reason.
    throw context.signal.aborted ? context.signal.reason : error;
  }
}

async function stages(
  { request, notes, store: options }: RecolorOrder,
  context: Context,
  resources: Resources,
): Promise<Recolored> {
  const { emit, signal } = context;
  const output = await inStage('open', context, () => outputOf(request, context));
  resources.hold(output, (one) => one.abort());
  const first = paintOf(request, output.wants);
  for (const text of notes) logTo(emit, 'warn')(text);

  const store = await inStage('store', context, () => openStore(options, emit));
  resources.hold(store, (one) => one?.close());

  const prepared = await inStage('prepare', context, () => prepare(request, context, { store }));
  const paint = first && repainted(first, prepared.request.colours);
  const painted = await inStage('paint', context, async () => {
    const film = output.wants.kind === 'samples' || !paint ? undefined : { paint, planes: output.takesPlanes };
    const kept = store && (await keptOf(prepared, store, film, signal));
    if (!kept) throw await samplesMissing({ store, request: prepared.request, signal }, request.film.first);
    for (const text of kept.lacks) logTo(emit, 'warn')(text);
    for await (const frame of kept.frames) {
      signal.throwIfAborted();
      await writeFrame(output, frame, prepared.request, paint);
    }
    return { uncertain: kept.uncertain, pixels: kept.pixels };
  });
  const files = await inStage('close', context, () => output.close());
  return { request: prepared.request, files, ...painted };
}

/**
 * What the store has for a request: its frames, or the keyframes that they are assembled from. Of both, those of which all is
 * there; if that does not decide, those that rendering makes. `assembled`: how keyframes become frames; absent: these are not wanted.
 */
async function keptOf(
  prepared: Prepared,
  store: Store,
  assembled: { readonly paint: Paint; readonly planes: boolean | undefined } | undefined,
  signal: AbortSignal,
): Promise<Kept | undefined> {
  const { request } = prepared;
  const numerics = await numericsOf(request.kernel);
  if (numerics.fingerprint === undefined) throw storeMissing(`--kernel ${request.kernel} has none in the store`);
  const options = { store, numerics, signal };
  const searched = { store, request, signal };
  const frames = await keptFrames(prepared, { ...options, missing: (frame) => samplesMissing(searched, frame) });
  const film =
    assembled &&
    (await keptFilm(prepared, { ...options, ...assembled, missing: (render) => renderMissing(searched, render) }));
  if (!frames || !film) return frames ?? film;
  const { stretches } = await assemblyOf(request, signal, prepared.kept?.grid);
  const [made, other] = stretches ? [film, frames] : [frames, film];
  return (await made.isWhole()) || !(await other.isWhole()) ? made : other;
}
