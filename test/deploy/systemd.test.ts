/**
 * Units for systemd. systemd itself reads them, offline: `systemd-analyze verify` and `security`. It is not started: as process
 * 1 it would tidy up this machine, with /tmp.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { quoted, type SystemdUnit, unitText } from '../../src/app/systemd-unit.js';
import { unitOf } from '../../src/app/unit-of.js';
import { tableOf } from '../../src/request/flags/index.js';
import { folder, fractal, PROGRAM, start } from '../e2e/processes.js';

const SKIP =
  spawnSync('systemd-analyze', ['--version']).status === 0
    ? false
    : 'systemd is not installed: apt-get install systemd';
const DEPLOY = fileURLToPath(new URL('../../../deploy/systemd/', import.meta.url));
/** systemd calls below 2 safe, below 5 OK; a unit without any confinement has 9.6. */
const MOST_EXPOSURE = 1.5;

const WORKER = { host: '0.0.0.0', 'token-file': '/etc/fractal/token' };
const SERVE = { http: '0.0.0.0:8080', 'http-tokens': '/etc/fractal/tokens', hostfile: '/etc/fractal/hostfile' };

function unit(role: 'worker' | 'serve', given: Record<string, string>, more: Partial<SystemdUnit> = {}): SystemdUnit {
  const paths = { node: '/usr/bin/node', program: '/opt/fractal/bin/fractal', cwd: '/srv' };
  return { ...unitOf({ role, scope: more.scope ?? 'system', given, flags: tableOf(role), ...paths }), ...more };
}

/** The units of deploy/systemd. REWRITE=1 writes them. */
const FILES = {
  'fractal-worker.service': unit('worker', WORKER),
  'fractal-serve.service': unit('serve', SERVE),
  'fractal-povray.service': unit('worker', { ...WORKER, povray: 'true' }),
};

function analyze(words: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', words, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Where this unit can be verified: its programs have to exist. */
function written(t: TestContext, name: string, one: SystemdUnit): string {
  const file = join(folder(t), name);
  writeFileSync(file, unitText({ ...one, node: process.execPath, program: PROGRAM }));
  return file;
}

test('the units of deploy/systemd are those that install-service writes', () => {
  for (const [name, one] of Object.entries(FILES)) {
    if (process.env.REWRITE) writeFileSync(join(DEPLOY, name), unitText(one));
    assert.equal(readFileSync(join(DEPLOY, name), 'utf8'), unitText(one), name);
  }
});

test('systemd reads every unit without a complaint', { skip: SKIP }, (t) => {
  for (const [name, one] of Object.entries(FILES))
    assert.deepEqual(analyze(['verify', written(t, name, one)]), { status: 0, output: '' }, name);
  const own = written(t, 'fractal-worker.service', unit('worker', { slots: '2' }, { scope: 'user' }));
  const env = { XDG_RUNTIME_DIR: folder(t) };
  assert.deepEqual(analyze(['verify', '--user', own], env), { status: 0, output: '' });
});

test('a worker and a service are confined, as systemd judges', { skip: SKIP }, (t) => {
  const judged = (name: string, one: SystemdUnit) => {
    const { output } = analyze(['security', '--offline=true', '--no-pager', written(t, name, one)]);
    return Number(/exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
  };
  for (const name of ['fractal-worker.service', 'fractal-serve.service'] as const)
    assert.ok(judged(name, FILES[name]) <= MOST_EXPOSURE, `${name}: ${judged(name, FILES[name])}`);
  assert.ok(judged('fractal-povray.service', FILES['fractal-povray.service']) <= 3);
});

/** The words of a command, as systemd prints those that it has read: in its debug output, quoted with C's escapes. */
function wordsRead(t: TestContext, exec: string): string[] {
  const file = join(folder(t), 'words.service');
  writeFileSync(file, `[Service]\nType=exec\nExecStart=${process.execPath} ${exec}\n`);
  const { output } = analyze(['verify', file], { SYSTEMD_LOG_LEVEL: 'debug' });
  const line = /Command Line: (.*)/.exec(output)?.[1] ?? assert.fail(output);
  const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  return [...bytes(line).matchAll(/"((?:[^"\\]|\\.)*)"|([^ ]+)/g)].slice(1).map(([, inside, plain]) => {
    const text = (inside ?? plain ?? '').replace(/\\([0-7]{3}|x[0-9a-f]{2}|.)/g, (_, code: string) => unescaped(code));
    // Variables are put in when it starts: $$ is a dollar sign.
    assert.doesNotMatch(text.replaceAll('$$', ''), /\$/, 'a variable');
    return Buffer.from(text.replaceAll('$$', '$'), 'latin1').toString('utf8');
  });
}

