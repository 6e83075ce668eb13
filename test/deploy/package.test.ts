/** The npm package: it has what runs and nothing else, and an installation elsewhere renders the same bytes. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodesHere } from '../e2e/nodes.js';
import { folder, fractal, hostfileOf, type Outcome, run } from '../e2e/processes.js';
import { cloneOf, install, linked, pack, ROOT } from './package.js';

const BOUNDED = { timeout: 300_000 };
const PACKED = pack();
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const ALLOWED = [
  /^(package\.json|LICENSE|README\.md)$/,
  /^bin\/[a-z-]+\.mjs$/,
  /^dist\/(build\.json|bin\/program\.cjs)$/,
  /^dist\/src\/[a-z0-9/-]+\.(js|cjs|wasm)$/,
  /^dist\/web\/[\w-]+(\.es-bundle\.js)?\.(js|css|html|svg|webp)$/,
  /^dist\/web\/swagger-ui-[\w.-]+$/,
  /^assets\/[\w-]+\.(json|txt|md)$/,
  /^proto\/[a-z0-9/]+\.proto$/,
];

test('the package has no file but those that run, their licences and the README', (t) => {
  const { files, size, unpackedSize } = PACKED;
  const surprising = files.map(({ path }) => path).filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
  assert.deepEqual(surprising, []);
  t.diagnostic(`${files.length} files, ${size} bytes, ${unpackedSize} unpacked`);
});

test('the package has what the program reads when it runs', () => {
  const names = new Set(PACKED.files.map(({ path }) => path));
  const { files } = JSON.parse(readFileSync(join(ROOT, 'dist/build.json'), 'utf8'));
  const read = ['dist/build.json', 'dist/web/index.html', 'dist/web/docs.html', 'proto/fractal/v1/peer.proto'];
  for (const name of [...Object.keys(files), ...read, MANIFEST.bin.fractal, 'bin/launch.mjs'])
    assert.ok(names.has(name), name);
});

test('every file that a module names beside itself is in the package', () => {
  const names = PACKED.files.map(({ path }) => path);
  for (const name of names.filter((each) => /^dist\/src\/.*\.js$/.test(each))) {
    const text = readFileSync(join(ROOT, name), 'utf8');
    for (const [, beside = ''] of text.matchAll(/new URL\('(\.[^']*)', import\.meta\.url\)/g)) {
      const path = new URL(beside, `file:///${name}`).pathname.slice(1);
      assert.ok(
        names.some((each) => each === path || each.startsWith(`${path.replace(/\/$/, '')}/`) || path === ''),
        `${beside} of ${name}`,
      );
    }
  }
});

test('what the modules of the package import is installed with it, or an optional peer', () => {
  const known = new Set(Object.keys({ ...MANIFEST.dependencies, ...MANIFEST.peerDependencies }));
  for (const { path } of PACKED.files.filter((each) => /^dist\/src\/.*\.js$/.test(each.path))) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    for (const [, a, b] of text.matchAll(/^(?:import|export) [^'"(=]*['"]([^'"]+)['"];$|\bimport\('([^']+)'\)/gm)) {
      const name = /^(@[^/]+\/)?[^/]+/.exec(a ?? b ?? '')?.[0] ?? '';
      assert.ok(name.startsWith('.') || isBuiltin(name) || known.has(name), `${name}, imported by ${path}`);
    }
  }
  for (const name of Object.keys(MANIFEST.peerDependencies)) {
    assert.deepEqual(MANIFEST.peerDependenciesMeta[name], { optional: true });
    assert.equal(MANIFEST.devDependencies[name], MANIFEST.peerDependencies[name]);
  }
});

test('no package that is installed with it needs an install script to work, but for permissions', () => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const scripted = Object.entries<{ dev?: boolean; hasInstallScript?: boolean }>(lock)
    .filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  // One sets the permission that its archive has already, the other prints a warning.
  assert.deepEqual(
    scripted.filter((name) => !name.startsWith('@ffmpeg-installer/')),
    ['protobufjs'],
  );
});

test('the command that installs the optional packages names the versions of package.json', async () => {
  const { INSTALL } = await import('../../src/kernel/gpu/packages.js');
  const wanted = Object.entries(MANIFEST.peerDependencies).map(([name, version]) => `${name}@${version}`);
  assert.equal(INSTALL, `npm install --ignore-scripts ${wanted.join(' ')}`);
});

test('what is packed or prepared before it is built says so in one line', async (t) => {
  const clone = cloneOf(t);
  const started = await run(t, [process.execPath, 'bin/fractal.mjs'], clone).ended;
  assert.deepEqual([started.code, started.stdout], [2, '']);
  assert.equal(started.stderr, `error: fractal is not built yet: run make -C '${clone}' build\n`);
  const prepared = await run(t, [process.execPath, 'tools/prepare.mjs'], clone).ended;
  const early = 'error: fractal is not built yet: run make build, or make pack for a package\n';
  assert.deepEqual([prepared.code, prepared.stdout, prepared.stderr], [1, '', early]);

  const { code, stderr } = await run(t, ['npm', 'pack', '--silent'], clone).ended;
  // npm 10 prepares what it packs, npm 11 does not where scripts are forbidden.
  if (code !== 0) return assert.equal(stderr, early);
  const path = folder(t);
  execFileSync('tar', ['-xzf', join(clone, PACKED.filename), '-C', path]);
  const packed = await run(t, [process.execPath, 'package/bin/fractal.mjs'], path).ended;
  assert.deepEqual([packed.code, packed.stdout], [2, '']);
  assert.match(
    packed.stderr,
    /^error: this package of fractal was packed before it was built: run make pack [^\n]*\n$/,
  );
});

test('what npm links starts Node without a shell, on Windows through the shims of npm', async (t) => {
  const bin = join(ROOT, MANIFEST.bin.fractal);
  assert.match(readFileSync(bin, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  const { stdout } = await run(t, ['npm', 'root', '-g']).ended;
  const shims = join(stdout.trim(), 'npm/node_modules/cmd-shim');
  if (!existsSync(shims)) return t.skip(`npm's package cmd-shim is not in ${shims}`);
  const to = join(folder(t), 'fractal');
  await createRequire(import.meta.url)(shims)(bin, to);
  const cmd = readFileSync(`${to}.cmd`, 'utf8');
  assert.match(cmd, /"%_prog%" +"%dp0%\\[^"]*\\bin\\fractal\.mjs" %\*/);
  assert.match(cmd, /SET "_prog=node"/);
  assert.match(readFileSync(`${to}.ps1`, 'utf8'), /node\$exe" +"\$basedir\/[^"]*\/bin\/fractal\.mjs" \$args/);
});

