/** The programs of the shader, compiled when first used and kept, and what they are told before a piece is drawn. */

import type { Paint } from './paint.js';
import type { PaletteTable } from './palette-table.js';
import type { Placed } from './placed.js';
import { fragmentOf, type Variant, VERTEX } from './shader.js';
import { curveTexture, sumsTexture, tableTexture } from './textures.js';

export interface Picture {
  readonly paint: Paint;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

export interface InUse {
  place(placed: Placed, depth: number): void;
}

/** Texture units. */
const UNITS = { counts: 0, table: 1, curve: 2, vectors: 3, cycles: 4, phases: 5, footprints: 6, sums: 7 } as const;
const STEPS = ['holomorphic', 'burning-ship', 'tricorn'];
const MOST_TABLES = 8;

type Locate = (name: string) => WebGLUniformLocation | null;

export function openPrograms(gl: WebGL2RenderingContext) {
  const made = new Map<string, { readonly program: WebGLProgram; readonly at: Locate }>();
  const tables = openTables((table) => tableTexture(gl, table.linear));
  const sums = openTables((table) => sumsTexture(gl, table));
  let curve: { readonly cycles: Float64Array; readonly texture: WebGLTexture } | undefined;
  let [usedKey, usedPicture]: [string, Picture['paint'] | undefined] = ['', undefined];
  let usedSize = '';

  function programOf(variant: Variant) {
    const key = JSON.stringify(variant);
    const known = made.get(key) ?? compiled(gl, variant);
    made.set(key, known);
    return { key, ...known };
  }

  /** Textures made of tables: those that were used last are kept. */
  function openTables(make: (table: PaletteTable) => WebGLTexture): (table: PaletteTable) => WebGLTexture {
    const kept = new Map<PaletteTable, WebGLTexture>();
    return (table) => {
      const texture = kept.get(table) ?? make(table);
      kept.delete(table);
      kept.set(table, texture);
      for (const [old, dropped] of kept) {
        if (kept.size <= MOST_TABLES) break;
        kept.delete(old);
        gl.deleteTexture(dropped);
      }
      return texture;
    };
  }

  function bindCurve(cycles: Float64Array): void {
    if (curve?.cycles !== cycles) {
      if (curve) gl.deleteTexture(curve.texture);
      curve = { cycles, texture: curveTexture(gl, cycles) };
    }
    bind('curve', curve.texture);
  }

  function bind(unit: keyof typeof UNITS, texture: WebGLTexture | undefined): void {
    gl.activeTexture(gl.TEXTURE0 + UNITS[unit]);
    gl.bindTexture(gl.TEXTURE_2D, texture ?? null);
  }

  return {
    use(variant: Variant, picture: Picture): InUse {
      const { key, program, at } = programOf(variant);
      const { paint, width, height, rows } = picture;
      const size = `${width} ${height} ${rows}`;
      if (key !== usedKey || paint !== usedPicture || size !== usedSize) {
        gl.useProgram(program);
        bind('table', tables(paint.table));
        if (variant.filter) bind('sums', sums(paint.table));
        if (variant.curve && paint.curve) bindCurve(paint.curve.cycles);
        tellPaint(gl, at, picture);
        [usedKey, usedPicture, usedSize] = [key, paint, size];
      }
      return {
        place(placed, depth) {
          const { counts, vectors, cycles, footprints, phases } = placed.textures;
          bind('counts', counts);
          if (vectors) bind('vectors', vectors);
          if (cycles) bind('cycles', cycles);
          if (footprints) bind('footprints', footprints);
          if (phases) bind('phases', phases);
          tellPlace(gl, at, placed, depth);
          tellBase(gl, at, placed.samples.base, paint);
        },
      };
    },
  };
}

function compiled(gl: WebGL2RenderingContext, variant: Variant) {
  const program = gl.createProgram() as WebGLProgram;
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, fragmentOf(variant)],
  ] as const) {
    const shader = gl.createShader(type) as WebGLShader;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
      throw new Error(`The graphics driver refuses a shader: ${gl.getShaderInfoLog(shader)}`);
  }
  gl.bindAttribLocation(program, 0, 'corner');
  gl.linkProgram(program);
  gl.useProgram(program);
  const known = new Map<string, WebGLUniformLocation | null>();
  const at = (name: string) => {
    if (!known.has(name)) known.set(name, gl.getUniformLocation(program, name));
    return known.get(name) as WebGLUniformLocation | null;
  };
  for (const [name, unit] of Object.entries(UNITS)) gl.uniform1i(at(name), unit);
  return { program, at };
}

