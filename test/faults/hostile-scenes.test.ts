/**
 * POV-Ray scenes are programs of other people. A hundred hostile ones are rendered in the sandbox of a worker: none reads,
 * writes or runs anything outside, none outlives its limit, and the next scene is rendered as ever. The same ones without
 * the sandbox do harm, so the test would see it.
 */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import type { Kind } from '../../src/work/kind.js';
import { BUILT_IN } from '../../src/work/kinds.js';
import { findInstallation } from '../../src/work/povray/installation.js';
import { povrayKind } from '../../src/work/povray/kind.js';
import { Scratch } from '../../src/work/povray/scratch.js';
import { openPool, type Pool } from '../../src/worker/pool.js';
import type { Outcome } from '../../src/worker/queues.js';
import { eventually, processesWith } from '../work/povray/processes.js';
import { POVRAY, rendering, sceneOf } from '../work/povray/scenes.js';
import { type Attack, attacks, type Outside } from './hostile-scenes.js';

const LIMITS = { seconds: 2, memory: 128 << 20 };
/** Beyond its limit a scene gets a signal, its processes end, and its answer comes. Seconds, on a busy machine. */
const GRACE_SECONDS = 10;
const AT_ONCE = 2;

interface Target {
  readonly pool: Pool;
  readonly kind: Kind;
  readonly outside: Outside;
  readonly secret: string;
  readonly requests: string[];
}

async function target(t: TestContext, confined: boolean): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'fractal-canary-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const secret = randomBytes(12).toString('hex');
  writeFileSync(join(folder, 'secret.txt'), `"${secret}"\n`);
  writeFileSync(join(folder, 'secret.inc'), `#declare Leak = "${secret}";\n`);
  writeFileSync(join(folder, 'secret.ini'), `Post_Scene_Command="touch ${folder}/run"\n`);
  writeFileSync(join(folder, 'secret.df3'), Buffer.from([0, 1, 0, 1, 0, 1, 200]));
  const raw = { width: 2, height: 2, channels: 3 } as const;
  writeFileSync(join(folder, 'secret.png'), await sharp(Buffer.alloc(12, 200), { raw }).png().toBuffer());
  const installation = await findInstallation(process.env.PATH ?? '', confined);
  const font = join(installation.includes[0] ?? '', 'timrom.ttf');
  if (existsSync(font)) cpSync(font, join(folder, 'secret.ttf'), { dereference: true });
  process.env.FRACTAL_HOSTILE_TEST = `"${secret}"`;
  t.after(() => delete process.env.FRACTAL_HOSTILE_TEST);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end(`"${secret}"`);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const scratch = Scratch.open(installation.includes);
  const kind = povrayKind(installation, scratch);
  const pool = openPool(AT_ONCE, { kinds: { ...BUILT_IN, povray: kind } });
  t.after(async () => {
    await pool.close();
    rmSync(scratch.path, { recursive: true, force: true });
  });
  await pool.started;
  const { port } = server.address() as AddressInfo;
  const outside = { folder, scratch: scratch.path, port, marker: `EXISTS-${secret}` };
  return { pool, kind, outside, secret, requests };
}

interface Tried {
  readonly attack: Attack;
  /** Refused before anything is started, or what the worker answers. */
  readonly outcome: Outcome | { readonly kind: 'refused'; readonly reason: string };
  readonly seconds: number;
}

async function tried({ pool, kind }: Target, attack: Attack, main: string): Promise<Tried> {
  const { scene, assets } = sceneOf(
    { [main]: attack.main, ...attack.files },
    { width: 32, height: 32, limits: LIMITS, ...attack.scene },
  );
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1000;
  try {
    kind.validateScene(scene);
  } catch (error) {
    return { attack, outcome: { kind: 'refused', reason: String(error) }, seconds: seconds() };
  }
  const { job, render } = rendering(pool, { scene, assets });
  const outcome = await render({ rect: { x: 0, y: 0, width: 32, height: Math.min(32, scene.height) } });
  job.close();
  return { attack, outcome, seconds: seconds() };
}

/** All attacks, some at once. `main`: the name of the main file. */
async function all(where: Target, which: readonly Attack[], main: string): Promise<Tried[]> {
  const left = [...which];
  const done: Tried[] = [];
  const one = async () => {
    for (let next = left.shift(); next; next = left.shift()) done.push(await tried(where, next, main));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return done;
}

/** What lies in these folders: names, sizes and contents. */
function contents(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const path = join(folder, name);
      const isFile = statSync(path).isFile();
      return `${path} ${isFile ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder'}`;
    }),
  );
}

