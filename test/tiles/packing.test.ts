/** Pieces of pictures, packed and read again: within the errors that packing.ts states, and never trusting bytes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { inflateStream } from '../../src/tiles/inflate.js';
import { type Channels, nuOf, pack, type Unpacked, unpack, unpackSync, wrongPiece } from '../../src/tiles/packing.js';

const deflate = (bytes: Uint8Array) => deflateRawSync(bytes, { level: 1 });
const inflate = (bytes: Uint8Array, length: number) => inflateRawSync(bytes, { maxOutputLength: length });

function read(bytes: Uint8Array): Unpacked {
  return unpackSync(bytes, inflate);
}

function again(channels: Channels, width: number, height: number): Unpacked {
  return read(pack(channels, width, height, deflate));
}

const side = fc.integer({ min: 1, max: 9 });
/** A picture of random size whose samples are drawn from `sample`. */
function picture<T>(sample: fc.Arbitrary<T>) {
  return fc.tuple(side, side).chain(([width, height]) => {
    const count = width * height;
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      samples: fc.array(sample, { minLength: count, maxLength: count }),
    });
  });
}

/** The largest difference; points without a count must agree. */
function worst(nu: readonly number[] | Float64Array, back: Float64Array): number {
  assert.equal(back.length, nu.length);
  let most = 0;
  for (const [i, v] of nu.entries()) {
    assert.equal(back[i] === Infinity, v === Infinity, `sample ${i}: ${v} became ${back[i]}`);
    if (v !== Infinity) most = Math.max(most, Math.abs(v - (back[i] as number)));
  }
  return most;
}

test('counts come back within half of 1/256, points of the interior as such', () => {
  const count = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: -2, max: 2_000, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Infinity) },
  );
  fc.assert(
    fc.property(picture(count), fc.nat(1e9), ({ width, height, samples }, from) => {
      const nu = Float64Array.from(samples, (v) => v + from);
      const { counts } = again({ nu }, width, height);
      assert.equal(counts.kind, 'steps');
      assert.ok(worst(nu, nuOf(counts)) <= 1 / 512);
    }),
  );
});

test('counts at both ends of what steps reach come back, and beyond it doubles do to the bit', () => {
  for (const [most, kind] of [
    [2 ** 21 - 1, 'steps'],
    [2 ** 21, 'doubles'],
    [1e12, 'doubles'],
  ] as const) {
    const nu = Float64Array.of(0.3, most, Infinity, 0.7, most, 5, Infinity, 0.3, most - 0.25);
    const { counts } = again({ nu }, 3, 3);
    assert.equal(counts.kind, kind, `${most}`);
    assert.ok(worst(nu, nuOf(counts)) <= (kind === 'steps' ? 1 / 512 : 0));
  }
});

test('large counts close together are steps from a base', () => {
  const nu = Float64Array.of(1e12, 1e12 + 0.5, 1e12 + 700, 1e12 + 3);
  const { counts } = again({ nu }, 2, 2);
  assert.ok(counts.kind === 'steps' && counts.base === 1e12);
  assert.ok(worst(nu, nuOf(counts)) <= 1 / 512);
});

test('a flat piece is more exact, so that its few steps are not seen', () => {
  const nu = Float64Array.from({ length: 64 }, (_, i) => 40 + i / 6_400);
  assert.ok(worst(nu, nuOf(again({ nu }, 8, 8).counts)) <= 2 ** -17);
});

test('whole counts come back whole', () => {
  const nu = Float64Array.of(3, 4, 5, Infinity, 1e6, 7);
  assert.deepEqual(nuOf(again({ nu }, 3, 2).counts), nu);
});

test('a piece of the interior alone takes next to nothing', () => {
  const nu = new Float64Array(256 * 256).fill(Infinity);
  const bytes = pack({ nu }, 256, 256, deflate);
  assert.ok(bytes.length < 2_000, `${bytes.length} bytes`);
  assert.deepEqual(nuOf(read(bytes).counts), nu);
});

test('the plane through its neighbours predicts a count: a slope takes next to nothing', () => {
  const nu = Float64Array.from({ length: 256 * 256 }, (_, i) => 100 + (i % 256) / 2 + Math.floor(i / 256) / 4);
  assert.ok(pack({ nu }, 256, 256, deflate).length < 2_500);
});

test('distances come back to 0.07 % in length and 1/65536 of a turn in direction', () => {
  const vector = fc.tuple(fc.double({ min: -60, max: 60, noNaN: true }), fc.double({ min: 0, max: 7, noNaN: true }));
  fc.assert(
    fc.property(picture(vector), ({ width, height, samples }) => {
      const distance = Float64Array.from(
        samples.flatMap(([log2, angle]) => [2 ** log2 * Math.cos(angle), 2 ** log2 * Math.sin(angle)]),
      );
      const back = again({ nu: new Float64Array(samples.length), distance }, width, height).distance as Float32Array;
      for (const [i, [log2]] of samples.entries()) {
        const [dx, dy] = [0, 1].map((k) => (back[2 * i + k] as number) - (distance[2 * i + k] as number));
        assert.ok(Math.hypot(dx as number, dy as number) <= 0.0008 * 2 ** log2);
      }
    }),
  );
});

