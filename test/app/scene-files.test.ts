import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sceneFiles } from '../../src/app/scene-files.js';
import { divisionHint, namedBy, quotedIn } from '../../src/app/scene-names.js';
import { scenePlace } from '../../src/app/scene-place.js';
import { folder } from '../e2e/processes.js';

function filled(t: TestContext, files: Readonly<Record<string, string>>): string {
  const path = join(folder(t), 'set');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

test('the scene of a folder is the only one, the one of its name, or that of its .ini', async (t) => {
  const cases: [Record<string, string>, string | RegExp][] = [
    [{ 'x.pov': '' }, 'x.pov'],
    [{ 'x.pov': '', 'set.pov': '' }, 'set.pov'],
    [{ 'x.pov': '', 'main.pov': '' }, 'main.pov'],
    [{ 'x.pov': '', 'y.pov': '', 'run.ini': 'Input_File_Name=y.pov' }, 'y.pov'],
    [{ 'x.pov': '', 'y.pov': '' }, /has 2 scenes \(x\.pov, y\.pov\)/],
    [{ 'x.inc': '' }, /has no \.pov/],
  ];
  for (const [files, expected] of cases) {
    const path = filled(t, files);
    if (typeof expected === 'string') assert.equal((await scenePlace(path)).main, expected);
    else await assert.rejects(scenePlace(path), expected);
  }
  const path = filled(t, { 'a.pov': '', 'b.pov': '', 'a.ini': 'Width=7', 'go.ini': 'Input_File_Name=b.pov\n+W9' });
  assert.equal((await scenePlace(join(path, 'a.pov'))).ini?.name, 'a.ini');
  assert.equal((await scenePlace(join(path, 'go.ini'))).main, 'b.pov');
  await assert.rejects(scenePlace(join(path, 'c.pov')), /no such file or folder/);
});

test('files that the scene names are sent, by whole names or their parts, through includes, and no others', async (t) => {
  const path = filled(t, {
    'a.pov': '#include "lib/shapes.inc"\n#declare T = concat("tex/t", str(frame_number, -2, 0), ".png");',
    'lib/shapes.inc': '#include "deep.inc"',
    'lib/more/deep.inc': 'height_field { png "Land" }',
    'Land.png': 'x',
    'tex/t01.png': 'x',
    'tex/t02.png': 'x',
    'a.png': 'an earlier picture',
    'big.bin': 'x',
    '.hidden/deep.inc': 'x',
    'other.pov': '"big.bin"',
  });
  const paths = async (all: boolean, outfiles: string[] = []) =>
    (await sceneFiles(path, 'a.pov', { all, outfiles })).files.map((file) => file.path).sort();
  const named = ['Land.png', 'a.pov', 'lib/more/deep.inc', 'lib/shapes.inc', 'tex/t01.png', 'tex/t02.png'];
  assert.deepEqual(await paths(false), named);
  assert.deepEqual(await paths(true), [...named, 'a.png', 'big.bin', 'other.pov'].sort());
  assert.ok(!(await paths(true, [join(path, 'a.png')])).includes('a.png'), 'what is written is no part of the scene');
});

test('links are followed within the folder; those that lead out are left out, and named', async (t) => {
  const path = filled(t, { 'a.pov': '"in.png" "out.png"', 'real.png': 'x' });
  writeFileSync(join(path, '..', 'secret.png'), 'secret');
  symlinkSync('real.png', join(path, 'in.png'));
  symlinkSync('../secret.png', join(path, 'out.png'));
  const { files, notes } = await sceneFiles(path, 'a.pov', { all: true, outfiles: [] });
  assert.deepEqual(files.map((file) => file.path).sort(), ['a.pov', 'in.png', 'real.png']);
  assert.deepEqual(notes, ["not sent: out.png: links that lead out of the scene's folder"]);
});

test('names of Windows, escapes and relative paths are read as paths', () => {
  const isNamed = namedBy(quotedIn('image_map { png "maps\\\\wood.png" } #include "./x.inc" "../up/y.inc"'));
  assert.deepEqual(['maps/wood.png', 'x.inc', 'up/y.inc', 'z.inc'].map(isNamed), [true, true, true, false]);
});

test('what makes bands differ is found in the sources, outside of comments and texts', () => {
  const hint = (text: string) => divisionHint([{ path: 's.pov', text }]);
  assert.equal(hint('\n\nglobal_settings { radiosity { } }'), 's.pov:3 has radiosity');
  assert.equal(hint('// radiosity\n/* radiosity\n*/ #debug "radiosity"'), undefined);
  assert.equal(hint('area_light <1,0,0>, <0,0,1>, 3, 3\njitter'), 's.pov:2 has jitter, beside area lights');
  assert.equal(hint('photons { jitter .4 }'), undefined);
});
