/** Errors of `fractal recolor` for samples that are not in the store: what is there instead, and how they get there. */

import { FractalError } from '../errors.js';
import { hasDistance, type Request } from '../request/request.js';
import type { Store } from '../store/store.js';
import { zoomText } from '../view/zoom-text.js';
import { assemblyOf } from './assembly.js';
import { type NotedFilm, widestKept } from './kept-grid.js';
import { keptInstead } from './kept-samples.js';
import type { FilmRender } from './keyframes.js';

export interface Searched {
  readonly store: Store | undefined;
  /** Prepared. */
  readonly request: Request;
  readonly signal: AbortSignal;
}

/** Of a still, or of a frame, counted from the first of the whole film. */
export async function samplesMissing({ store, request, signal }: Searched, frame: number): Promise<FractalError> {
  const more = [
    ...(hasDistance(request) ? ['distances, for .exr, --slope and --color-mode distance,'] : []),
    ...(request.colours.patterns ? ['phases, for --stripes and the like,'] : []),
  ];
  const what = more.length > 0 ? `samples with ${more.join(' and ')}` : 'samples';
  const film = request.film.frames > 1;
  const first = `the store has no ${what} of ${film ? `frame ${frame} of this film` : 'this view'}`;
  const other = store && (await keptInstead(store, request));
  const kept = store && film && !other ? await widestKept(store, request) : undefined;
  return missing(first, await wayTo(request, signal), other ?? (kept && keptText(kept, request)));
}

/** Of a render of a film that is assembled: a keyframe, or a frame between runs of frames that share keyframes. */
export async function renderMissing({ request, signal }: Searched, { view, near, parts }: FilmRender) {
  const way = await wayTo(request, signal);
  const name = `the keyframe of zoom ${zoomText(view.zoom)}, near frame ${near}`;
  if (!parts)
    return missing(`the store has no samples of frame ${near} of this film, which shares none with others`, way);
  const why = 'the film that it is of was not completed, or had fewer frames there, or the store removed it';
  return missing(`the store has not all samples of ${name}`, way, why);
}

export function storeMissing(what: string): FractalError {
  return missing(what, KEEPING);
}

const KEEPING = 'fractal leader --keep-samples';

/** The command that keeps the samples of a request. Those of keyframes are kept in any case. */
async function wayTo(request: Request, signal: AbortSignal): Promise<string> {
  const { stretches } = await assemblyOf(request, signal);
  if (!stretches) return KEEPING;
  return stretches.every(({ film }) => film) ? 'fractal leader' : `${KEEPING} --assembly frames`;
}

function keptText({ from, to, iterations, suffices }: NotedFilm, request: Request): string {
  if (suffices) return 'keyframes of it were kept, but not all of them are there';
  const limit = iterations === request.iterations ? '' : `, with --iters ${iterations}`;
  return `it has keyframes of this place for zooms of ${zoomText(from)} to ${zoomText(to)}${limit}`;
}

/** `other`: what there is instead. */
function missing(what: string, command: string, other?: string): FractalError {
  const way = `render it once with "${command}", and the same flags but for colours`;
  return new FractalError('SAMPLES_MISSING', other === undefined ? `${what}: ${way}` : `${what}; ${other}, or ${way}`);
}
