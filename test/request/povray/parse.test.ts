import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIni } from '../../../src/request/povray/ini.js';
import { parseScene } from '../../../src/request/povray/parse.js';
import { declaresAt } from '../../../src/request/povray/scene-request.js';
import type { RawFlags } from '../../../src/request/values.js';

const INI = `; a comment
Width=640   ; behind a value
HEIGHT = 480
+Q11 +A0.1 -J
Antialias_Depth=4
Input_File_Name="b.pov"
Initial_Frame=5
Final_Frame=14
Final_Clock=2.5
Cyclic_Animation=On
Declare=Size=3
Pre_Scene_Command=rm -rf /
Output_File_Name=x.png
[other]
Width=1
`;
const parsed = (flags: RawFlags, ini?: string) =>
  parseScene(flags, {
    main: 'in/b.pov',
    ...(ini === undefined ? {} : { ini: { name: 'b.ini', content: parseIni(ini) } }),
  });

test('an .ini gives size, quality, animation and variables; what is not used is named', () => {
  const { width, height, options, film, declares, outfile } = parsed({}, INI);
  assert.deepEqual([width, height], [640, 480]);
  assert.deepEqual(options, ['+Q11', '+A0.1', '-J', 'Antialias_Depth=4']);
  assert.deepEqual(film, {
    ...{ frames: 10, first: 0, last: 9, fps: 30, firstNumber: 5, cyclic: true },
    clock: { initial: '0', final: '2.5' },
  });
  assert.deepEqual(declares, [{ name: 'Size', values: ['3'] }]);
  assert.equal(outfile, 'b.mp4');
  assert.deepEqual(parseIni(INI).unused, ['Pre_Scene_Command', 'Output_File_Name', '[other]']);
  assert.equal(parseIni('+W10 +KFF30 +KI.5 +Iscene.pov').values.get('final_frame'), '30');
});

test('the command line has precedence over the .ini', () => {
  const flags = {
    width: '320',
    quality: '4',
    antialias: 'false',
    clock: '1:2',
    frames: '3',
    declare: 'Size=-.5\nN=1e2',
  };
  const { width, height, options, film, declares } = parsed(flags, INI);
  assert.deepEqual([width, height], [320, 240], 'in proportion');
  assert.deepEqual(options.slice(-2), ['+Q4', '-A']);
  assert.deepEqual([film.frames, film.firstNumber, film.clock], [3, 1, { initial: '1', final: '2' }]);
  assert.deepEqual(declares, [
    { name: 'Size', values: ['-.5'] },
    { name: 'N', values: ['1e2'] },
  ]);
});

test('without an .ini a picture is 800x600, or 4 to 3, and named after the scene', () => {
  const { width, height, film, outfile, options } = parsed({});
  assert.deepEqual([width, height, film.frames, outfile, options], [800, 600, 1, 'b.png', []]);
  assert.equal(parsed({ width: '1024' }).height, 768);
  assert.deepEqual(parsed({ clock: '0.25' }).film.clock, { initial: '0.25', final: '0.25' });
  assert.deepEqual(parsed({ frames: '9', 'frames-from': '2', 'frames-to': '4' }).film.last, 4);
});

test('the last value of a variable is held', () => {
  const declares = [{ name: 'v', values: ['1', '2', '3'] }];
  assert.deepEqual(
    [0, 2, 9].map((frame) => declaresAt({ declares }, frame)[0]?.value),
    ['1', '3', '3'],
  );
});

test('values that are wrong, or mean nothing together, are errors of one line', () => {
  const wrong: [RawFlags, string | undefined, RegExp][] = [
    [{ clock: '0:1' }, undefined, /--clock 0:1 is for a film/],
    [{ clock: '0', frames: '5' }, undefined, /--clock 0 is for one picture/],
    [{ declare: 'a b=1' }, undefined, /is not a variable and a number/],
    [{ declare: 'a=1\na=2' }, undefined, /--declare a was given 2 times/],
    [{ antialias: '7' }, undefined, /is not a threshold from 0 to 3/],
    [{ frames: '2', seconds: '1' }, undefined, /give one of them/],
    [{}, 'Width=wide', /b\.ini: width=wide is not a whole number/],
    [{}, 'Initial_Frame=9\nFinal_Frame=3', /lies before/],
    [{}, 'Declare=a=b', /Declare=a=b is not a variable/],
    [{ width: '65536', height: '65536' }, undefined, /at most/],
  ];
  for (const [flags, ini, reason] of wrong) assert.throws(() => parsed(flags, ini), reason);
});
