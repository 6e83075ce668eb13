/** `fractal palettes --preview`: a place in all palettes on one picture. Its samples are computed once, and painted many times. */

import { prepare as preparePaint } from '../render/colours.js';
import { openContactSheet } from '../render/contact-sheet.js';
import type { Written } from '../render/output.js';
import { paintFrame } from '../render/paint-frame.js';
import { paintedOf } from '../render/painted.js';
import { paletteNames } from '../render/palette.js';
import { parametersOf } from '../request/metadata.js';
import { parseRequest, type RawRequest } from '../request/parse.js';
import { type Request, viewAt } from '../request/request.js';
import { flagsOfSources } from '../request/sources.js';
import type { Frame } from '../shard/frame.js';
import { COUNTS } from '../view/channels.js';
import { numericsOf } from '../work/fractal/numerics.js';
import { autoColours } from './auto-colours.js';
import { compute, jobOf } from './compute.js';
import { logTo } from './events.js';
import type { LocalWorkers } from './local-workers.js';
import { pictureOf } from './picture.js';
import { type Prepared, prepare } from './prepare.js';
import { probesAround } from './probes.js';
import { withResources } from './resources.js';
import { type Context, inStage } from './stage.js';

export interface PaletteSheetOrder {
  /** A file that --location reads. */
  readonly location: string;
  readonly outfile: string;
}

const WIDTH = 240;
/** Rows for 240 columns: of a location without a size, and at most. */
const [HEIGHT, MOST_ROWS] = [160, 480];
/** The place decides the rest: how counts become colours, and how large the picture is. */
const LEFT: readonly string[] = [
  ...([
    'palette',
    'interpolation',
    'step',
    'density',
    'offset',
    'color-mode',
    'legacy-colors',
    'wave',
    'wave-strength',
  ] as const),
  ...(['colors', 'equalize', 'color-curve', 'width', 'height', 'samples', 'smoothness', 'outfile'] as const),
];

/** @throws FractalError LOCATION_FILE, OUTFILE_FORMAT, OUTFILE_UNWRITABLE, what computing throws, or the signal's reason */
export async function writePaletteSheet(
  order: PaletteSheetOrder,
  local: LocalWorkers,
  context: Context,
): Promise<readonly Written[]> {
  const { emit, signal } = context;
  const { request, notes } = await smallRequest(order);
  const names = paletteNames();
  const captions = names.map((name) => name.toUpperCase());
  return withResources(async (resources) => {
    const { width, height } = request;
    const size = { width, height, perPixel: 1, channels: COUNTS, flip: request.flip };
    const options = { ...size, outfile: order.outfile, frames: names.length, fps: 1, dither: true, signal };
    const sheet = await inStage('open', context, () => openContactSheet(options, captions));
    resources.hold(sheet, (one) => one.abort());
    for (const text of notes) logTo(emit, 'warn')(text);
    const prepared = await inStage('prepare', context, () => prepare(request, context));
    const samples = await inStage('compute', context, () => samplesOf(prepared, local, context));
    const of = paintedOf(viewAt(prepared.request, 0));
    const found = await autoColours(prepared.request, names, probesAround(prepared.references), context);
    for (const [index, colours] of found.entries()) {
      signal.throwIfAborted();
      const paint = preparePaint(colours, height, { bits: 8, dither: true });
      const picture = await paintFrame({ ...samples, index }, paint, of);
      await sheet.write(picture, () => parametersOf(prepared.request, 0));
    }
    return inStage('close', context, () => sheet.close());
  });
}

/** The first frame of what the location shows, small. */
async function smallRequest({ location, outfile }: PaletteSheetOrder): Promise<{ request: Request; notes: string[] }> {
  const { flags, notes } = await flagsOfSources({ location, frames: '1' });
  const { location: _, ...rest } = flags;
  const rows = rest.width && rest.height ? Math.round((WIDTH * Number(rest.height)) / Number(rest.width)) : HEIGHT;
  for (const name of LEFT) delete rest[name];
  const height = String(Math.min(MOST_ROWS, Math.max(1, rows)));
  const raw: RawRequest = { ...rest, width: String(WIDTH), height, samples: '4', colors: 'fixed', outfile };
  return { request: parseRequest(raw), notes: [...notes] };
}

/** All samples of the picture. */
async function samplesOf(prepared: Prepared, local: LocalWorkers, context: Context): Promise<Frame> {
  const options = {
    workers: { hosts: [], access: {}, local },
    use: { np: 0, minWorkers: 1, strict: false, retries: 0, assembleOn: 'leader' },
    numerics: await numericsOf(prepared.request.kernel, local.offer),
    verify: {},
    metrics: false,
    progress: () => undefined,
  } as const;
  const computation = await compute(jobOf(prepared, pictureOf(prepared.request, undefined)), options, context);
  try {
    for await (const frame of computation.frames) return frame;
    throw new TypeError('a job without a frame');
  } finally {
    computation.close();
  }
}
