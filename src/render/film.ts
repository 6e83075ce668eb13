/**
 * How a film is encoded: which encoder, with which of ffmpeg's options. Colours are converted to BT.709 and tagged so,
 * else players guess the matrix from the size of the picture. `bitexact`: the same frames give the same file.
 */

import { FractalError } from '../errors.js';
import type { Film } from './outfile.js';
import { type PixelFormat, pixelFormat } from './pixel-format.js';
import { hasPlanes } from './yuv.js';

export interface FilmSettings {
  readonly film: Film;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A name of `CODECS`, or an encoder of ffmpeg such as "libx264"; absent: what suits the container. */
  readonly codec?: string;
  /** Constant quality: lower is better and larger. */
  readonly crf?: number;
  /** Speed against size, by the encoder's own names. */
  readonly preset?: string;
  /** ffmpeg's name; absent: what suits the codec. */
  readonly pixelFormat?: string;
}

/** The options of ffmpeg for a film. */
export interface Recipe {
  readonly encoder: string;
  readonly filter: string;
  readonly options: readonly string[];
  /** Of a channel of the frames that are encoded. */
  readonly bits: 8 | 16;
  /** What ffmpeg takes. `yuv420p`: planes, as yuv.ts makes them. */
  readonly input: 'rgb24' | 'rgb48le' | 'yuv420p';
  /** For editing or keeping: nothing visible is lost. */
  readonly lossless: boolean;
}

/** Names of codecs, and encoders of ffmpeg for them: the first that there is. */
const CODECS: Readonly<Record<string, readonly string[]>> = {
  h264: ['libx264'],
  avc: ['libx264'],
  h265: ['libx265'],
  hevc: ['libx265'],
  vp8: ['libvpx'],
  vp9: ['libvpx-vp9'],
  av1: ['libsvtav1', 'libaom-av1'],
  prores: ['prores_ks'],
};

const DEFAULT_CODEC: Readonly<Record<Film, string>> = {
  mp4: 'h264',
  mov: 'h264',
  matroska: 'h264',
  webm: 'vp9',
  gif: 'gif',
  apng: 'apng',
};
const BITEXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-map_metadata', '-1'];
const SCALER = 'flags=bicubic+accurate_rnd+full_chroma_int+bitexact';

/**
 * The encoders that can make such a film, the best first.
 * @throws FractalError OUTFILE_FORMAT for a codec or pixels that the container cannot hold
 */
export function encodersFor({ film, codec, pixelFormat: pixels }: FilmSettings): readonly string[] {
  const wanted = (codec ?? DEFAULT_CODEC[film]).toLowerCase();
  const encoders = CODECS[wanted] ?? [wanted];
  if ((film === 'gif' || film === 'apng') && wanted !== film)
    throw refuse(`a .${film} has no codec "${codec}"; leave --codec out`);
  if (film === 'gif' && pixels !== undefined)
    throw refuse(`a .gif has a palette, no pixel format "${pixels}"; leave --pixel-format out, or use .apng or .mp4`);
  if (film === 'webm' && !encoders.some((one) => /vp8|vp9|vpx|av1/.test(one)))
    throw refuse(`a .webm cannot hold the codec "${codec}"; use vp9 or av1, or an .mp4`);
  // SVT-AV1 has 4:2:0 only.
  const fitting = encoders.filter((one) => one !== 'libsvtav1' || pixels === undefined || pixels.startsWith('yuv420p'));
  return fitting.length > 0 ? fitting : encoders;
}

/** `encoder`: one of `encodersFor`. @throws FractalError OUTFILE_FORMAT for a name of no pixel format */
export function recipe(settings: FilmSettings, encoder: string): Recipe {
  const { film, crf, preset } = settings;
  if (film === 'gif') return { encoder, filter: GIF, options: BITEXACT, bits: 8, input: 'rgb24', lossless: false };
  const format = pixelFormat(settings.pixelFormat ?? usualFormat(encoder));
  const isProres = encoder === 'prores_ks';
  const planes = format.name === 'yuv420p' && hasPlanes(settings);
  const deep = format.bits > 8;
  return {
    encoder,
    filter: planes ? PLANES : `${even(settings, format)}${conversion(format)}${isProres ? PRORES_TAGS : ''}`,
    options: [
      ...qualityOf(encoder, crf, preset),
      ...(isProres ? ['-profile:v', format.chroma === '444' ? '4444' : 'hq', '-vendor', 'apl0'] : []),
      ...containerOf(film, encoder),
      ...tags(format),
      ...BITEXACT,
    ],
    bits: deep ? 16 : 8,
    input: planes ? 'yuv420p' : deep ? 'rgb48le' : 'rgb24',
    lossless: /^(ffv1|prores)/.test(encoder),
  };
}

