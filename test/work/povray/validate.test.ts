/** What of a POV-Ray scene is refused before anything is started, and the parser of the pictures that POV-Ray writes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkOption } from '../../../src/work/povray/options.js';
import { PixmapCrop } from '../../../src/work/povray/pixmap.js';
import type { PovrayScene, PovrayTask } from '../../../src/work/povray/scene.js';
import { mainFault, pathFault, validateScene, validateTask } from '../../../src/work/povray/validate.js';
import { reasonIn, statisticsIn } from '../../../src/work/povray/words.js';
import { sceneOf } from './scenes.js';

const { scene } = sceneOf({ 'a.pov': '', 'b/c.inc': 'x' });
const task: PovrayTask = { kind: 'povray', rect: { x: 0, y: 0, width: 8, height: 8 }, declares: [] };
const digest = 'a'.repeat(64);
const animation = { first: 1, last: 9, initialClock: '0', finalClock: '1.5e1', cyclic: true };

test('scenes beyond the bounds are refused with the value', () => {
  validateScene({ ...scene, animation });
  const wrong: readonly (readonly [Partial<PovrayScene>, RegExp])[] = [
    [{ main: 'other.pov' }, /none of the files/],
    [{ files: [...scene.files, { path: 'b', digest }] }, /"b" as a file and as a folder/],
    [{ files: [...scene.files, { path: 'a.pov', digest }] }, /"a\.pov" twice/],
    [{ files: [{ path: 'a.pov', digest: 'A' }] }, /digest "A"/],
    [{ files: Array.from({ length: 1_025 }, (_, k) => ({ path: `${k}`, digest })) }, /1025 files, the bound is 1024/],
    [{ width: 0 }, /0x80/],
    [{ width: 1 << 20, height: 1 << 20 }, /1048576x1048576/],
    [{ options: new Array(33).fill('+Q9') }, /33 options/],
    [{ options: ['+O/etc/x'] }, /"\+O\/etc\/x" is not passed on: state the output with --outfile/],
    [{ animation: { ...animation, last: 0 } }, /frames 1 to 0/],
    [{ animation: { ...animation, finalClock: '1\nx' } }, /clock "1\\nx"/],
    [{ limits: { seconds: 0, memory: 2 ** 30 } }, /0 seconds/],
    [{ limits: { seconds: Number.NaN, memory: 2 ** 30 } }, /NaN seconds/],
    [{ limits: { seconds: 9, memory: 2 ** 50 } }, /bytes/],
  ];
  for (const [change, why] of wrong) assert.throws(() => validateScene({ ...scene, ...change }), why);
});

test('tasks beyond the bounds are refused with the value', () => {
  validateTask({ ...task, clock: '-1.5e-3', declares: [{ name: '_a1', value: '.5' }] }, 0);
  const wrong: readonly (readonly [Partial<PovrayTask>, RegExp])[] = [
    [{ rect: { x: -1, y: 0, width: 1, height: 1 } }, /at \(-1, 0\)/],
    [{ rect: { x: 0, y: 0, width: 0, height: 1 } }, /0x1/],
    [{ frame: -1 }, /frame -1/],
    [{ clock: 'one' }, /clock "one"/],
    [{ declares: new Array(65).fill({ name: 'a', value: '1' }) }, /65 variables/],
    [{ declares: [{ name: 'a b', value: '1' }] }, /"a b"/],
    [{ declares: [{ name: 'a', value: '1 +O/x' }] }, /a = "1 \+O\/x"/],
  ];
  for (const [change, why] of wrong) assert.throws(() => validateTask({ ...task, ...change }, 3), why);
});

test('options that shape the picture are passed on, and no others', () => {
  const good =
    '+Q9 -A +A0.1 +AM2 +R3 -J +J0.5 +BM2 +MB3 +MV3.5 +UR -SU Quality=11 Antialias=On File_Gamma=sRGB Jitter=off';
  for (const option of good.split(' ')) checkOption(option);
  const bad = `+Oa +Ia +La -La +HIa +GAa +GDa +GI +WT2 +D -D +P +V +X +C +RFO +RFI +W8 +H8 +SR1 +ER2 +K1 +KFF9 +SF1 +EF1 +UA +FN +BS8
    Declare=a=1 Input_File_Name=a Output_File_Name=a Library_Path=/ Include_Header=a Create_Ini=a All_File=a Pre_Scene_Command=a
    Post_Frame_Return=I Work_Threads=9 Pause_When_Done=on Display=on Histogram_File=a a.ini a.pov -display - +`;
  for (const option of [...bad.split(/\s+/), '', ' ', '+Q9 +Oa', '+Q9\n+Oa', '+A0.1\0', 'Quality=9\nAll_File=a']) {
    const error = { code: 'REQUEST_INVALID', message: /is not passed on/ };
    assert.throws(() => checkOption(option), error, JSON.stringify(option));
  }
});

test('a path that is taken stays within the folder, whatever its characters', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab./\\~$ \n\0é‮'), maxLength: 12 });
  fc.assert(
    fc.property(word, (path) => {
      if (pathFault(path) !== undefined) return;
      const { pathname } = new URL(`file:///folder/${path.split('/').map(encodeURIComponent).join('/')}`);
      assert.ok(pathname.startsWith('/folder/') && !/[\n\0‮]/.test(path) && !path.startsWith('/'), path);
      assert.ok(!path.split('/').some((name) => name === '..' || name === ''));
    }),
  );
  for (const path of ['../a', 'a/../b', '/a', 'a//b', 'a/', './a', '', 'a\nb', 'x'.repeat(256)])
    assert.ok(pathFault(path), path);
  for (const path of ['a b.png', 'it\'s "this".inc', '-o.inc', 'ü/ñ.df3', '...'])
    assert.equal(pathFault(path), undefined);
  for (const main of ['a b.pov', '-', 'ü.pov', 'a;b.pov']) assert.match(mainFault(main) ?? '', /rename it/);
});

test('a picture is cropped however its bytes are cut, and anything else is refused', () => {
  const sizes = { width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) };
  const cut = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.record(sizes),
      fc.constantFrom(8 as const, 16 as const),
      cut,
      fc.nat(),
      ({ width, height }, bits, parts, at) => {
        const x = at % width;
        const y = at % height;
        const rect = { x, y, width: 1 + ((at >> 3) % (width - x)), height: 1 + ((at >> 5) % (height - y)) };
        const each = bits === 8 ? 3 : 6;
        const rows = Buffer.from(Array.from({ length: width * height * each }, (_, k) => (k * 7 + 3) & 255));
        const file = Buffer.concat([Buffer.from(`P6\n# made by a test\n${width} ${height}\n${2 ** bits - 1}\n`), rows]);
        const crop = new PixmapCrop({ width, height, bits }, rect);
        for (let from = 0, k = 0; from < file.length; k++) {
          const part = file.subarray(from, from + (parts[k % parts.length] as number));
          crop.push(Buffer.from(part));
          from += part.length;
        }
        const expected = Array.from({ length: rect.height }, (_, row) => {
          const begin = ((rect.y + row) * width + rect.x) * each;
          return Buffer.from(rows.subarray(begin, begin + rect.width * each));
        });
        const wanted = Buffer.concat(expected);
        if (bits === 16) wanted.swap16();
        assert.deepEqual(Buffer.from(crop.result()), wanted);
      },
    ),
  );
  const picture = { width: 2, height: 1, bits: 8 } as const;
  const crop = () => new PixmapCrop(picture, { x: 0, y: 0, width: 2, height: 1 });
  assert.throws(() => crop().push(Buffer.from('P6\n3 1\n255\n')), /3x1/);
  assert.throws(() => crop().push(Buffer.from('P6\n2 1\n65535\n')), /up to 65535/);
  assert.throws(() => crop().push(Buffer.from('GIF89a')), /no picture/);
  assert.throws(() => crop().push(Buffer.from('P6\n2 1\n255\n1234567')), /more than one picture/);
  assert.throws(() => crop().push(Buffer.from(`P6\n#${'x'.repeat(5_000)}`)), /no picture/);
  const short = crop();
  short.push(Buffer.from('P6\n2 1\n255\n123'));
  assert.throws(() => short.result(), /3 of 6 bytes/);
});

test('the reason and the figures are found in what POV-Ray writes', () => {
  const text = `povray: cannot open the system configuration file /etc/povray.conf: No such file
==== [Parsing...] ====
File 'a.inc' line 7: Parse Warning: odd
File 'a.inc' line 9: Parse Error: Expected 'numeric expression', undeclared
 identifier 'foo' found instead
Fatal error in parser: Cannot parse input.
Render failed
`;
  const expected =
    "File 'a.inc' line 9: Parse Error: Expected 'numeric expression', undeclared identifier 'foo' found instead";
  assert.equal(reasonIn(text), expected);
  assert.equal(reasonIn(''), '');
  assert.ok(reasonIn(`Parse Error: ${'x'.repeat(10_000)}`).length < 700);
  const figures = `Rays:              60830   Saved:                 0   Max Level: 8/8
  Trace Time:       0 hours  1 minutes  0 seconds (60.040 seconds)
              using 1 thread(s) with 59.5 CPU-seconds total
`;
  assert.deepEqual(statisticsIn(figures), { traceSeconds: 60.04, traceCpuSeconds: 59.5, rays: 60830 });
});
