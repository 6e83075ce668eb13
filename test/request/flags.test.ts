/** The table of flags against everything that is derived from it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesOf, readWords, spelling } from '../../bin/command-line.js';
import { COMMANDS } from '../../bin/commands.js';
import { candidates } from '../../bin/completion.js';
import { commandHelp, defaultOf } from '../../bin/help.js';
import { parseRequestFile } from '../../src/request/file.js';
import type { CommandName, Flag } from '../../src/request/flags/flag.js';
import { flagsOf, PICTURE_FLAGS, REQUEST_FLAGS, TABLES } from '../../src/request/flags/index.js';
import { requestJsonSchema } from '../../src/request/json-schema.js';
import { PRESENTATION_FLAGS, pictureFlags, SHAPING_FLAGS } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { viewAt } from '../../src/request/request.js';
import { valueFor } from './values.js';

const ENTRIES = TABLES.flatMap((table) => Object.entries(table));
const ON_COMMANDS = ENTRIES.flatMap(([name, flag]) =>
  flag.commands.map((command) => ({ name, command, flag: { ...flag, ...flag.on?.[command] } })),
);
const FLAGS_MD = readFileSync(new URL('../../../docs/flags.md', import.meta.url), 'utf8');

test('every flag belongs to commands that exist, and no command has two flags of a name', () => {
  const taken = new Set<string>();
  for (const { name, command, flag } of ON_COMMANDS) {
    assert.ok(Object.hasOwn(COMMANDS, command), command);
    assert.match(name, /^[a-z]+(-[a-z]+)*$/);
    for (const one of [name, ...(flag.older ?? []), ...[flag.alias ?? []].flat()]) {
      assert.ok(!taken.has(`${command} ${one}`), `${command} --${one} stands twice`);
      taken.add(`${command} ${one}`);
    }
  }
  for (const [, flag] of ENTRIES) assert.ok(flag.commands.length > 0);
  for (const [name, { flags }] of Object.entries(COMMANDS)) assert.deepEqual(flags, flagsOf(name as CommandName), name);
});

test('a flag is in the help of its commands and in docs/flags.md with group, value, default and meaning', () => {
  for (const { name, command, flag } of ON_COMMANDS) {
    const help = commandHelp(command, COMMANDS[command]!, 110).split(`\n${flag.group}\n`)[1]?.split('\n\n')[0] ?? '';
    const words = help.replace(/\s+/g, ' ');
    const value = defaultOf(flag);
    assert.ok(words.includes(` ${spelling(name, flag)} `), `${command} --${name}`);
    assert.ok(words.includes(flag.describe), `${command} --${name}`);
    if (value !== undefined) assert.ok(words.includes(`${flag.describe} (default: ${value})`), `${command} --${name}`);
    const section = FLAGS_MD.split(`\n## fractal ${command}\n`)[1]?.split('\n## ')[0] ?? '';
    const table = section.split(`### ${flag.group}\n`)[1]?.split('\n### ')[0] ?? '';
    const row = `${spelling(name, flag)}\` | ${value ?? ''} | ${flag.describe.replaceAll('|', '\\|')} |`;
    assert.ok(table.includes(row), `${command}: ${row}`);
  }
});

test('the completion offers a flag where its commands take it, and the values that it names', async () => {
  for (const command of Object.keys(COMMANDS) as CommandName[]) {
    const own = ON_COMMANDS.filter((one) => one.command === command);
    const offered = (await candidates([command, '--'])).filter((word) => !word.startsWith('--no-'));
    const longer = own.flatMap(({ flag }) => [flag.alias ?? []].flat().filter((alias) => alias.length > 1));
    const expected = [...own.map(({ name }) => name), ...longer, 'help'].map((name) => `--${name}`);
    assert.deepEqual(offered.sort(), expected.sort(), command);
    for (const { name, flag } of own) {
      const values = typeof flag.choices === 'function' ? await flag.choices() : (flag.choices ?? []);
      const found = await candidates([command, `--${name}`, '']);
      for (const value of values) assert.ok(found.includes(value), `${command} --${name} ${value}`);
    }
  }
});

test('every name that the schema of a flag lists is offered, and taken', async () => {
  let lists = 0;
  for (const { name, command, flag } of ON_COMMANDS) {
    if (!('options' in flag.schema) || flag.schema.type !== 'enum') continue;
    lists++;
    const found = await candidates([command, `--${name}`, '']);
    assert.deepEqual([...found].sort(), [...(flag.schema.options as string[])].sort(), `${command} --${name}`);
  }
  assert.ok(lists >= 9);
});

test('the command line accepts a flag under its name, aliases and older names on its commands, and nowhere else', () => {
  for (const [command, { flags }] of Object.entries(COMMANDS)) {
    const known = namesOf(flags);
    for (const [name, flag] of ENTRIES) {
      const takes = ON_COMMANDS.some((one) => one.name === name && one.command === command);
      assert.equal(known.has(`--${name}`), takes, `${command} --${name}`);
      if (!flag.commands.includes(command as CommandName)) continue;
      for (const older of flag.older ?? []) {
        assert.deepEqual(readWords([`--${older}`, '1'], 'fractal leader', flags), { [older]: '1' });
      }
    }
  }
});

test('a request file takes every flag that may stand there by all its names, and no other', () => {
  for (const [name, flag] of ENTRIES) {
    const read = (key: string) => parseRequestFile(JSON.stringify({ [key]: 'x' }), 'r.json');
    const entry = (REQUEST_FLAGS as Readonly<Record<string, Flag>>)[name];
    if (entry === undefined) assert.throws(() => read(name), /is not a flag/, name);
    else if (entry.notInFile !== undefined) assert.throws(() => read(name), new RegExp(entry.notInFile), name);
    else {
      for (const key of [name, ...(entry.older ?? []), ...(entry.fileNames ?? [])])
        assert.deepEqual(read(key), { [name]: 'x' });
    }
    if (entry !== flag) assert.ok(!flag.commands.includes('leader'), name);
  }
});

/** The part of JSON Schema that request.schema.json uses. */
interface Property {
  readonly type?: readonly string[];
  readonly enum?: readonly unknown[];
}

