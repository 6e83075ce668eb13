import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { FractalError } from '../../src/errors.js';
import { findPalette, hexOf, textOf } from '../../src/render/palette.js';
import type { ReadPalette } from '../../src/render/palette-files/file.js';
import { paletteFileOf, readPalette } from '../../src/render/palette-files/read.js';
import { shortestTour } from '../../src/render/palette-files/tour.js';
import { folder } from '../e2e/processes.js';

/** What a file of this name with these bytes gives. */
async function read(t: TestContext, name: string, bytes: string | Uint8Array, chosen = ''): Promise<ReadPalette> {
  const path = `${folder(t)}/${name}`;
  writeFileSync(path, bytes);
  const file = paletteFileOf(`${path}${chosen}`);
  assert.ok(file, name);
  const palette = await readPalette(file);
  // What is read can be written into a picture, and found again, without the file.
  assert.deepEqual(findPalette(textOf(palette.stops)).stops, palette.stops);
  return palette;
}

/** Levels of the straight line between the stops at a place 0 to 1. */
function colourAt({ stops }: ReadPalette, place: number): number[] {
  const next = Math.max(
    1,
    stops.findIndex(({ position }) => position >= place),
  );
  const [from, to] = [stops[next - 1]!, stops[next]!];
  const share = (place - from.position) / (to.position - from.position);
  return from.rgb.map((level, k) => level + share * (to.rgb[k]! - level));
}

/** Levels of a pure hue, in degrees. */
function hueLevels(hue: number): number[] {
  return [0, 240, 120].map((shift) => {
    const from = Math.abs(((hue + shift + 180) % 360) - 180);
    return 255 * Math.min(1, Math.max(0, 2 - from / 60));
  });
}

const short = ({ stops }: ReadPalette) =>
  stops.map(({ position, rgb }) => `${Math.round(position * 1e4) / 1e4} ${hexOf(rgb)}`);

