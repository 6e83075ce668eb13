/** `fractal recolor`: a picture or film from samples that are in the store. Nobody computes. */

import { existsSync } from 'node:fs';
import { FractalError } from '../src/errors.js';
import { startRuntimeMetrics } from '../src/metrics/index.js';
import { type Picture, render } from '../src/pipeline.js';
import { DEFAULT_SLOPE, needsDistance } from '../src/render/colours.js';
import { assemble } from '../src/shard/assemble.js';
import type { Frame } from '../src/shard/frame.js';
import type { Archive } from '../src/store/archive.js';
import type { Store } from '../src/store/store.js';
import { numericsOf } from '../src/work/fractal/numerics.js';
import { archiveOf, storeOf } from './archive.js';
import type { LeaderOptions } from './flags.js';
import { interrupts } from './interrupts.js';
import { keptInstead } from './kept-samples.js';
import { type Prepared, prepare } from './prepare.js';
import { progress } from './progress.js';
import { type Reporter, reporter, uncertainty } from './report.js';

/** @throws FractalError SAMPLES_MISSING, and what rendering throws */
export async function recolor(options: LeaderOptions): Promise<number> {
  const { request, report } = options;
  if (options.store.folder === undefined) throw missing('there is no store to take them from with --no-store');
  if (!existsSync(options.store.folder)) throw missing(`there is no store "${options.store.folder}"`);
  const runtime = startRuntimeMetrics();
  const stop = interrupts(report.timeoutSeconds);
  const screen = progress({ stream: process.stderr, quiet: report.quiet || report.json });
  const { warn } = screen;
  let tell: Reporter | undefined;
  try {
    let store: Store | undefined;
    let ready: Prepared = { request, reference: undefined };
    const settle = async () => {
      for (const line of options.notes) warn(line);
      store = await storeOf(options.store, warn);
      ready = await prepare(request, stop.signal, screen, store);
      return ready.request;
    };
    const found = { uncertain: 0 };
    const recall = async (picture: Picture) => {
      const instead = () => store && keptInstead(store, ready.request);
      return stored(picture, await archives(store, ready, picture), instead, stop.signal, found);
    };
    tell = await reporter({ ...report, outfile: request.outfile, note: screen.note, signal: stop.signal }, runtime);
    const files = await render(request, settle, recall, warn, stop.signal, true);
    const { width, height, film } = request;
    for (const line of uncertainty(found.uncertain, film.frames * width * height)) screen.note(line);
    await tell.finished(ready.request, files, found.uncertain);
    return 0;
  } catch (error) {
    // An encoder that the same Ctrl-C ended is not the reason.
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    await tell?.discard();
    runtime.stop();
    stop.release();
    screen.close();
  }
}

interface Kept {
  readonly archive: Archive;
  /** What it holds of each frame. */
  readonly picture: Picture;
}

/** Where samples may be: of just these views, or with distances that are not needed. */
async function archives(store: Store | undefined, ready: Prepared, picture: Picture): Promise<Kept[]> {
  const { request } = ready;
  const numerics = await numericsOf(request.kernel);
  const own = archiveOf(store, ready, picture, numerics);
  if (!own) throw missing(`--kernel ${request.kernel} has none in the store`);
  if (needsDistance(request.colours)) return [{ archive: own, picture }];
  const lit = { ...request, colours: { ...request.colours, slope: DEFAULT_SLOPE } };
  const triples = { ...picture, channels: 3 };
  const other = archiveOf(store, { ...ready, request: lit }, triples, numerics);
  return [
    { archive: own, picture },
    { archive: other as Archive, picture: triples },
  ];
}

/** `instead`: what is kept of the place with other flags; `found` adds up the pixels of the frames that are uncertain. */
async function* stored(
  picture: Picture,
  kept: readonly Kept[],
  instead: () => Promise<string | undefined> | undefined,
  signal: AbortSignal,
  found: { uncertain: number },
): AsyncGenerator<Frame> {
  for (let index = 0; index < picture.frames; index++) {
    signal.throwIfAborted();
    let frame: Frame | undefined;
    for (const one of kept) frame ??= await frameOf(one, index, found);
    if (frame) yield picture.channels === 1 ? countsOf(frame) : frame;
    else {
      const what = picture.channels > 1 ? 'samples with distances, for --slope and --color-mode distance,' : 'samples';
      const which = picture.frames > 1 ? `frame ${index} of this film` : 'this view';
      const other = await instead();
      throw missing(`the store has no ${what} of ${which}`, other);
    }
  }
}

/** undefined: something of it is missing. */
async function frameOf(
  { archive, picture }: Kept,
  index: number,
  found: { uncertain: number },
): Promise<Frame | undefined> {
  const assembly = assemble(picture, index, 'samples');
  let [id, uncertain] = [0, 0];
  const rest = await archive.recall(index, (piece) => {
    assembly.put({ ...piece.rect, frame: index, id: id++ }, piece.bytes);
    uncertain += piece.uncertain;
  });
  if (rest.length > 0) return undefined;
  found.uncertain += uncertain;
  return assembly.frame();
}

/** The frame without distances. */
function countsOf(frame: Frame): Frame {
  const { answer, width, height, perPixel } = frame;
  if (answer.kind === 'pixels' || answer.values.length === width * height * perPixel) return frame;
  return { ...frame, answer: { kind: 'samples', values: answer.values.filter((_, at) => at % 3 === 0) } };
}

/** `other`: what there is instead. */
function missing(what: string, other?: string): FractalError {
  const way = 'render it once with "fractal leader --keep-samples", and the same flags but for colours';
  return new FractalError('SAMPLES_MISSING', other === undefined ? `${what}: ${way}` : `${what}; ${other}, or ${way}`);
}