const SCHEMA_FILE = readFileSync(new URL('../../../docs/request.schema.json', import.meta.url), 'utf8');

test('docs/request.schema.json is that of the table: after a change of flags run make docs', () => {
  assert.equal(SCHEMA_FILE, `${JSON.stringify(requestJsonSchema(), null, 2)}\n`);
});

test('the JSON Schema takes what a request file takes', () => {
  const { properties } = requestJsonSchema() as { properties: Readonly<Record<string, Property>> };
  const accepts = ({ type, enum: values }: Property, value: unknown) =>
    values ? values.includes(value) : type?.includes(Array.isArray(value) ? 'array' : typeof value);
  for (const [name, flag] of Object.entries<Flag>(REQUEST_FLAGS)) {
    const names = flag.notInFile === undefined ? [name, ...(flag.older ?? []), ...(flag.fileNames ?? [])] : [];
    assert.equal(Object.hasOwn(properties, name), names.length > 0, name);
    for (const key of names) {
      for (const value of fc.sample(valueFor(name, flag), { numRuns: 20, seed: 3 })) {
        assert.ok(accepts(properties[key]!, value), `${key}: ${value}`);
        // The same without quotes, where that is JSON.
        const bare = /^-?\d+(\.\d+)?$/.test(value) ? JSON.parse(value) : value;
        assert.ok(accepts(properties[key]!, bare), `${key}: ${value} without quotes`);
      }
      if (Array.isArray(flag.choices)) assert.ok(!accepts(properties[key]!, 'no such choice'), key);
    }
  }
  const known = Object.keys(properties).filter((name) => name !== '$schema');
  for (const name of known) assert.doesNotThrow(() => parseRequestFile(`{"${name}": 1}`, 'r.json'), name);
  assert.deepEqual(parseRequestFile('{"$schema": "request.schema.json", "zoom": 5}', 'r.json'), { zoom: '5' });
});