/** What an encoder gets where no pixel format is named: FFV1 and APNG lose nothing then. */
function usualFormat(encoder: string): string {
  if (/^prores/.test(encoder)) return 'yuv422p10le';
  if (encoder === 'ffv1') return 'bgr0';
  return encoder === 'apng' ? 'rgb24' : 'yuv420p';
}

/**
 * From more than 8 bits to YUV through zimg: ffmpeg's own scaler takes white as 65280 there, and makes all levels brighter,
 * by up to 3.9 of 10 bits.
 */
function conversion({ name, model, range, bits }: PixelFormat): string {
  if (model === 'yuv' && bits > 8) {
    const from = 'matrixin=gbr:rangein=full:primariesin=709:transferin=709';
    return `zscale=${from}:matrix=709:range=${range === 'tv' ? 'limited' : 'full'}:primaries=709:transfer=709:filter=bicubic,format=${name}`;
  }
  const to = model === 'yuv' ? `out_color_matrix=bt709:out_range=${range}:` : '';
  return `scale=${to}${SCALER},format=${name}`;
}

/** Pixels are encoded sRGB. As YUV their curve is called that of BT.709, as players expect. */
function tags({ model, range }: PixelFormat): string[] {
  const [curve, matrix] = model === 'rgb' ? ['iec61966-2-1', 'rgb'] : ['bt709', 'bt709'];
  return ['-color_primaries', 'bt709', '-color_trc', curve, '-colorspace', matrix, '-color_range', range];
}

/** Planes are not changed, only tagged. */
const PLANES = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/** The encoder of ProRes takes tags from its frames. */
const PRORES_TAGS = ',setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/** A palette of its own for every frame, so that no frame is kept in memory; an ordered dither, whose pattern does not move from frame to frame. */
const GIF = 'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer:bayer_scale=4';

/** 4:2:0 has a colour for every 2 x 2 pixels, 4:2:2 for every 2: an odd size gets its last column or row twice. */
function even({ width, height }: FilmSettings, { chroma, bits }: PixelFormat): string {
  const right = chroma === '444' ? 0 : width % 2;
  const bottom = chroma === '420' ? height % 2 : 0;
  if (right + bottom === 0) return '';
  const planes = bits > 8 ? 'gbrp16le' : 'gbrp';
  return `pad=${width + right}:${height + bottom}:0:0,format=${planes},fillborders=right=${right}:bottom=${bottom}:mode=smear,`;
}

function qualityOf(encoder: string, crf: number | undefined, preset: string | undefined): string[] {
  const quality = (usual: number) => ['-crf', String(crf ?? usual)];
  const speed = (usual: string) => ['-preset', preset ?? usual];
  switch (encoder) {
    case 'libx264':
      return [...quality(18), ...speed('veryfast')];
    case 'libx265':
      return [...quality(20), ...speed('fast'), '-x265-params', 'log-level=error'];
    case 'libvpx':
      return [...quality(24), '-b:v', '0', '-deadline', 'good', '-cpu-used', '4'];
    case 'libvpx-vp9':
      return [...quality(24), '-b:v', '0', '-deadline', 'good', '-cpu-used', '4', '-row-mt', '1'];
    case 'libaom-av1':
      return [...quality(28), '-b:v', '0', '-cpu-used', '6'];
    case 'libsvtav1':
      return [...quality(28), ...speed('8')];
    default:
      return [...(crf === undefined ? [] : quality(crf)), ...(preset === undefined ? [] : speed(preset))];
  }
}

function containerOf(film: Film, encoder: string): string[] {
  if (film === 'apng') return ['-plays', '0'];
  if (film !== 'mp4' && film !== 'mov') return [];
  return ['-movflags', '+faststart', ...(encoder === 'libx265' ? ['-tag:v', 'hvc1'] : [])];
}

function refuse(message: string): FractalError {
  return new FractalError('OUTFILE_FORMAT', message);
}