function unescaped(code: string): string {
  if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
  if (/^x/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[code] ?? code;
}

test('systemd reads each option as the word that it is, whatever is in it', { skip: SKIP }, (t) => {
  const nasty = fc.constantFrom(
    '"',
    "'",
    '\\',
    '$',
    '%',
    ';',
    '%h',
    '$HOME',
    '\u0024{X}',
    ' ',
    '\t',
    '\n',
    '#',
    '\\x41',
    '$$',
    'é',
    '😀',
  );
  const word = fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme', minLength: 0, maxLength: 4 })), { maxLength: 6 });
  const words = fc.array(
    word.map((parts) => parts.join('').replaceAll('\0', '')).filter((text) => !/\p{Surrogate}/u.test(text)),
    { minLength: 1, maxLength: 40 },
  );
  const holds = (all: string[]) => assert.deepEqual(wordsRead(t, all.map(quoted).join(' ')), all);
  holds([
    '',
    ';',
    '|',
    '-',
    '--name=a b',
    '%',
    '%%',
    '$',
    '\\',
    '"',
    "'",
    '\\"',
    '@x',
    '!x',
    '+x',
    ':x',
    '~',
    '*',
    '\u007f',
  ]);
  fc.assert(fc.property(words, holds), { numRuns: 40 });
});

const install = (t: TestContext, words: readonly string[], cwd: string) =>
  fractal(t, ['install-service', ...words], cwd);

test('a unit has absolute paths, of this Node, this program and the files of its options', async (t) => {
  const cwd = folder(t);
  const { code, stdout, stderr } = await install(
    t,
    [
      'serve',
      '--dry-run',
      '--',
      '--http-tokens',
      'to ken',
      '--hostfile',
      'hosts',
      '--local',
      '2',
      '--no-store',
      '--quiet',
    ],
    cwd,
  );
  assert.equal(code, 0, stderr);
  const [, exec] = /^ExecStart=(.*)$/m.exec(stdout) as RegExpExecArray;
  assert.match(exec as string, new RegExp(`^${process.execPath} ${PROGRAM} serve `));
  assert.ok(exec?.includes(` --http-tokens=\${CREDENTIALS_DIRECTORY}/http-tokens `));
  assert.ok(
    exec?.endsWith(` --hostfile=${join(cwd, 'hosts')} --local=2 --no-store --quiet --data=%S/%N $FRACTAL_OPTIONS`),
  );
  assert.ok(stdout.includes(`\nLoadCredential=http-tokens:${join(cwd, 'to ken')}\n`));
  assert.match(stdout, new RegExp(`\nBindReadOnlyPaths=${join(cwd, 'hosts')}\n`), 'units do not see /tmp otherwise');
  const own = (await install(t, ['worker', '--user', '--dry-run', '--', '--drain-timeout', '5'], cwd)).stdout;
  assert.match(own, /\nTimeoutStopSec=20\n/);
  assert.match(own, /\nWantedBy=default.target\n/);
  assert.doesNotMatch(own, /DynamicUser|ProtectSystem/);
});

test('what is there is kept, unless it is to be replaced; what is not of this program always', async (t) => {
  const cwd = folder(t);
  const unitFile = join(cwd, 'units/fractal-worker.service');
  const into = ['--folder', 'units', 'worker'];
  const first = await install(t, into, cwd);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /systemctl daemon-reload\n.*systemctl enable --now fractal-worker\n/);
  const text = readFileSync(unitFile, 'utf8');
  const again = await install(t, [...into, '--', '--slots', '3'], cwd);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^error: OUTFILE_UNWRITABLE: \S+ is there already: use --replace, or another --name\n$/);
  assert.equal(readFileSync(unitFile, 'utf8'), text);
  assert.equal((await install(t, [...into, '--replace', '--', '--slots', '3'], cwd)).code, 0);
  assert.match(readFileSync(unitFile, 'utf8'), / --slots=3 /);
  assert.equal((await install(t, [...into, '--name', 'second'], cwd)).code, 0);
  assert.equal((await install(t, [...into, '--uninstall', '--dry-run'], cwd)).code, 0);
  assert.ok(existsSync(unitFile));
  assert.equal((await install(t, [...into, '--uninstall'], cwd)).code, 0);
  assert.ok(!existsSync(unitFile) && existsSync(join(cwd, 'units/second.service')));
  assert.match((await install(t, [...into, '--uninstall'], cwd)).stderr, /is not there/);
  writeFileSync(unitFile, '[Service]\nExecStart=/bin/true\n');
  for (const how of ['--replace', '--uninstall']) {
    const { code, stderr } = await install(t, [...into, how], cwd);
    assert.equal(code, 2);
    assert.match(stderr, /is not of fractal install-service/);
  }
});