/** Flags that have a meaning only beside these. */
const BESIDE: Readonly<Record<string, RawRequest>> = {
  'julia-re': { formula: 'julia' },
  'julia-im': { formula: 'julia' },
  'slope-angle': { slope: 'true' },
  'stretch-angle': { stretch: '2' },
  'texture-strength': { texture: `a.png#sha256=${'0'.repeat(64)}` },
  'slope-color': { slope: 'true' },
  'slope-specular': { slope: 'true' },
  'slope-shininess': { slope: 'true', 'slope-specular': 'true' },
  'slope-second': { slope: 'true' },
  'slope-second-angle': { slope: 'true', 'slope-second': 'true' },
  'slope-second-color': { slope: 'true', 'slope-second': 'true' },
  'shade-width': { shade: 'true' },
  'shade-strength': { shade: 'true' },
  'wave-strength': { wave: '7' },
  seed: { samples: '4' },
  'full-size': { smoothness: '4' },
  power: { formula: 'tricorn' },
  'iters-step': { iters: '100', frames: '9' },
  'zoom-end': { frames: '9' },
  'view-width-end': { frames: '9' },
  'xpos-end': { frames: '9' },
  'ypos-end': { frames: '9' },
  fps: { frames: '9' },
  ease: { frames: '9', 'zoom-end': '1e9' },
  shutter: { frames: '9', 'zoom-end': '1e4' },
  assembly: { frames: '9' },
  'any-rotation': { frames: '9' },
  speed: { 'zoom-end': '1e9' },
  'frames-from': { frames: '1500' },
  'frames-to': { frames: '1500' },
  'rotate-end': { frames: '9' },
  'offset-end': { frames: '9' },
  'julia-re-end': { formula: 'julia', frames: '9' },
  'julia-im-end': { formula: 'julia', frames: '9' },
  'ease-power': { frames: '9', 'zoom-end': '1e9' },
};

test('the default that the help shows is the value of a flag that is absent', () => {
  let checked = 0;
  for (const [name, flag] of Object.entries<Flag>(PICTURE_FLAGS)) {
    if (flag.default !== undefined) assert.ok(flag.schema.safeParse(flag.default).success, name);
    const value = defaultOf(flag);
    if (value === undefined || !flag.schema.safeParse(value).success || name === 'outfile') continue;
    const asked = parseRequest({ ...BESIDE[name], [name]: value });
    const absent = parseRequest({ ...BESIDE[name] });
    const black = name === 'interior' ? { colours: { ...absent.colours, interior: value } } : {};
    assert.deepEqual(asked, { ...absent, ...black }, name);
    checked++;
  }
  assert.ok(checked > 20);
  for (const [name, flag] of ENTRIES) {
    if (flag.default !== undefined) assert.ok(flag.schema.safeParse(flag.default).success, name);
  }
});

test('the parameters in pictures depend on the flags that shape them, and samples on those that shape samples', () => {
  for (const [name, flag] of Object.entries<Flag>(PICTURE_FLAGS)) {
    const base = { width: '64', height: '36', ...BESIDE[name] };
    const values = fc.sample(valueFor(name, flag), { numRuns: 40, seed: 7 });
    const parsed = (raw: RawRequest) => {
      try {
        return [parseRequest(raw)];
      } catch {
        return [];
      }
    };
    const requests = values.flatMap((value) => parsed({ ...base, [name]: value }));
    assert.ok(requests.length > 0, name);
    const carried = new Set([...parsed(base), ...requests].map((one) => JSON.stringify(pictureFlags(one))));
    assert.equal(carried.size > 1, flag.shapes !== undefined, name);
    assert.equal(SHAPING_FLAGS.has(name), flag.shapes !== undefined);
    if (flag.metadata) assert.ok(flag.shapes, name);
    if (!PRESENTATION_FLAGS.has(name)) continue;
    // Colours may ask for distances and footprints beside the counts.
    const views = new Set(
      requests.map((one) => JSON.stringify({ ...viewAt(one, 0), distance: undefined, footprint: undefined })),
    );
    assert.equal(views.size, 1, name);
  }
});
