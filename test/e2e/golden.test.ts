import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Golden, readGolden } from '../golden.js';
import { folder, fractal } from './processes.js';

/** The doubles of an .npy file, and its shape. */
function readNpy(path: string): { shape: string; values: Float64Array } {
  const bytes = readFileSync(path);
  const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString('latin1');
  assert.match(header, /'descr': '<f8'/);
  assert.match(header, /'fortran_order': False/);
  const data = bytes.subarray(10 + bytes.readUInt16LE(8));
  return {
    shape: /'shape': (\([^)]*\))/.exec(header)?.[1] ?? '',
    values: new Float64Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)),
  };
}

function wordsOf(g: Golden): string[] {
  const julia = g.juliaRe === undefined ? [] : ['--julia-re', g.juliaRe, '--julia-im', g.juliaIm ?? '0'];
  const power = g.power ? ['--power', String(g.power)] : [];
  const formula = g.formula === 'mandelbrot' && (g.power ?? 2) > 2 ? 'multibrot' : g.formula;
  return ['--xpos', g.re, '--ypos', g.im, '--zoom', g.zoom, '--iters', String(g.iterations)].concat(
    ['--width', String(g.width), '--height', String(g.height), '--formula', formula],
    // The oracle's imaginary axis points up.
    ['--no-flip'],
    julia,
    power,
  );
}

const shallow = readGolden('golden.json').filter(({ id }) => ['default', 'minibrot-valley', 'zoom-end'].includes(id));

for (const golden of [...shallow, ...readGolden('formulas.json')]) {
  test(`${golden.id}: the .npy of the command line holds the oracle's nu within 0.005`, async (t) => {
    const file = join(folder(t), 'nu.npy');
    const { code, stderr } = await fractal(t, ['leader', '--local', '2', ...wordsOf(golden), '-o', file, '--quiet']);
    assert.equal(code, 0, stderr);
    const { shape, values } = readNpy(file);
    assert.equal(shape, `(${golden.height}, ${golden.width})`);
    for (const { x, y, n, nu } of golden.pixels) {
      const got = values[y * golden.width + x] as number;
      if (n === null || nu === null) assert.equal(got, Infinity, `(${x}, ${y}) is interior`);
      else assert.ok(Math.abs(got - nu) < 0.005, `(${x}, ${y}): ${got} against ${nu}`);
    }
  });
}

test('with a slope or distances the .npy holds pairs of nu and the distance in pixels', async (t) => {
  const path = folder(t);
  // The Julia set of z^2 is the unit disc: 40 pixels are 4, so a pixel's edge is 0.1, and |z|·ln|z| the estimate.
  const words = [
    '--formula',
    'julia',
    '--julia-re',
    '0',
    '--julia-im',
    '0',
    '-x',
    '0',
    '-y',
    '0',
    '--zoom',
    '1',
  ].concat(['--width', '60', '--height', '40', '--iters', '100', '--local', '2', '--quiet']);
  const render = async (name: string, more: string[]) => {
    const file = join(path, name);
    const { code, stderr } = await fractal(t, ['leader', ...words, ...more, '-o', file]);
    assert.equal(code, 0, stderr);
    return readNpy(file);
  };
  const plain = await render('plain.npy', []);
  assert.equal(plain.shape, '(40, 60)');
  for (const more of [['--slope'], ['--color-mode', 'distance']]) {
    const { shape, values } = await render('pairs.npy', more);
    assert.equal(shape, '(40, 60, 2)');
    plain.values.forEach((nu, i) => {
      assert.equal(values[2 * i], nu);
      const size = Math.hypot((i % 60) - 29.5, Math.floor(i / 60) - 19.5) / 10;
      const expected = nu === Infinity ? 0 : 10 * size * Math.log(size);
      assert.ok(Math.abs((values[2 * i + 1] as number) - expected) < 1e-3, `${i}: ${values[2 * i + 1]}, ${expected}`);
    });
  }
  assert.equal((await render('samples.npy', ['--slope', '--samples', '3'])).shape, '(40, 60, 3, 2)');
});

for (const golden of readGolden('golden.json').filter(({ id }) => ['kf-1e14', 'rf-flake', 'kf-4e533'].includes(id))) {
  test(`${golden.id}: beyond doubles, the .npy holds the oracle's nu within 0.01`, async (t) => {
    const file = join(folder(t), 'nu.npy');
    const { code, stderr } = await fractal(t, ['leader', '--local', '2', ...wordsOf(golden), '-o', file, '--quiet']);
    assert.equal(code, 0, stderr);
    const { values } = readNpy(file);
    for (const { x, y, nu } of golden.pixels) {
      const got = values[y * golden.width + x] as number;
      assert.ok(nu === null ? got === Infinity : Math.abs(got - nu) < 0.01, `(${x}, ${y}): ${got} against ${nu}`);
    }
  });
}

const DEEP = ['power3-1e335', 'burning-ship-needle-1e320', 'tricorn4-1e120', 'julia-i-1e320', 'power8-1e120'];

for (const golden of readGolden('deep-formulas.json').filter(({ id }) => DEEP.includes(id))) {
  test(`${golden.id}: the oracle's nu within 0.01, and the same bytes for any number of workers and shape of shards`, async (t) => {
    const path = folder(t);
    const render = async (name: string, words: string[]) => {
      const file = join(path, name);
      const { code, stderr } = await fractal(t, ['leader', ...wordsOf(golden), '-o', file, '--quiet', ...words]);
      assert.equal(code, 0, stderr);
      return file;
    };
    const whole = await render('whole.npy', ['--local', '1', '--shard', 'row', '--block-size', '36']);
    const { values } = readNpy(whole);
    for (const { x, y, nu } of golden.pixels) {
      const got = values[y * golden.width + x] as number;
      assert.ok(nu === null ? got === Infinity : Math.abs(got - nu) < 0.01, `(${x}, ${y}): ${got} against ${nu}`);
    }
    const tiles = await render('tiles.npy', ['--local', '3', '--shard', 'tile', '--block-size', '5']);
    assert.deepEqual(readFileSync(tiles), readFileSync(whole));
  });
}
