/** Samples, tables of colours and curves as textures. None is filtered: shaders read single texels. */

import type { PaletteTable } from './palette-table.js';
import type { Samples } from './samples.js';

export interface PieceTextures {
  readonly counts: WebGLTexture;
  readonly vectors?: WebGLTexture;
  readonly cycles?: WebGLTexture;
  readonly footprints?: WebGLTexture;
  readonly phases?: WebGLTexture;
  /** Of graphics memory, about. */
  readonly bytes: number;
}

type Format = 'R32F' | 'RG32F' | 'RGBA16F' | 'RGBA32F';
const BYTES: Readonly<Record<Format, number>> = { R32F: 4, RG32F: 8, RGBA16F: 8, RGBA32F: 16 };

function textureOf(
  gl: WebGL2RenderingContext,
  format: Format,
  width: number,
  height: number,
  numbers: Float32Array,
): WebGLTexture {
  const texture = gl.createTexture() as WebGLTexture;
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl[format], width, height);
  const layout = format.startsWith('RGBA') ? gl.RGBA : format.startsWith('RG') ? gl.RG : gl.RED;
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, layout, gl.FLOAT, numbers);
  return texture;
}

/** Distances beyond the range of half floats make no difference to colours. */
const FARTHEST = 65_000;

export function texturesOf(gl: WebGL2RenderingContext, samples: Samples): PieceTextures {
  const { width, height, counts, distance, cycle, footprint, phase } = samples;
  const made = (format: Format, numbers: Float32Array) => textureOf(gl, format, width, height, numbers);
  const vectors = distance?.map((value) => Math.max(-FARTHEST, Math.min(FARTHEST, value)));
  const numbers = [counts, footprint, phase].filter((one) => one !== undefined).length;
  const bytes = numbers * BYTES.R32F + (vectors ? BYTES.RG32F : 0) + (cycle ? BYTES.RGBA16F : 0);
  return {
    counts: made('R32F', counts),
    ...(vectors ? { vectors: made('RG32F', vectors) } : {}),
    ...(cycle ? { cycles: made('RGBA16F', cycle) } : {}),
    ...(footprint ? { footprints: made('R32F', footprint) } : {}),
    ...(phase ? { phases: made('R32F', phase) } : {}),
    bytes: bytes * width * height,
  };
}

export function deleteTextures(gl: WebGL2RenderingContext, textures: PieceTextures): void {
  const { counts, vectors, cycles, footprints, phases } = textures;
  for (const texture of [counts, vectors, cycles, footprints, phases]) if (texture) gl.deleteTexture(texture);
}

/** Entries of a row of a table's texture: the shader knows it, too. */
const ROW = 4096;

/** `linear`: 3 numbers an entry. */
export function tableTexture(gl: WebGL2RenderingContext, linear: Float32Array): WebGLTexture {
  return rowsOf(gl, linear.length / 3, (k, c) => linear[3 * k + c] as number);
}

/**
 * Sums of the first k entries of a table, k from 0 to `size`: texel 2k has the sum as f32, texel 2k + 1 what that lacks, since differences of
 * sums must be as precise as entries.
 */
export function sumsTexture(
  gl: WebGL2RenderingContext,
  { linear, size }: Pick<PaletteTable, 'linear' | 'size'>,
): WebGLTexture {
  const sums = new Float64Array(3 * (size + 1));
  for (let i = 0; i < 3 * size; i++) sums[i + 3] = (sums[i] as number) + (linear[i] as number);
  return rowsOf(gl, 2 * (size + 1), (k, c) => {
    const sum = sums[3 * (k >> 1) + c] as number;
    return k % 2 === 0 ? sum : sum - Math.fround(sum);
  });
}

/** Of each value and its distance to the next one: shaders need both, and reading texels takes most of their time in software. */
export function curveTexture(gl: WebGL2RenderingContext, values: Float64Array): WebGLTexture {
  const numbers = new Float32Array(2 * values.length);
  for (const [k, value] of values.entries()) {
    numbers[2 * k] = value;
    numbers[2 * k + 1] = (values[k + 1] ?? value) - value;
  }
  return textureOf(gl, 'RG32F', values.length, 1, numbers);
}

/** Texels of three numbers, in rows. */
function rowsOf(gl: WebGL2RenderingContext, count: number, numberOf: (k: number, c: number) => number): WebGLTexture {
  const rows = Math.ceil(count / ROW);
  const numbers = new Float32Array(4 * ROW * rows);
  for (let k = 0; k < count; k++) for (let c = 0; c < 3; c++) numbers[4 * k + c] = numberOf(k, c);
  return textureOf(gl, 'RGBA32F', ROW, rows, numbers);
}