/** What is the same for all pieces of a picture. */
function tellPaint(gl: WebGL2RenderingContext, at: Locate, { paint, rows, width, height }: Picture): void {
  const { table, density, offset, iterations } = paint;
  const { lights, shade, patterns, size, hard } = table;
  gl.uniform2f(at('size'), width, height);
  gl.uniform1f(at('rows'), rows);
  gl.uniform1i(at('entries'), size);
  gl.uniform1i(at('hard'), hard ? 1 : 0);
  gl.uniform1f(at('offset'), offset - Math.floor(offset));
  gl.uniform1f(at('density'), density);
  gl.uniform1f(at('iterations'), iterations);
  if (paint.curve) gl.uniform1f(at('perRoot'), paint.curve.perRoot);
  for (const [k, light] of lights.slice(0, 2).entries()) {
    gl.uniform2f(at(`lights[${k}].to`), light.right, light.up);
    gl.uniform3f(at(`lights[${k}].colour`), light.red, light.green, light.blue);
    gl.uniform1f(at(`lights[${k}].strength`), Math.hypot(light.right, light.up));
    gl.uniform1f(at(`lights[${k}].specular`), light.specular);
    gl.uniform1f(at(`lights[${k}].shininess`), light.shininess);
  }
  if (shade) {
    const wide = shade.width * Math.max(1, rows / 720);
    gl.uniform2f(at('shadeShape'), 1 / (wide * wide), shade.strength);
    gl.uniform3f(at('shadeColour'), shade.red, shade.green, shade.blue);
  }
  if (patterns) {
    const all = [patterns.stripes, patterns.decomposition, patterns.lines];
    gl.uniform3fv(
      at('patternCounts'),
      all.map((pattern) => pattern?.count ?? 0),
    );
    gl.uniform3fv(
      at('patternStrengths'),
      all.map((pattern) => pattern?.strength ?? 0),
    );
  }
}

function tellPlace(gl: WebGL2RenderingContext, at: Locate, placed: Placed, depth: number): void {
  const { samples, origin, across, down } = placed;
  gl.uniform2fv(at('origin'), origin);
  gl.uniform2fv(at('across'), across);
  gl.uniform2fv(at('down'), down);
  gl.uniform1f(at('depth'), depth);
  gl.uniform2f(at('texels'), samples.width, samples.height);
  // From (right, up) in pixels of the piece to (right, up) on the canvas, column by column.
  const [ax, ay] = [across[0] / samples.width, across[1] / samples.width];
  const [dx, dy] = [down[0] / samples.height, down[1] / samples.height];
  gl.uniformMatrix2fv(at('toScreen'), false, [ax, -ay, -dx, dy]);
}

/** The straight line of render/positions.ts: a third of a cycle for each 1 of the root, from 2 on. */
const SHIFT = 4;
const SPEED = 1 / 3;

/** What depends on the base of counts, in doubles. */
function tellBase(gl: WebGL2RenderingContext, at: Locate, base: number, paint: Paint): void {
  const { density, offset, curve, table } = paint;
  const root = Math.sqrt(base + SHIFT);
  const speed = curve ? density : density * SPEED;
  const position = curve ? offset : offset + speed * (root - 2);
  gl.uniform1f(at('base'), base);
  gl.uniform1f(at('base4'), base + SHIFT);
  gl.uniform1f(at('root0'), root);
  gl.uniform1f(at('speed'), speed);
  gl.uniform1f(at('start'), position - Math.floor(position));
  if (curve) gl.uniform1f(at('first'), (root - curve.first) * curve.perRoot);
  if (table.kind === 'bands') {
    // Counts of bands are whole numbers but for their rounding.
    const whole = Math.floor(base);
    const band = whole * density + offset * table.size;
    gl.uniform1f(at('bandPart'), base - whole + 0.5);
    gl.uniform1f(at('bandStart'), band - table.size * Math.floor(band / table.size));
  }
  if (table.patterns) {
    const { beyond, power, turn, step } = paint.escape;
    const count = base + beyond;
    gl.uniform4f(at('escape'), count - Math.floor(count), power, turn, STEPS.indexOf(step));
  }
}
