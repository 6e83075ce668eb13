/** Flags about files, encoders, shards and kernels; of these only --method and --dither shape the picture. */

import { type FlagTable, RENDERING } from './flag.js';
import { file, oneOf, text, whole, yesNo } from './schemas.js';

const group = 'Output and shards';
const COMPUTING = ['leader'] as const;

export const KERNELS = ['auto', 'simd', 'gpu', 'cpu'] as const;

export const OUTPUT_FLAGS = {
  outfile: {
    group,
    commands: RENDERING,
    value: 'FILE',
    schema: file,
    describe: '.png .webp .tiff .jpg, frames f-%05d.png, .mp4 .webm .gif, or raw samples .npy',
    alias: 'o',
    defaultText: 'fractal.png; films: fractal.mp4',
  },
  dither: {
    group,
    shapes: 'presentation',
    commands: RENDERING,
    schema: yesNo,
    describe: 'dither 8-bit pixels, so that gradients have no steps; --no-dither: the nearest level',
    default: 'true',
    metadata: ({ dither }) => String(dither),
  },
  codec: {
    group,
    commands: RENDERING,
    value: 'NAME',
    schema: text.regex(/^[\w-]+$/, { message: "the name of one of ffmpeg's encoders" }),
    describe: 'encoder of ffmpeg, such as libx265',
  },
  crf: {
    group,
    commands: RENDERING,
    value: 'N',
    schema: whole(0, 63),
    describe: 'quality of the encoder, lower is better',
  },
  'encoder-timeout': {
    group,
    commands: RENDERING,
    value: 'SECONDS',
    schema: whole(1, 86_400),
    describe: 'stop an ffmpeg that makes no progress for so long',
    default: '60',
  },
  shard: {
    group,
    commands: COMPUTING,
    value: 'SHAPE',
    schema: oneOf('row', 'tile', 'auto'),
    describe: 'shape of shards: row, tile, auto',
    default: 'auto',
  },
  'block-size': {
    group,
    commands: COMPUTING,
    value: 'PIXELS',
    schema: whole(1, 65_536),
    describe: 'rows of a band, or side of a tile',
    defaultText: 'by the cost measured so far',
  },
  kernel: {
    group,
    commands: COMPUTING,
    value: 'NAME',
    schema: oneOf(...KERNELS),
    describe: 'simd (f64), gpu (f32), cpu; auto is simd, which also computes what the others cannot',
    default: 'auto',
  },
  method: {
    group,
    shapes: 'samples',
    commands: RENDERING,
    value: 'NAME',
    schema: oneOf('auto', 'direct', 'perturbation'),
    describe: 'how points are iterated: auto (by depth and cost), direct, perturbation',
    default: 'auto',
    metadata: ({ method }) => method,
  },
  request: {
    group,
    commands: RENDERING,
    value: 'FILE',
    schema: file,
    notInFile: 'names another request file: give its flags here instead',
    describe: 'any of these flags as JSON, - reads stdin; the command line has precedence',
  },
} as const satisfies FlagTable;
