/** Folders of the older POV-Ray farm: params.cfg and seqFile.txt. */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { declaresByFrame, declaresOf } from '../../../src/request/path/declares.js';
import { parsePathFile } from '../../../src/request/path/path-file.js';
import { readFarmFolder } from '../../../src/request/povray/farm/folder.js';
import { parseParams } from '../../../src/request/povray/farm/params.js';
import { pathOfSequence } from '../../../src/request/povray/farm/path.js';
import { framesIn, parseSequence, type Sequence } from '../../../src/request/povray/farm/sequence.js';
import { folder } from '../../e2e/processes.js';

const params = (text: string) => parseParams({ name: 'params.cfg', text });
const sequence = (text: string) => parseSequence({ name: 'seqFile.txt', text });
const pathFile = (one: Sequence) => parsePathFile(pathOfSequence(one), 'the sequence', one.fps);
/** The values of a variable in the first frames. */
function valuesOf(text: string, name: string): readonly string[] {
  const one = sequence(text);
  const { values = [] } = declaresByFrame(pathFile(one), framesIn(one)).find((each) => each.name === name) ?? {};
  return values;
}

const PARAMS = `inputFile:scene.pov
outputFile:out
jobNumber:3
renderType:picture
imageHeight:48
imageWidth:100
otherParams:+A0.3 -GA -D -V
`;

test('params.cfg has width and height the right way round, and the words of POV-Ray that mean something here', () => {
  const read = {
    ...{ input: 'scene.pov', output: 'out', type: 'picture', width: 100, height: 48 },
    options: ['+A0.3'],
    declares: [],
  };
  assert.deepEqual(params(PARAMS), read);
  const spaced = `\n# a comment\n${PARAMS.replace(/:/g, ' : ').replace(/\n/g, '  \n')}  // another\n`;
  assert.deepEqual(params(spaced), read);
  assert.deepEqual(params(PARAMS.replace('scene.pov', '.\\parts\\my scene.pov')).input, 'parts/my scene.pov');
  assert.deepEqual(params(PARAMS.replace(':out', ':out.png')).output, 'out');
  const more = params(PARAMS.replace('+A0.3 -GA', '"+A0.3" Declare=a=1 -UV +K0.5 +WT4'));
  assert.deepEqual([more.options, more.declares, more.clock], [['+A0.3', '-UV'], ['a=1'], '0.5']);
  assert.deepEqual(
    params(PARAMS.replace('otherParams:+A0.3 -GA -D -V\n', '').replace('jobNumber:3\n', '')).options,
    [],
  );
});

test('what is wrong in params.cfg is one line with file, line and column', () => {
  for (const [from, to, why] of [
    ['inputFile:scene.pov\n', '', /^REQUEST_FILE: params\.cfg: it has no "inputFile"/],
    ['imageWidth:100', 'imageWidht:100', /:6:1: "imageWidht" is no key of this file: did you mean "imageWidth"\?/],
    ['imageWidth:100', 'colour:red', /:6:1: "colour" is no key of this file: there are inputFile, outputFile/],
    ['imageWidth:100', 'imageWidth: 1e9', /:6:13: imageWidth "1e9" is not a whole number from 1 to 100000/],
    ['imageWidth:100', 'imageWidth:0', /imageWidth "0" is not/],
    ['imageWidth:100', 'imageWidth:', /:6:1: "imageWidth" has no value/],
    ['imageWidth:100', 'imageHeight:100', /:6:1: "imageHeight" stands twice/],
    ['imageWidth:100', 'imageWidth', /:6:1: this line has no colon/],
    ['jobNumber:3', 'jobNumber:many', /:3:11: jobNumber "many" is not/],
    [':picture', ':film', /:4:12: renderType "film" is not picture or movie/],
    ['scene.pov', '../scene.pov', /:1:11: inputFile "\.\.\/scene\.pov" is not a file of this folder/],
    ['scene.pov', 'C:\\scene.pov', /inputFile "C:\\scene\.pov" is not a file of this folder/],
    ['scene.pov', '/etc/passwd', /inputFile "\/etc\/passwd" is not a file of this folder/],
    [':out', ':../out', /:2:12: outputFile "\.\.\/out" is not a name/],
    ['+A0.3', '"+A0.3', /:7:13: a quote of otherParams has no end/],
  ] as const)
    assert.throws(() => params(PARAMS.replace(from, to)), why, to);
});

/** 120 beats a minute and 32 frames a second are four frames a sixteenth. */
const FOUR = 'bpm:120\nfrm:32\n';