async function refused(
  t: TestContext,
  name: string,
  bytes: string | Uint8Array,
  why: RegExp,
  chosen = '',
): Promise<void> {
  await assert.rejects(read(t, name, bytes, chosen), (error) => {
    assert.ok(error instanceof FractalError && error.code === 'PALETTE_INVALID', String(error));
    assert.match(error.message, why);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

test('.map: a colour a line, evenly spaced on the cycle', async (t) => {
  const map = await read(t, 'fire.map', '; by hand\r\n0 0 0   black\r\n255 128 0\r\n\r\n1,2,3\r\n9 9 9');
  assert.deepEqual(short(map), ['0 #000000', '0.25 #ff8000', '0.5 #010203', '0.75 #090909']);
  assert.equal(map.interpolation, 'linear');
  await refused(t, 'x.map', '0 0 0\n1 2 300\n', /x\.map:2: "1 2 300" does not begin with three levels from 0 to 255/);
  await refused(t, 'x.map', '0 0 0\n1 2\n', /x\.map:2: /);
  await refused(t, 'x.map', '0 0 0\n1 2 3.5\n', /x\.map:2: /);
  assert.deepEqual(short(await read(t, 'x.map', '0\t0  0;black\r255 , 9 9 red 3')), ['0 #000000', '0.5 #ff0909']);
  await refused(t, 'x.map', '', /it has 0 colours/);
  await refused(t, 'x.map', '1 2 3\n'.repeat(4097), /it has 4097 colours/);
  await refused(t, 'x.map', ' '.repeat(2 ** 20 + 1), /larger than 1048576 bytes/);
});

const UGR = `; a file of two
Blues {
gradient:
  title="Deep; blue" smooth=yes rotation=0 index=0 color=16711680 index=200
  color=65280 index=399 color=255
opacity:
  smooth=no index=0 opacity=255
}
reds{ gradient: title="Red and more" smooth=no rotation=100
  index=0 color=255 index=100 color=16777215 index=-100 color=0
opacity: smooth=no index=0 opacity=128 }
`;

test('.ugr: the gradient of a name or a title; colours are blue, green, red', async (t) => {
  const first = await read(t, 'a.ugr', UGR);
  assert.deepEqual(short(first), ['0 #0000ff', '0.5 #00ff00', '0.9975 #ff0000']);
  assert.equal(first.interpolation, 'oklab');
  assert.match(first.notes.join(), /its first gradient of 2 is taken: .* it has Blues, reds$/);
  const second = await read(t, 'a.ugr', UGR, ':REDS');
  assert.deepEqual(short(second), ['0 #ff0000', '0.25 #ffffff', '0.75 #000000']);
  assert.deepEqual([second.interpolation, second.notes], ['linear', ['not taken: opacity']]);
  assert.deepEqual(await read(t, 'a.ugr', UGR, ':Red and more'), second);
  await refused(t, 'a.ugr', UGR, /it has no gradient "greens"; it has Blues, reds/, ':greens');
  await refused(t, 'a.ugr', UGR.replace('color=65280', 'color=abc'), /a\.ugr:5: "color=abc" is not understood/);
  await refused(t, 'a.ugr', UGR.slice(0, 100), /a\.ugr:2: the gradient "Blues" that begins here has no closing brace/);
  await refused(t, 'a.ugr', 'hello', /a\.ugr:1: "hello" is no name before a gradient/);
  await refused(t, 'a.ugr', 'Mandel { fractal: x=1 }', /it has no gradient/);
});

test('.ugr: indices are those after the rotation; braces in a title and other blocks do not matter', async (t) => {
  // The default gradient of Ultra Fractal: points at 0, 64, 168, 257 and 343 of 400, here turned by 28.
  const text = `comment { 5" wide }
Turned { ; by 28
gradient:
  title="Blue {and} gold" smooth=yes rotation=29 index=28 color=6555392
  index=92 color=13331232 index=196 color=16777197 index=285 color=43775
  index=371 color=512
opacity:
  smooth=no index=0 opacity=255
}
Back { gradient: smooth=yes rotation=-2 index=-3 color=255 index=61 color=65280 }`;
  const turned = await read(t, 'd.ugr', text.replaceAll('\n', '\r\n'), ':blue {AND} gold');
  const places = [0, 64, 168, 257, 343].map((x) => Math.round((x + 28) * 25) / 1e4);
  const colours = ['#000764', '#206bcb', '#edffff', '#ffaa00', '#000200'];
  assert.deepEqual(
    short(turned),
    places.map((place, k) => `${place} ${colours[k]}`),
  );
  assert.deepEqual(short(await read(t, 'd.ugr', text, ':back')), ['0.1525 #00ff00', '0.9925 #ff0000']);
});

test('.gpl: the colours of a palette of GIMP, evenly spaced', async (t) => {
  const gpl = await read(
    t,
    'p.gpl',
    'GIMP Palette\nName: Two\nColumns: 2\n# comment\n255   0  10\tRed\n0 20 255 Blue\n',
  );
  assert.deepEqual(short(gpl), ['0 #ff000a', '0.5 #0014ff']);
  const rgba = 'GIMP Palette\r\nChannels: RGBA\r\n#\r\n255\t0\t0\t255\tr\r\n0 255 0 128';
  const clear = await read(t, 'p.gpl', rgba);
  assert.deepEqual([short(clear), clear.notes], [['0 #ff0000', '0.5 #00ff00'], ['not taken: opacity']]);
  assert.deepEqual((await read(t, 'p.gpl', rgba.replace('128', '255'))).notes, []);
  await refused(t, 'p.gpl', '255 0 0\n', /p\.gpl:1: it does not begin with "GIMP Palette"/);
  await refused(t, 'p.gpl', 'GIMP Palette\n\nred\n', /p\.gpl:3: "red"/);
});

const ggr = (...segments: string[]) => `GIMP Gradient\nName: x\n${segments.length}\n${segments.join('\n')}\n`;

test('.ggr: straight segments have their ends and their middle', async (t) => {
  const two = ggr('0 0.1 0.5 0 0 0 1 1 0 0 1 0 0 0 0', '0.5 0.75 1 0 1 0 1 1 1 1 1 0 0');
  const read2 = await read(t, 'g.ggr', two);
  // Between the segments the colour jumps.
  assert.deepEqual(short(read2), [
    '0 #000000',
    '0.1 #800000',
    '0.5 #ff0000',
    '0.5 #00ff00',
    '0.75 #80ff80',
    '1 #ffffff',
  ]);
  assert.equal(read2.interpolation, 'linear');
});

test('.ggr: blending functions and colourings have the values of GIMP', async (t) => {
  const at = async (blending: number, colouring: number, place: number, ends = '0 0 0 1 1 1 1 1') =>
    colourAt(await read(t, 'g.ggr', ggr(`0 0.5 1 ${ends} ${blending} ${colouring}`)), place);
  const grey = (x: number) => Array(3).fill(Math.round(255 * x));
  assert.deepEqual(await at(1, 0, 0.25), grey(0.25));
  assert.deepEqual(await at(2, 0, 0.25), grey((1 - Math.SQRT1_2) / 2));
  assert.deepEqual(await at(3, 0, 0.25), grey(Math.sqrt(1 - 0.75 ** 2)));
  assert.deepEqual(await at(4, 0, 0.25), grey(1 - Math.sqrt(1 - 0.25 ** 2)));
  assert.deepEqual(await at(5, 0, 0.5), grey(0));
  // From red to blue: over green counter-clockwise, over magenta clockwise.
  const ends = '1 0 0 1 0 0 1 1';
  assert.deepEqual(await at(0, 1, 0.5, ends), [0, 255, 0]);
  assert.deepEqual(await at(0, 2, 0.5, ends), [255, 0, 255]);
  const skew = await read(t, 'g.ggr', ggr('0 0.25 1 0 0 0 1 1 1 1 1 1 0'));
  assert.deepEqual(colourAt(skew, 0.25), [128, 128, 128]);
});

test('.ggr: between its stops a curved segment is within a level of GIMP, wherever its middle is', async (t) => {
  const even = (x: number, m: number) => (x <= m ? (m > 0 ? x / m / 2 : 0) : 0.5 + (x - m) / (1 - m) / 2);
  const curves: readonly ((x: number, m: number) => number)[] = [
    even,
    (x, m) => (m === 0 ? 1 : m === 1 ? 0 : x ** (Math.log(0.5) / Math.log(m))),
    (x, m) => (Math.sin((even(x, m) - 0.5) * Math.PI) + 1) / 2,
    (x, m) => Math.sqrt(1 - (even(x, m) - 1) ** 2),
    (x, m) => 1 - Math.sqrt(1 - even(x, m) ** 2),
  ];
  for (const [blending, curve] of curves.entries())
    for (const middle of [0, 0.2, 0.5, 0.9, 1]) {
      const palette = await read(t, 'g.ggr', ggr(`0 ${middle} 1 0 0 0 1 1 0.5 0.25 1 ${blending} 0`));
      for (let x = 0.0625; x < 1; x += 0.0078125)
        colourAt(palette, x).forEach((level, k) => {
          const expected = 255 * curve(x, middle) * [1, 0.5, 0.25][k]!;
          // A square root rises without end at its start.
          assert.ok(
            Math.abs(level - expected) < 1.1,
            `blending ${blending}, middle ${middle}, ${x}: ${level}, ${expected}`,
          );
        });
    }
  const hues = await read(t, 'g.ggr', ggr('0 0.5 1 1 0 0 1 1 0 0 1 0 1'));
  for (let x = 0; x < 1; x += 0.01)
    colourAt(hues, x).forEach((level, k) => {
      assert.ok(Math.abs(level - hueLevels(360 * x)[k]!) < 1.6, `${x}`);
    });
});

test('.ggr: what is damaged is named with its line', async (t) => {
  await refused(t, 'g.ggr', 'hello', /g\.ggr:1: it does not begin/);
  await refused(t, 'g.ggr', 'GIMP Gradient\nName: x\n0\n', /g\.ggr:3: the number of segments, "0"/);
  await refused(t, 'g.ggr', 'GIMP Gradient\nName: x\n2\n0 .5 1 0 0 0 1 1 1 1 1 0 0\n', /cut short: it has 1 of its 2/);
  await refused(t, 'g.ggr', ggr('0 0.5 1 0 0 0 1 1 1'), /g\.ggr:4: .* is no segment/);
  await refused(t, 'g.ggr', ggr('0 0.5 1 0 0 0 1 1 1 1 1 9 0'), /g\.ggr:4: its blending function 9/);
  await refused(t, 'g.ggr', ggr('0 0.5 1 0 0 0 1 1 1 1 1 0 7'), /g\.ggr:4: its colouring 7/);
  await refused(
    t,
    'g.ggr',
    ggr('0 .2 .4 0 0 0 1 1 1 1 1 0 0', '.6 .8 1 0 0 0 1 1 1 1 1 0 0'),
    /g\.ggr:5: .*rise from 0\.4/,
  );
  await refused(t, 'g.ggr', ggr('0 .2 .4 0 0 0 1 1 1 1 1 0 0'), /g\.ggr:4: it ends at 0\.4/);
  const clear = await read(t, 'g.ggr', `${ggr('0 .5 1 0 0 0 0.5 1 1 1 1 0 0 1 0')}more\n`);
  assert.deepEqual([clear.notes.length, clear.notes[2]], [3, 'not taken: what follows its 1 segments']);
});

test('.cpt: slices of colours in RGB, HSV and CMYK, by names and hex', async (t) => {
  const rgb = '# COLOR_MODEL = RGB\n-10 0 0 255 0 0 255 0 U ;low\n0 red 10 #ffffff\nB 0 0 0\nF 255 255 255\nN 128\n';
  const cpt = await read(t, 'c.cpt', rgb);
  assert.deepEqual(short(cpt), ['0 #0000ff', '0.5 #00ff00', '0.5 #ff0000', '1 #ffffff']);
  assert.deepEqual(cpt.notes, ['not taken: the colours of B, F and N']);
  assert.deepEqual(short(await read(t, 'c.cpt', '0 10/20/30 1 -\n1 gray50 2 255\n')), [
    ...['0 #0a141e', '0.5 #0a141e', '0.5 #7f7f7f', '1 #ffffff'],
  ]);
  // As X11 has them, not CSS.
  assert.deepEqual(short(await read(t, 'c.cpt', '0 green 1 Gray\n1 MAROON 2 purple\n2 navy 3 darkorange\n')), [
    ...['0 #00ff00', '0.3333 #bebebe', '0.3333 #b03060', '0.6667 #a020f0', '0.6667 #000080', '1 #ff8c00'],
  ]);
  const hsv = await read(t, 'c.cpt', '#COLOR_MODEL = +HSV\n0 0 1 1 1 120 1 0.5\n');
  assert.deepEqual(
    [colourAt(hsv, 0), colourAt(hsv, 0.5), colourAt(hsv, 1)],
    [
      ...[
        [255, 0, 0],
        [191, 191, 0],
        [0, 128, 0],
      ],
    ],
  );
  assert.deepEqual(short(await read(t, 'c.cpt', '0 240-1-1 1 0/100/0/50\n')), ['0 #0000ff', '1 #800080']);
  assert.deepEqual(short(await read(t, 'c.cpt', '# COLOR_MODEL = CMYK\n0 0 0 0 0 4 100 0 0 0\n')), [
    '0 #ffffff',
    '1 #00ffff',
  ]);
});

test('.cpt: hues go as far as the file has it, as in the table "cyclic" of GMT', async (t) => {
  const cyclic = await read(
    t,
    'c.cpt',
    '# COLOR_MODEL = hsv\n0\t0-1-1\t360\t360-1-1\nB\t0-0-1\nF\t0-0-0\nN\t0-0-0.75\n',
  );
  const back = await read(t, 'c.cpt', '# COLOR_MODEL = HSV\n0 300-1-1 1 0-1-1\n');
  for (let x = 0; x < 1; x += 0.01)
    for (const [palette, hue] of [
      [cyclic, 360 * x],
      [back, 300 * (1 - x)],
    ] as const)
      colourAt(palette, x).forEach((level, k) => {
        assert.ok(Math.abs(level - hueLevels(hue)[k]!) < 1.6, `hue ${hue}`);
      });
});

test('.cpt: two values and two greys in a line are a slice where the next line goes on from there', async (t) => {
  assert.deepEqual(short(await read(t, 'g.cpt', '0 0 1 128\n1 128 3 255\nN 0\n')), [
    ...['0 #000000', '0.3333 #808080', '1 #ffffff'],
  ]);
  assert.deepEqual(short(await read(t, 'g.cpt', '0 1 2 3\n1 4 5 6\n')), [
    ...['0 #010203', '0.5 #010203', '0.5 #040506', '1 #040506'],
  ]);
});

test('.cpt: categories are bands of one width', async (t) => {
  const cpt = await read(t, 'c.cpt', '0 red ;land\n1 0/0/255 ;sea\n');
  assert.deepEqual(short(cpt), ['0 #ff0000', '0.5 #ff0000', '0.5 #0000ff', '1 #0000ff']);
  assert.deepEqual(short(await read(t, 'c.cpt', '3 255 0 0\n7 0 0 255\n')), short(cpt));
});

test('.cpt: what is damaged is named with its line', async (t) => {
  await refused(t, 'c.cpt', '# nothing\n', /it has no colours/);
  await refused(t, 'c.cpt', '0 1 2 3 4\n', /c\.cpt:1: "0 1 2 3 4" is no slice/);
  for (const name of ['nocolour', 'constructor', 'p200/16', '-'])
    await refused(t, 'c.cpt', `0 ${name} 1 red\n`, new RegExp(`c\\.cpt:1: "${name}" is no colour`));
  await refused(t, 'c.cpt', '0 0 0 256 1 0 0 0\n', /c\.cpt:1: "0 0 256" is no colour/);
  await refused(t, 'c.cpt', '0 red 1 blue\n2 red 3 blue\n', /c\.cpt:2: the slice 2 to 3 does not follow 1/);
  await refused(t, 'c.cpt', '0 red 1 blue\n1 red 1 blue\n', /c\.cpt:2: /);
});

test('.json: stops or colours', async (t) => {
  assert.deepEqual(short(await read(t, 'p.JSON', '\ufeff["#000", "#fff"]')), ['0 #000000', '0.5 #ffffff']);
  await refused(t, 'p.json', '{"a": 1}', /p\.json" holds no list/);
  await refused(t, 'p.json', '[[0, "#000"], [0.5', /p\.json" cannot be read/);
  await assert.rejects(
    readPalette(paletteFileOf('/none/p.json')!),
    /PALETTE_INVALID: \/none\/p\.json: .*cannot be read/,
  );
});

test('a picture gives its colours, darkest first, as a cycle of short steps', async (t) => {
  // Four areas, and noise of one pixel.
  const [width, height] = [64, 64];
  const areas = [
    [10, 10, 40],
    [250, 240, 220],
    [200, 40, 30],
    [30, 120, 200],
  ] as const;
  const rgb = Buffer.alloc(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgb.set(areas[2 * (y >> 5) + (x >> 5)]!, 3 * (y * width + x));
  const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const palette = await read(t, 'photo.png', png);
  assert.deepEqual(palette.stops.map(({ rgb: one }) => hexOf(one)).sort(), [
    '#0a0a28',
    '#1e78c8',
    '#c8281e',
    '#faf0dc',
  ]);
  assert.equal(hexOf(palette.stops[0]!.rgb), '#0a0a28');
  assert.deepEqual(await read(t, 'photo.png', png), palette);
  const one = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#456' } })
    .webp({ lossless: true })
    .toBuffer();
  assert.deepEqual(
    (await read(t, 'one.webp', one)).stops.map(({ rgb: x }) => hexOf(x)),
    ['#445566', '#445566'],
  );
  await refused(t, 'cut.png', png.subarray(0, 60), /cut\.png: the picture cannot be read/);
  await refused(t, 'no.jpg', 'hello', /no\.jpg: the picture cannot be read/);
  const clear = await sharp({ create: { width: 2, height: 2, channels: 4, background: '#0000' } })
    .png()
    .toBuffer();
  await refused(t, 'clear.png', clear, /transparent/);
});

test('pictures of other kinds give the same colours: grey, indexed, 16 bits, CMYK, turned, half transparent, animated', async (t) => {
  const [width, height] = [40, 30];
  const picture = (levels: readonly (readonly number[])[]) => {
    const channels = levels[0]!.length as 1 | 3 | 4;
    const all = Array.from(
      { length: width * height },
      (_, k) => levels[Math.floor((levels.length * k) / (width * height))]!,
    );
    return sharp(Buffer.from(all.flat()), { raw: { width, height, channels } });
  };
  const near = async (name: string, bytes: Buffer, expected: readonly (readonly number[])[], levels: number) => {
    const { stops } = await read(t, name, bytes);
    assert.equal(stops.length, expected.length, `${name}: ${short({ stops, notes: [] })}`);
    for (const colour of expected) {
      const fits = ({ rgb }: { readonly rgb: readonly number[] }) =>
        rgb.every((x, k) => Math.abs(x - colour[k]!) <= levels);
      assert.ok(stops.some(fits), `${name}: ${colour} in ${short({ stops, notes: [] })}`);
    }
  };
  const areas = [
    [20, 20, 60],
    [220, 60, 30],
    [240, 230, 200],
  ] as const;
  const three = () => picture(areas);
  await near('indexed.png', await three().png({ palette: true }).toBuffer(), areas, 0);
  await near('deep.png', await three().toColourspace('rgb16').png().toBuffer(), areas, 1);
  await near('cmyk.jpg', await three().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(), areas, 40);
  await near(
    'turned.tiff',
    await three().withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' }).toBuffer(),
    areas,
    0,
  );
  const greys = [0, 100, 250].map((x) => [x]);
  await near(
    'grey.png',
    await picture(greys).toColourspace('b-w').png().toBuffer(),
    greys.map(([x]) => [x!, x!, x!]),
    0,
  );
  const halves = areas.map((rgb, k) => [...rgb, k === 1 ? 0 : 255]);
  await near('half.png', await picture(halves).png().toBuffer(), [areas[0], areas[2]], 0);
  const frames = [
    await three().png().toBuffer(),
    await picture([[0, 255, 0]])
      .png()
      .toBuffer(),
  ];
  await near(
    'animated.gif',
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
    areas,
    8,
  );
});

test('the shortest tour is that of trying all', () => {
  const place = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
  fc.assert(
    fc.property(fc.array(place, { minLength: 2, maxLength: 6 }), (places) => {
      const distances = places.map(([x, y]) => places.map(([u, v]) => Math.hypot(x - u, y - v)));
      const length = (tour: number[]) =>
        tour.reduce((sum, a, i) => sum + distances[a]![tour[(i + 1) % tour.length]!]!, 0);
      const all = (left: number[]): number[][] =>
        left.length === 0
          ? [[]]
          : left.flatMap((k) => all(left.filter((other) => other !== k)).map((rest) => [k, ...rest]));
      const tour = shortestTour(distances);
      assert.deepEqual(
        [...tour].sort(),
        places.map((_, k) => k),
      );
      const rest = places.map((_, k) => k).slice(1);
      const least = Math.min(...all(rest).map((order) => length([0, ...order])));
      assert.ok(Math.abs(length(tour) - least) < 1e-9);
    }),
    { numRuns: 60 },
  );
});

test('any text is a palette or one line of an error', async (t) => {
  const path = `${folder(t)}/x`;
  const words = [
    'GIMP Gradient\n',
    'GIMP Palette\n',
    'Name: x\n',
    '1\n',
    '0 .5 1 ',
    '255 ',
    '0 ',
    'x { gradient: ',
    '}',
    ';',
    '\n',
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 30 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom('map', 'ugr', 'gpl', 'ggr', 'cpt', 'json'), async (bytes, extension) => {
      writeFileSync(`${path}.${extension}`, bytes);
      await readPalette(paletteFileOf(`${path}.${extension}`)!).then(
        ({ stops }) => assert.deepEqual(findPalette(textOf(stops)).stops, stops),
        (error: FractalError) => assert.match(`${error.code} ${error.message}`, /^PALETTE_INVALID [^\n]+$/),
      );
    }),
    { numRuns: 200 },
  );
});
