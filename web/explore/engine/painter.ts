/** Draws pieces on a canvas with WebGL 2. */

import type { Paint } from './paint.js';
import type { Placed } from './placed.js';
import { openPrograms } from './programs.js';
import type { Samples } from './samples.js';
import type { Variant } from './shader.js';
import { openStopwatch } from './stopwatch.js';
import { deleteTextures, type PieceTextures, texturesOf } from './textures.js';

export interface Scenery {
  /** Pixels of the screen that the canvas covers. */
  readonly width: number;
  readonly height: number;
  /** Rows of the picture: the scale of distances. */
  readonly rows: number;
  /** Those in front first. */
  readonly pieces: readonly Placed[];
  readonly paint: Paint;
  /** Pixels of the screen for one of the canvas, in each direction. */
  readonly coarseness: number;
}

export interface Painter {
  upload(samples: Samples): PieceTextures;
  discard(textures: PieceTextures): void;
  /** `drawn`: may get the milliseconds that it took. */
  draw(scenery: Scenery, drawn?: (ms: number) => void): void;
  /** RGBA rows from the bottom up, in place of the canvas. */
  pixels(scenery: Scenery): Uint8Array<ArrayBuffer>;
  isLost(): boolean;
  close(): void;
}

/** @throws Error of one line where there is no WebGL 2 */
export function openPainter(canvas: HTMLCanvasElement): Painter {
  const gl = contextOf(canvas);
  const programs = openPrograms(gl);
  const corners = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  gl.enable(gl.DEPTH_TEST);
  gl.depthFunc(gl.LESS);
  const stopwatch = openStopwatch(gl);

  function drawPieces({ width, height, rows, pieces, paint }: Scenery): void {
    const [red, green, blue] = backgroundOf(paint);
    gl.clearColor(red, green, blue, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    for (const [k, placed] of pieces.entries()) {
      const program = programs.use(variantOf(paint, placed), { paint, rows, width, height });
      program.place(placed, (2 * (k + 1)) / (pieces.length + 2) - 1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  return {
    upload: (samples) => texturesOf(gl, samples),
    discard: (textures) => deleteTextures(gl, textures),
    draw(scenery, drawn) {
      const begin = performance.now();
      const { width, height, coarseness } = scenery;
      const [columns, rows] = [Math.ceil(width / coarseness), Math.ceil(height / coarseness)];
      // The browser scales the canvas; a copy to a larger one takes longer than all else where there is no graphics hardware.
      if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
      gl.viewport(0, 0, columns, rows);
      drawPieces(scenery);
      if (drawn) stopwatch.drawn(begin, drawn);
    },
    pixels: (scenery) => drawnAside(gl, scenery, () => drawPieces(scenery)),
    isLost: () => gl.isContextLost(),
    close: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  };
}

function contextOf(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const wishes: WebGLContextAttributes = { alpha: false, antialias: false, powerPreference: 'high-performance' };
  const gl = canvas.getContext('webgl2', wishes) as WebGL2RenderingContext | null;
  if (gl) return gl;
  throw new Error(
    'This browser has no WebGL 2, which draws the picture: turn on its graphics acceleration, or use another browser.',
  );
}

function variantOf({ table, curve, filter }: Paint, { textures, exact }: Placed): Variant {
  const { kind, lights, shade, interior, patterns } = table;
  const { vectors, cycles, footprints, phases } = textures;
  // Pieces of before a change of the scene may lack a channel until new ones are here.
  const distance = vectors !== undefined;
  return {
    kind: kind === 'distance' && !distance ? 'cycle' : kind,
    curve: curve !== undefined && kind === 'cycle',
    lights: distance ? Math.min(2, lights.length) : 0,
    shade: distance && shade !== undefined,
    interior: cycles && interior ? interior : 'none',
    filter: filter && kind === 'cycle' && footprints !== undefined,
    patterns: patterns !== undefined && footprints !== undefined && phases !== undefined,
    smooth: !exact && kind !== 'bands',
  };
}

/** What is not computed yet: the mean colour of the palette, dark. */
function backgroundOf({ table: { linear, size } }: Paint): readonly [number, number, number] {
  const sums = [0, 0, 0];
  const stride = Math.max(1, Math.floor(size / 64));
  let count = 0;
  for (let k = 0; k < size; k += stride, count++)
    for (let c = 0; c < 3; c++) sums[c] = (sums[c] as number) + (linear[3 * k + c] as number);
  const [red = 0, green = 0, blue = 0] = sums.map((sum) => Math.sqrt((0.15 * sum) / count));
  return [red, green, blue];
}

/** What is drawn beside the canvas: RGBA rows from the bottom up. */
function drawnAside(
  gl: WebGL2RenderingContext,
  { width, height }: { readonly width: number; readonly height: number },
  draw: () => void,
): Uint8Array<ArrayBuffer> {
  const frame = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  const attach = (format: number, point: number) => {
    const buffer = gl.createRenderbuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
    gl.renderbufferStorage(gl.RENDERBUFFER, format, width, height);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, point, gl.RENDERBUFFER, buffer);
    return buffer;
  };
  const buffers = [attach(gl.RGBA8, gl.COLOR_ATTACHMENT0), attach(gl.DEPTH_COMPONENT16, gl.DEPTH_ATTACHMENT)];
  gl.viewport(0, 0, width, height);
  draw();
  const bytes = new Uint8Array(4 * width * height);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  for (const buffer of buffers) gl.deleteRenderbuffer(buffer);
  gl.deleteFramebuffer(frame);
  return bytes;
}
