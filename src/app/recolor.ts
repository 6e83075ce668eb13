/** `fractal recolor`: a picture or film painted from samples that are in the store. Nothing is computed. */

import { FractalError } from '../errors.js';
import type { Written } from '../render/output.js';
import { hasDistance, hasIterate, type Request } from '../request/request.js';
import { assemble } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import type { Archive } from '../store/archive.js';
import type { Store } from '../store/store.js';
import { zoomText } from '../view/zoom-text.js';
import { type Numerics, numericsOf } from '../work/fractal/numerics.js';
import { archiveOf, framesOf } from './archive.js';
import { logTo } from './events.js';
import { keptFilm } from './kept-film.js';
import { widestKept } from './kept-grid.js';
import { exists, nameOf, openStore, type StoreOptions } from './kept-place.js';
import { keptInstead } from './kept-samples.js';
import { keptWith, narrowed } from './kept-with.js';
import { outputOf, type Picture, paintOf, pictureOf, writeFrame } from './picture.js';
import { type Prepared, prepare } from './prepare.js';
import { type Resources, withResources } from './resources.js';
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
  if (!place) throw missing('there is no store to take them from with --no-store');
  if (!exists(place)) throw missing(`there is no store "${nameOf(place)}"`);
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
  const paint = paintOf(request, output.wants);
  for (const text of notes) logTo(emit, 'warn')(text);

  const store = await inStage('store', context, () => openStore(options, emit));
  resources.hold(store, (one) => one?.close());

  const prepared = await inStage('prepare', context, () => prepare(request, context, { store }));
  const picture = pictureOf(prepared.request, undefined);
  const numerics = await numericsOf(request.kernel);
  const kept = archivesOf(store, prepared, numerics);

  const painted = await inStage('paint', context, async () => {
    const first = await firstFound(kept, 0);
    const film =
      first || !store || !paint || output.wants.kind === 'samples'
        ? undefined
        : await keptFilm(prepared, { store, numerics, paint, signal, missing: keyframeMissing });
    if (film) {
      for await (const frame of film.frames) {
        signal.throwIfAborted();
        await writeFrame(output, frame, prepared.request, paint);
      }
      return { uncertain: film.uncertain, pixels: film.pixels };
    }
    let sum = 0;
    for (let index = 0; index < picture.frames; index++) {
      signal.throwIfAborted();
      const found = index === 0 ? first : await firstFound(kept, index);
      if (!found) throw await samplesMissing(store, prepared.request, index);
      if (index === 0 && paint && prepared.request.colours.filter && !found.request.colours.filter)
        logTo(emit, 'warn')('the samples were kept without footprints: painted without the palette filter');
      if (index === 0 && hasIterate(prepared.request) && !hasIterate(found.request))
        logTo(emit, 'warn')('the samples were kept without their last iterates: the .exr has no phase T');
      const frame = narrowed(found.frame, found.request, prepared.request);
      await writeFrame(output, { ...frame, index: request.film.first + index }, prepared.request, paint);
      sum += found.uncertain;
    }
    return { uncertain: sum, pixels: picture.frames * picture.width * picture.height };
  });
  const files = await inStage('close', context, () => output.close());
  return { request: prepared.request, files, ...painted };
}

interface Kept {
  /** Whose samples it has. */
  readonly request: Request;
  readonly archive: Archive;
  /** The samples that it has of each frame. */
  readonly picture: Picture;
}

interface Found {
  readonly request: Request;
  readonly frame: Frame;
  readonly uncertain: number;
}

/** Archives that may have the samples. */
function archivesOf(store: Store | undefined, prepared: Prepared, numerics: Numerics): Kept[] {
  return keptWith(prepared.request).map((request) => {
    const picture = pictureOf(request, undefined);
    const archive = archiveOf(store, framesOf({ ...prepared, request }, picture), numerics, picture.frames);
    if (!archive) throw missing(`--kernel ${request.kernel} has none in the store`);
    return { request, archive, picture };
  });
}

async function firstFound(kept: readonly Kept[], index: number): Promise<Found | undefined> {
  for (const one of kept) {
    const found = await frameOf(one, index);
    if (found) return found;
  }
  return undefined;
}

/** undefined: something of it is missing. */
async function frameOf({ request, archive, picture }: Kept, index: number): Promise<Found | undefined> {
  const assembly = assemble(picture, index, 'samples');
  let [id, uncertain] = [0, 0];
  const rest = await archive.recall(index, (piece) => {
    assembly.put({ ...piece.rect, render: index, id: id++ }, piece.bytes);
    uncertain += piece.uncertain;
  });
  return rest.length > 0 ? undefined : { request, frame: assembly.frame(), uncertain };
}

async function samplesMissing(store: Store | undefined, request: Request, index: number): Promise<FractalError> {
  const what = hasDistance(request)
    ? 'samples with distances, for .exr, --slope and --color-mode distance,'
    : 'samples';
  const film = request.film.frames > 1;
  const first = `the store has no ${what} of ${film ? `frame ${request.film.first + index} of this film` : 'this view'}`;
  const other = store && (await keptInstead(store, request));
  const kept = store && film && !other ? await widestKept(store, request) : undefined;
  const place = kept && `it has keyframes of this place ${keptText(kept, request)}`;
  return missing(first, other ?? place, film && request.film.assembly !== 'frames');
}

function keptText(
  { from, to, iterations }: { from: string; to: string; iterations: number },
  request: Request,
): string {
  const limit = iterations === request.iterations ? '' : `, with --iters ${iterations}`;
  return `for zooms of ${zoomText(from)} to ${zoomText(to)}${limit}`;
}

async function keyframeMissing(zoom: string, frame: number): Promise<FractalError> {
  return missing(
    `the store has not all samples of the keyframe of zoom ${zoomText(zoom)}, near frame ${frame}`,
    'the film that it is of was not completed, or had fewer frames there',
    true,
  );
}

/** `other`: what there is instead. `keyframes`: of a film, whose samples are kept in any case. */
function missing(what: string, other?: string, keyframes = false): FractalError {
  const command = keyframes ? 'fractal leader' : 'fractal leader --keep-samples';
  const way = `render it once with "${command}", and the same flags but for colours`;
  return new FractalError('SAMPLES_MISSING', other === undefined ? `${what}: ${way}` : `${what}; ${other}, or ${way}`);
}