test('values go from place to place by their curves, and the last one stays', () => {
  const line = "len:0.2.0\nvarseq:('v',((1,1,'0.0.0'),(5,1,'0.0.1'),(3,1,'0.1.0')))\n";
  assert.deepEqual(valuesOf(FOUR + line, 'v').slice(0, 5), ['1', '2', '3', '4', '5']);
  assert.deepEqual(valuesOf(FOUR + line, 'v').slice(16), new Array(16).fill('3'));
  assert.equal(valuesOf(FOUR + line, 'v')[10], '4');
  const curved = "len:0.0.2\nvarseq:('v',((0,0.5,'0.0.0'),(8,1,'0.0.1')))";
  // 8·sqrt(i/4)
  assert.deepEqual(valuesOf(FOUR + curved, 'v'), [
    '0',
    '4',
    '5.65685424949238',
    '6.92820323027551',
    '8',
    '8',
    '8',
    '8',
  ]);
  const jump = "len:0.0.3\nvarseq:('v',((0,1,'0.0.0'),(4,0,'0.0.1'),(9,0.5,'0.0.2')))";
  assert.deepEqual(valuesOf(FOUR + jump, 'v'), ['0', '1', '2', '3', ...new Array(8).fill('9')]);
  const late = "len:0.0.3\nvarseq:('v',((2,'0.0.1'),(-2,'0.0.2')))";
  assert.deepEqual(valuesOf(FOUR + late, 'v'), ['2', '2', '2', '2', '2', '1', '0', '-1', '-2', '-2', '-2', '-2']);
});

test('every form of a sequence that the documents print is read', () => {
  const documented = `bpm:155
frm:30
len:24.0.0
varseq:('var1',((3,'0.0.0'),(1,'4.0.0'),(2,'8.0.0'),(7,'16.0.0')))
varseq:('var2',((4,'0.0.0'),(5,'4.0.0'),(8,'8.0.0'),(1,'16.0.0')))
`;
  const one = sequence(documented);
  assert.equal(framesIn(one), Math.floor((24 * 16 * 15 * 30) / 155));
  assert.deepEqual(
    one.variables.map(({ name }) => name),
    ['var1', 'var2'],
  );
  assert.deepEqual(one.variables[1]?.points[3], { value: 1, curve: 1, at: 256 });
  const spelt = `# a film\r\nbpm : 155 # beats\r\nfrm:30\r\n\r\nlen:'24.0.0'\r\nvarseq: ( "var1" , [ ( 3 , 1 , "0.0.0" ) ,
    # the second
    (1,1.0,'4.0.0',),('2',1,'8.0.0'),(7,1,'16.0.0'), ] , )\r\nvarseq:'var2',((4,'0.0.0'),(5,'4.0.0'),(8,'8.0.0'),(1,'16.0.0'))`;
  assert.deepEqual(sequence(spelt.replace(/\r\n?/g, '\n')), one);
  assert.deepEqual(sequence(`${FOUR}len:1.0.0\nvarseq:('v',((1,'0.0.0')))`).variables[0]?.points, [
    { value: 1, curve: 1, at: 0 },
  ]);
  const wide = sequence(`${FOUR}len:1.0.0\nvarseq:('v',((.5,-1,'0.0.0'),(1e3,7,'0.9.9')))`).variables[0]?.points;
  assert.deepEqual(wide, [
    { value: 0.5, curve: 0, at: 0 },
    { value: 1000, curve: 1, at: 45 },
  ]);
});

test('what is wrong in a sequence is one line with file, line and column', () => {
  const after = `${FOUR}len:1.0.0\n`;
  for (const [text, why] of [
    ['', /^REQUEST_FILE: seqFile\.txt: it has no "bpm"/],
    [FOUR, /it has no "len"/],
    [after.replace('120', '0'), /:1:5: bpm "0" is not a number from 1 to 1000/],
    [after.replace('1.0.0', '1.0'), /:3:5: len "1\.0" is not bars\.beats\.sixteenths/],
    [after.replace('1.0.0', '0.0.0'), /:3:5: len is 0/],
    [`${after}varseq:__import__('os').system('id')`, /:4:8: "_" is no number, string or "\("/],
    [`${after}varseq:('v',((1,'0.0.0'),(2,'0.0.1'))`, /:4:38: a "\)" is missing at the end/],
    [`${after}varseq:('v',((1,'0.0.0'),(2,'0.0.0')))`, /:4:26: this value is not later than the one before/],
    [`${after}varseq:('v',((1,'0.0')))`, /:4:17: the place "0\.0" is not bars/],
    [`${after}varseq:('v',((1,2,3,'0.0.0')))`, /:4:\d+: this is not \(value,curve/],
    [`${after}varseq:('v',((x,'0.0.0')))`, /:4:15: "x" is no number/],
    [`${after}varseq:('a b',((1,'0.0.0')))`, /:4:9: "a b" is not the name of a variable/],
    [`${after}varseq:('v',())`, /:4:13: the sequence of "v" has no values/],
    [`${after}varseq:('v',((1,'0.0.0'),))\nvarseq:('v',((1,'0.0.0'),))`, /:5:8: the variable "v" has two sequences/],
    [`${after}tempo:3`, /:4:1: "tempo" is no key of this file: there are bpm, frm, len, varseq/],
  ] as const)
    assert.throws(() => sequence(text), why, text);
});

const points = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 }).chain((places) =>
  fc.tuple(
    ...places
      .sort((a, b) => a - b)
      .map((at) =>
        fc.record({
          at: fc.constant(at),
          value: fc.integer({ min: -1000, max: 1000 }),
          curve: fc.constantFrom(0, 0.25, 0.5, 1),
        }),
      ),
  ),
);