test('a vector without length has none when it comes back', () => {
  const distance = Float64Array.of(1, 0, 0, 0, 0, -2, 0, 0);
  const back = again({ nu: new Float64Array(4), distance }, 2, 2).distance as Float32Array;
  for (const k of [2, 3, 6, 7]) assert.ok(back[k] === 0);
  assert.ok(Math.abs((back[5] as number) + 2) < 0.002);
});

test('a phase stays on its side of every eighth of a turn, within 1/65536', () => {
  fc.assert(
    fc.property(picture(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (drawn) => {
      const phase = Float64Array.from(drawn.samples);
      const back = again({ nu: new Float64Array(phase.length), phase }, drawn.width, drawn.height).phase;
      for (const [i, v] of phase.entries()) {
        const found = (back as Float32Array)[i] as number;
        assert.ok(Math.abs(found - v) <= 2 ** -16);
        assert.equal(Math.floor(8 * found), Math.floor(8 * v));
      }
    }),
  );
});

test('footprints come back to 0.07 %, cycles as single floats', () => {
  const footprint = Float64Array.of(0, 1e-9, 3, 1e6);
  const cycle = Float64Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? i : Math.sin(i)));
  const back = again({ nu: new Float64Array(4), footprint, cycle }, 4, 1);
  for (const [i, v] of footprint.entries()) {
    assert.ok(Math.abs((back.footprint?.[i] as number) - v) <= 0.0007 * v);
  }
  assert.deepEqual(back.cycle, Float32Array.from(cycle));
});

test('all channels together, of any size, come back in their places', () => {
  fc.assert(
    fc.property(picture(fc.double({ min: 0, max: 0.99, noNaN: true })), ({ width, height, samples }) => {
      const many = (n: number) =>
        Float64Array.from({ length: n * samples.length }, (_, i) => samples[i % samples.length] as number);
      const channels = { nu: many(1), distance: many(2), footprint: many(1), phase: many(1), cycle: many(4) };
      const back = again(channels, width, height);
      assert.ok(worst(channels.nu, nuOf(back.counts)) <= 1 / 512);
      for (const name of ['distance', 'footprint', 'phase', 'cycle'] as const) {
        const [sent, came] = [channels[name], back[name] as Float32Array];
        assert.equal(came.length, sent.length);
        for (const [i, v] of sent.entries()) assert.ok(Math.abs((came[i] as number) - v) < 0.002, `${name} ${i}`);
      }
    }),
  );
});

test('a stream of a browser reads what the program packs', async () => {
  const nu = Float64Array.from({ length: 600 }, (_, i) => 10 + Math.sqrt(i));
  const bytes = pack({ nu }, 30, 20, deflate);
  assert.deepEqual(await unpack(bytes, inflateStream), read(bytes));
});

test('samples that are no numbers, or of another size, are not packed', () => {
  assert.throws(() => pack({ nu: Float64Array.of(1, NaN) }, 2, 1, deflate), /count of NaN/);
  assert.throws(() => pack({ nu: new Float64Array(3) }, 2, 1, deflate), /3 samples/);
  assert.throws(() => pack({ nu: new Float64Array(0) }, 0, 0, deflate), /0x0 pixels are no piece/);
});

const whole = pack({ nu: Float64Array.from({ length: 64 }, (_, i) => i * 1.7) }, 8, 8, deflate);

test('a piece that ends too early is refused in one line, wherever it ends', async () => {
  for (let length = 0; length < whole.length; length++) {
    const part = whole.subarray(0, length);
    assert.throws(() => read(part), /^Error: a piece of a picture cannot be read: /);
    await assert.rejects(unpack(part, inflateStream), /^Error: a piece of a picture cannot be read: /);
  }
});

test('bytes of any sort are refused, or read as a piece of the size in their header', () => {
  const changed = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
      let piece: Unpacked;
      try {
        piece = read(bytes);
      } catch (error) {
        assert.match(String(error), /^Error: a piece of a picture cannot be read: [^\n]+$/);
        return;
      }
      assert.equal(nuOf(piece.counts).length, piece.width * piece.height);
    }),
    { numRuns: 2_000 },
  );
});

test('a header that promises a huge picture allocates nothing', () => {
  const huge = whole.slice();
  new DataView(huge.buffer).setUint32(4, 0xffff_ffff, true);
  assert.throws(() => read(huge), /65535x65535 is no size/);
});

test('a body with more bytes than the header says is not inflated beyond them', async () => {
  const header = whole.slice(0, 24);
  const bomb = Buffer.concat([header, deflateRawSync(new Uint8Array(1 << 26))]);
  assert.throws(() => read(bomb), /cannot be inflated/);
  await assert.rejects(unpack(bomb, inflateStream), /cannot be inflated/);
});

test('what is wrong with a piece is told without inflating it', () => {
  const size = { width: 8, height: 8 };
  assert.equal(wrongPiece(whole, size, ['nu']), undefined);
  assert.match(wrongPiece(whole, { width: 8, height: 9 }, ['nu']) as string, /8x8 pixels, not 8x9/);
  assert.match(wrongPiece(whole, size, ['nu', 'distance']) as string, /planes 0, not 2/);
  assert.match(wrongPiece(whole.subarray(0, 9), size, ['nu']) as string, /too few/);
  assert.match(wrongPiece(Buffer.concat([whole, new Uint8Array(9_999)]), size, ['nu']) as string, /more than/);
});