const STRAY = ['/tmp/fractal-hostile-scene', '/dev/shm/fractal-hostile-scene', '/fractal-hostile-scene'];

function textOf(outcome: Tried['outcome']): string {
  return outcome.kind === 'done' ? Buffer.from(outcome.bytes).toString('latin1') : outcome.reason;
}

/** Why an attack that reads or learns has done harm, if so. */
function harmOf({ attack, outcome }: Tried, { secret, outside }: Target): string | undefined {
  const text = textOf(outcome);
  if (text.includes(secret) || text.includes(outside.marker)) return 'its answer has the secret';
  if (/LEAK|root:|HARM/.test(text) && outcome.kind !== 'refused')
    return `its answer has content: ${text.slice(0, 200)}`;
  return attack.harm === 'reads' && outcome.kind === 'done' ? 'it was rendered' : undefined;
}

test('a hundred hostile scenes do nothing outside of their sandbox, and end at their limits', POVRAY, async (t) => {
  const where = await target(t, true);
  const { outside, pool, requests } = where;
  const hostile = attacks(outside);
  assert.ok(hostile.length >= 100, `${hostile.length} scenes`);
  const before = contents(outside.folder, join(outside.scratch, 'settings'));
  const main = `m${randomBytes(6).toString('hex')}.pov`;
  const results = await all(where, hostile, main);
  for (const result of results) {
    assert.equal(harmOf(result, where), undefined, result.attack.name);
    assert.ok(result.seconds < LIMITS.seconds + GRACE_SECONDS, `${result.attack.name}: ${result.seconds} s`);
    const lasted = result.attack.harm === 'lasts' && result.outcome.kind === 'done';
    assert.ok(!lasted || result.seconds <= LIMITS.seconds + GRACE_SECONDS, `${result.attack.name} was rendered`);
    // One line, for a terminal: the rest is done where it is printed.
    assert.ok(result.outcome.kind === 'done' || result.outcome.reason.length < 1_000, result.attack.name);
  }
  assert.deepEqual(contents(outside.folder, join(outside.scratch, 'settings')), before);
  assert.deepEqual(
    STRAY.filter((path) => existsSync(path)),
    [],
  );
  assert.deepEqual(requests, []);
  // The kernel ends what was in a sandbox after the answer.
  await eventually(() => processesWith(main).length === 0, 'all processes end');
  await eventually(() => processesWith(outside.scratch).length === 0, 'all processes of their files end');
  const kinds = (kind: string) => results.filter(({ outcome }) => outcome.kind === kind).length;
  t.diagnostic(
    `${results.length} scenes: ${kinds('refused')} refused, ${kinds('failed')} failed, ${kinds('done')} rendered`,
  );
  const slowest = results.sort((a, b) => b.seconds - a.seconds).slice(0, 5);
  for (const { attack, seconds } of slowest) t.diagnostic(`${seconds.toFixed(1)} s: ${attack.name}`);
  const { render } = rendering(pool, sceneOf({ 'good.pov': '#include "colors.inc"\nbackground { Red }\n' }));
  const good = await render();
  assert.ok(
    good.kind === 'done' && good.bytes[0] === 255 && good.bytes[1] === 0,
    'a good scene is rendered afterwards',
  );
});

test('the same scenes do harm without the sandbox', POVRAY, async (t) => {
  const where = await target(t, false);
  const { outside } = where;
  const chosen = attacks(outside).filter(
    ({ harm, name }) =>
      (harm === 'reads' || harm === 'learns' || harm === 'writes') &&
      name.includes(outside.folder) &&
      !/for ever|photons|option|\/proc|^a file|main file/.test(name),
  );
  const before = contents(outside.folder);
  const results = await all(where, chosen, 'main.pov');
  const harmful = results.filter((result) => harmOf(result, where) !== undefined);
  const names = harmful.map(({ attack }) => attack.name);
  t.diagnostic(`${harmful.length} of ${chosen.length} read: ${names.join('; ')}`);
  assert.ok(
    names.some((name) => name.startsWith('#fopen')),
    'text is read',
  );
  assert.ok(
    names.some((name) => name.startsWith('#include')),
    'files are included',
  );
  assert.ok(
    names.some((name) => name.startsWith('object')),
    'pictures are read',
  );
  assert.ok(
    names.some((name) => name.startsWith('file_exists')),
    'names are learned',
  );
  const after = contents(outside.folder);
  assert.ok(after.length > before.length, 'files are written');
});