test('for any sequence and tempo, each frame has start + delta·(i/n)^curve', () => {
  const tempo = { bpm: fc.integer({ min: 20, max: 300 }), fps: fc.constantFrom(12, 24, 25, 30, 60) };
  fc.assert(
    fc.property(fc.record({ ...tempo, points }), ({ bpm, fps, points: all }) => {
      const text = all.map(({ value, curve, at }) => `(${value},${curve},'0.0.${at}')`).join(',');
      const one = sequence(`bpm:${bpm}\nfrm:${fps}\nlen:0.0.210\nvarseq:('v',(${text}))`);
      const at = declaresOf(pathFile(one));
      const framesOf = (sixteenths: number) => (sixteenths * 15 * fps) / bpm;
      for (let frame = 0; frame < framesIn(one); frame += 7) {
        const behind = all.findLastIndex((point) => framesOf(point.at) <= frame);
        const [from, to] = [all[Math.max(0, behind)] as (typeof all)[0], all[behind + 1]];
        const n = framesOf(to?.at ?? 0) - framesOf(from.at);
        const i = Math.max(0, frame - framesOf(from.at));
        const expected = behind < 0 || !to ? from.value : from.value + (to.value - from.value) * (i / n) ** from.curve;
        assert.ok(
          Math.abs(Number(at(frame)[0]?.value) - expected) <= 1e-6 * Math.max(1, Math.abs(to?.value ?? 0)),
          `${frame}`,
        );
      }
    }),
  );
});

test('a film of the older farm lasts as long as its len, to less than a frame', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 240 }),
      (sixteenths, bpm, fps) => {
        const frames = framesIn(sequence(`bpm:${bpm}\nfrm:${fps}\nlen:0.0.${sixteenths}`));
        const seconds = sixteenths / (bpm / 60) / 4;
        assert.ok(frames === 1 || (frames / fps <= seconds + 1e-9 && (frames + 1) / fps > seconds));
      },
    ),
  );
});

test('any text is a sequence, or refused with one line', () => {
  const word = fc.constantFrom('(', ')', ',', "'v'", "'0.0.1'", '1', '"', '[', ']', ' ', '\n', 'varseq:', 'x', '#');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      try {
        sequence(`${FOUR}len:1.0.0\nvarseq:('w',${words.join('')}`);
      } catch (error) {
        assert.match(String(error), /^REQUEST_FILE: seqFile\.txt:\d+:\d+: [^\n]{1,300}$/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a folder of the older farm becomes flags', async (t) => {
  const at = folder(t);
  const scene = join(at, 'my task');
  mkdirSync(scene);
  assert.equal(await readFarmFolder(scene), undefined);
  writeFileSync(join(scene, 'scene.pov'), '');
  writeFileSync(join(scene, 'params.cfg'), PARAMS.replaceAll('\n', '\r\n'));
  assert.deepEqual(await readFarmFolder(scene), {
    main: 'scene.pov',
    flags: { width: '100', height: '48', 'povray-option': '+A0.3', outfile: 'out.png' },
  });
  writeFileSync(join(scene, 'params.cfg'), PARAMS.replace('picture', 'movie').replace('scene.pov', 'scene'));
  await assert.rejects(readFarmFolder(scene), /my task[\\/]params\.cfg: a movie needs seqFile\.txt beside it/);
  writeFileSync(join(scene, 'seqFile.txt'), `${FOUR}len:0.0.2\nvarseq:('v',((0,'0.0.0'),(1,'0.0.2')))`);
  const movie = await readFarmFolder(scene);
  assert.deepEqual(
    { ...movie?.flags, path: '' },
    {
      ...{ width: '100', height: '48', 'povray-option': '+A0.3', frames: '8', fps: '32', path: '', outfile: 'out.mp4' },
    },
  );
  assert.equal(movie?.main, 'scene.pov');
  writeFileSync(join(scene, 'params.cfg'), PARAMS.replace('scene.pov', 'other.pov'));
  await assert.rejects(readFarmFolder(scene), /the folder has no file "other\.pov", which inputFile names/);
});