test('what would fail when the unit starts is one line now', async (t) => {
  const cwd = folder(t);
  for (const [words, says] of [
    [[], /what runs is missing/],
    [['leader'], /--role "leader" is not one of worker, serve/],
    [['worker', '--', '--prot', '5'], /--prot is not a flag of this command \(did you mean|--prot is not a flag/],
    [['worker', '--', '--slots', 'many'], /--slots "many" is not a whole number/],
    [['worker', '--', 'stray'], /"stray" belongs to no flag/],
    [['worker', '--', '--help'], /--help is no option of a unit/],
    [['worker', '--', '--token-file', 'a\nb'], /has a line break/],
    [['worker', '--', '--token-file', 'a"b'], /has a character that no unit can have/],
    [['worker', '--name', '../x'], /--name "..\/x" is not a name/],
    [['worker', '--user', '--account', 'me'], /--account has no meaning with --user/],
    [['worker', '--folder', 'u', '--', '--token-file', 'none'], /none is not there: the unit could not start/],
    [['serve', '--', '--hostfile', '-'], /reads stdin/],
    [['serve', '--', '--data', 'd'], /cannot be written by the unit's own user: name the user that owns it/],
  ] as const) {
    const { code, stderr } = await install(t, words, cwd);
    assert.equal(code, 2, `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, /^error: REQUEST_INVALID: [^\n]*\n$/);
    assert.match(stderr, says);
  }
  const there = existsSync('/run/systemd/system');
  if (!there) {
    const { code, stderr } = await install(t, ['worker'], cwd);
    assert.equal(code, 1);
    assert.match(stderr, /^error: SYSTEMD_MISSING: systemd does not run here .*--dry-run prints the unit.*\n$/);
  }
});

test('the command of a unit starts a worker, and the signal of a stop ends it with exit code 0', {
  skip: SKIP,
}, async (t) => {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'token'), `${'s'.repeat(32)}\n`, { mode: 0o600 });
  const options = ['--port', '0', '--slots', '1', '--token-file', 'token'];
  const { stdout } = await install(t, ['worker', '--user', '--dry-run', '--', ...options], cwd);
  const words = wordsRead(t, (/^ExecStart=\S+ (.*) \$FRACTAL_OPTIONS$/m.exec(stdout) as RegExpExecArray)[1] as string);
  assert.equal(words[0], PROGRAM);
  const running = start(t, words.slice(1), cwd);
  await running.said(/ready, 1 slot/);
  running.process.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});