test(
  'an installation elsewhere renders the bytes of this checkout, alone and as leader and workers',
  BOUNDED,
  async (t) => {
    const archives = folder(t);
    const path = await install(t, join(archives, pack(archives).filename));
    if (path === undefined) return;
    const view = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1e17', '--width', '64', '--height', '36', '-q'];
    const words = ['leader', ...view, '--no-store', '--iters', '3000'];
    assert.equal((await fractal(t, [...words, '--local', '1', '-o', join(path, 'here.png')])).code, 0);
    const expected = readFileSync(join(path, 'here.png'));

    const worker = run(t, [linked(path), 'worker', '--port', '0', '--slots', '1'], path);
    const [, address = ''] = await worker.said(/worker (127\.0\.0\.1:\d+): ready/);
    writeFileSync(join(path, 'hosts'), hostfileOf([{ address }]));
    for (const [major, node] of nodesHere()) {
      for (const [name, from] of [
        ['alone', ['--local', '2']],
        ['cluster', ['--hostfile', 'hosts']],
      ] as const) {
        const out = join(path, `${name}-${major}.png`);
        const { code, stderr }: Outcome = await run(t, [node, linked(path), ...words, ...from, '-o', out], path).ended;
        assert.equal(code, 0, stderr);
        assert.deepEqual(readFileSync(out), expected, `${name}, Node ${major}`);
      }
    }

    const film = ['leader', '--local', '1', '--zoom-end', '9', '--frames', '3', '--width', '64', '--height', '36'];
    const filmed = await run(t, [linked(path), ...film, '--dry-run'], path).ended;
    assert.equal(filmed.code, 0, filmed.stderr);
    const missing = await run(t, [linked(path), 'leader', '--local', '1', '--kernel', 'cpu', '--strict'], path).ended;
    assert.match(missing.stderr, /^error: KERNEL_MISSING: the package gpu\.js is not installed: npm install [^\n]*\n$/);

    const doctor = await run(t, [linked(path), 'doctor'], path).ended;
    const ways = doctor.stdout.match(/^kernel gpu, .*\n +to get it: (.*)$/gm) ?? [];
    assert.equal(ways.length, 2);
    for (const way of ways) assert.match(way, /is not installed\n +to get it: npm install --ignore-scripts gpu\.js@/);

    const serve = run(t, [linked(path), 'serve', '--http', '127.0.0.1:0', '--data', 'data', '--local', '1'], path);
    const [, url = ''] = await serve.said(/serving at (http:\S+)/);
    for (const page of ['/', '/docs', '/openapi.json']) assert.equal((await fetch(url + page)).status, 200, page);
    const text = await (await fetch(url)).text();
    const [, script = ''] = /src="([^"]+\.js)"/.exec(text) ?? [];
    assert.equal((await fetch(new URL(script, url))).status, 200, script);
  },
);
