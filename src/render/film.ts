/**
 * How a film is encoded: which encoder, with which of ffmpeg's options. Colours are converted to BT.709 and tagged so,
 * else players guess the matrix from the size of the picture. `bitexact`: the same frames give the same file.
 */

import { FractalError } from '../errors.js';
import type { Film } from './outfile.js';

export interface FilmSettings {
  readonly film: Film;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** "h264", "h265", "vp9", "av1", or an encoder of ffmpeg such as "libx264"; absent: what suits the container. */
  readonly codec?: string;
  /** Constant quality: lower is better and larger. */
  readonly crf?: number;
}

/** The options of ffmpeg for a film. */
export interface Recipe {
  readonly encoder: string;
  readonly filter: string;
  readonly options: readonly string[];
}

const ENCODERS: Readonly<Record<string, string>> = {
  h264: 'libx264',
  avc: 'libx264',
  h265: 'libx265',
  hevc: 'libx265',
  vp8: 'libvpx',
  vp9: 'libvpx-vp9',
  av1: 'libaom-av1',
};

const DEFAULT_CODEC: Readonly<Record<Film, string>> = {
  mp4: 'h264',
  mov: 'h264',
  matroska: 'h264',
  webm: 'vp9',
  gif: 'gif',
};
const BITEXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-map_metadata', '-1'];
const SCALER = 'flags=bicubic+accurate_rnd+full_chroma_int+bitexact';
const BT709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];

/** Throws OUTFILE_FORMAT for a codec that the container cannot hold. */
export function recipe({ film, width, height, codec, crf }: FilmSettings): Recipe {
  const wanted = (codec ?? DEFAULT_CODEC[film]).toLowerCase();
  const encoder = ENCODERS[wanted] ?? wanted;
  if (film === 'gif') {
    if (encoder !== 'gif')
      throw new FractalError('OUTFILE_FORMAT', `a .gif has no codec "${codec}"; leave --codec out`);
    return { encoder, filter: GIF, options: BITEXACT };
  }
  if (film === 'webm' && !/vp8|vp9|vpx|av1/.test(encoder))
    throw new FractalError('OUTFILE_FORMAT', `a .webm cannot hold the codec "${codec}"; use vp9 or av1, or an .mp4`);
  return {
    encoder,
    filter: `${even(width, height)}scale=out_color_matrix=bt709:out_range=tv:${SCALER},format=yuv420p`,
    options: [...qualityOf(encoder, crf), ...containerOf(film, encoder), ...BT709, ...BITEXACT],
  };
}

/** A palette of its own for every frame, so that no frame is kept in memory; an ordered dither, whose pattern does not move from frame to frame. */
const GIF = 'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer:bayer_scale=4';

/** 4:2:0 has a colour for every 2 x 2 pixels: an odd size gets its last column or row twice. */
function even(width: number, height: number): string {
  const [right, bottom] = [width % 2, height % 2];
  if (right + bottom === 0) return '';
  return `pad=${width + right}:${height + bottom}:0:0,format=gbrp,fillborders=right=${right}:bottom=${bottom}:mode=smear,`;
}

function qualityOf(encoder: string, crf: number | undefined): string[] {
  const quality = (usual: number) => ['-crf', String(crf ?? usual)];
  switch (encoder) {
    case 'libx264':
      return [...quality(18), '-preset', 'veryfast'];
    case 'libx265':
      return [...quality(20), '-preset', 'fast', '-x265-params', 'log-level=error'];
    case 'libvpx':
    case 'libvpx-vp9':
      return [
        ...quality(24),
        '-b:v',
        '0',
        '-deadline',
        'good',
        '-cpu-used',
        '4',
        ...(encoder === 'libvpx' ? [] : ['-row-mt', '1']),
      ];
    case 'libaom-av1':
      return [...quality(28), '-b:v', '0', '-cpu-used', '6'];
    default:
      return crf === undefined ? [] : quality(crf);
  }
}

function containerOf(film: Film, encoder: string): string[] {
  if (film !== 'mp4' && film !== 'mov') return [];
  return ['-movflags', '+faststart', ...(encoder === 'libx265' ? ['-tag:v', 'hvc1'] : [])];
}
