/** Flags about files, encoders, shards and kernels; of these only --method and --dither shape the picture. */

import { type FlagTable, RENDERING, WRITING } from './flag.js';
import { file, files, oneOf, text, whole, yesNo } from './schemas.js';

const group = 'Output and shards';
const WRITTEN = [...RENDERING, 'scene'] as const;
const COMPUTING = ['leader', 'submit'] as const;

export const KERNELS = ['auto', 'simd', 'gpu', 'cpu'] as const;

export const OUTPUT_FLAGS = {
  outfile: {
    group,
    commands: WRITTEN,
    value: 'FILE',
    schema: files,
    repeatable: true,
    describe: '.png .webp .tiff .jpg .exr, frames f-%05d.png, .mp4 .mkv .webm .gif, raw samples .npy; may be repeated',
    alias: 'o',
    defaultText: 'fractal.png; films: fractal.mp4',
    on: {
      scene: {
        describe: '.png .webp .tiff .jpg, frames f-%05d.png, .mp4 .mkv .webm .gif; may be repeated',
        defaultText: 'named after the scene: .png, films .mp4',
      },
    },
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
    commands: WRITTEN,
    value: 'NAME',
    schema: text.regex(/^[\w-]+$/, { message: "the name of one of ffmpeg's encoders" }),
    describe: 'of a film: h264, h265, vp9, av1, prores, ffv1, or an encoder of ffmpeg',
  },
  'pixel-format': {
    group,
    commands: WRITTEN,
    value: 'NAME',
    schema: text.regex(/^[a-z][a-z0-9]*$/, { message: "the name of one of ffmpeg's pixel formats" }),
    describe: 'of a film: yuv420p, yuv444p, yuv420p10le, gbrp10le; more than 8 bits are made of 16',
    defaultText: 'yuv420p; prores: yuv422p10le; ffv1, .apng: RGB',
  },
  preset: {
    group,
    commands: WRITTEN,
    value: 'NAME',
    schema: text.regex(/^[\w-]+$/, { message: 'the name or number of a preset' }),
    describe: 'speed of the encoder against size, by its own names: slower',
    defaultText: 'veryfast; h265: fast; av1: 8',
  },
  depth: {
    group,
    commands: WRITTEN,
    value: 'BITS',
    schema: oneOf('8', '16'),
    describe: 'bits of a channel in a .png or .tiff: 8, 16',
    default: '8',
  },
  audio: {
    group,
    commands: WRITING,
    value: 'FILE',
    schema: file,
    describe: 'soundtrack of a film, any file that ffmpeg reads; cut, or silent at the end, to the length of the film',
  },
  crf: {
    group,
    commands: WRITTEN,
    value: 'N',
    schema: whole(0, 63),
    describe: 'quality of the encoder, lower is better',
  },
  'encoder-timeout': {
    group,
    commands: WRITTEN,
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
    older: ['session'],
    notInFile: 'names another request file: give its flags here instead',
    describe: 'any of these flags as JSON, - reads stdin; the command line has precedence',
  },
} as const satisfies FlagTable;
