/** `fractal explore` as real processes: its page, its port, what it opens, how it ends. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../src/tiles/protocol.js';
import { folder, fractal, type Running, start } from './processes.js';

const BOUNDED = { timeout: 60_000 };
const DEEP = `-1.${'7'.repeat(60)}`;

interface Exploring extends Running {
  readonly url: URL;
  /** Where its temporary folder is. */
  readonly temporary: string;
}

async function exploring(
  t: TestContext,
  words: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<Exploring> {
  const temporary = folder(t);
  const running = start(t, ['explore', '--local', '1', ...words], undefined, undefined, { TMPDIR: temporary, ...more });
  const [, url = ''] = await running.said(/exploring at (http:\S+)/);
  return { ...running, url: new URL(url), temporary };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(
    `it answers on this machine, and ${signal} ends it promptly with code 0 and nothing left`,
    BOUNDED,
    async (t) => {
      const { url, process: child, ended, temporary } = await exploring(t, ['--no-open']);
      assert.equal(url.hostname, '127.0.0.1');
      const { palettes } = (await (await fetch(new URL('/v1/palettes', url))).json()) as { palettes: unknown[] };
      assert.ok(palettes.length > 30);
      assert.equal(readdirSync(temporary).filter((name) => name.startsWith('fractal-explore-')).length, 1);
      // A page that follows what happens.
      const events = await fetch(new URL('/v1/events', url));
      const begin = performance.now();
      child.kill(signal);
      const { code, stderr } = await ended;
      const took = performance.now() - begin;
      await events.body?.cancel().catch(() => undefined);
      assert.deepEqual([code, stderr], [0, '']);
      // Tenths of a second on an idle machine: less than any wait for a client, on a busy one.
      assert.ok(took < 10_000, `${took} ms`);
      assert.deepEqual(
        readdirSync(temporary).filter((name) => name.startsWith('fractal-explore-')),
        [],
      );
    },
  );

test('its page is there, and viewers connect to the service that it is of', BOUNDED, async (t) => {
  const { url } = await exploring(t, ['--no-open']);
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy') ?? '', /worker-src 'self' blob:/);
  const at = new URL('/v1/explore', url);
  at.protocol = 'ws:';
  const socket = new WebSocket(at, [SUBPROTOCOL], { headers: { origin: url.origin } });
  t.after(() => socket.terminate());
  const [data] = (await once(socket, 'message')) as [Buffer];
  assert.equal(JSON.parse(data.toString()).type, 'hello');
});

test('two run at once, on ports of their own', BOUNDED, async (t) => {
  const both = await Promise.all([exploring(t, ['--no-open']), exploring(t, ['--no-open'])]);
  assert.notEqual(both[0].url.port, both[1].url.port);
  for (const { url } of both) assert.equal((await fetch(new URL('/healthz', url))).status, 200);
});

test('a port that is in use is refused in one line, when it was asked for', BOUNDED, async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const { code, stderr } = await fractal(t, ['explore', '--local', '1', '--no-open', '--port', String(port)]);
  assert.equal(code, 1);
  assert.match(stderr, /^error: PORT_IN_USE: .*choose another port with --port\n$/);
});

test(
  'the URL leads to the place and the colours of the command line, or of a file, with all digits',
  BOUNDED,
  async (t) => {
    const places = (url: URL) => Object.fromEntries(new URLSearchParams(url.hash.slice(1)));
    assert.equal((await exploring(t, ['--no-open'])).url.hash, '');
    const words = [
      '-x',
      DEEP,
      '-y',
      '0.25',
      '--zoom',
      '1e50',
      '--rotate',
      '30',
      '--palette',
      '#001,#fa0',
      '--power',
      '3',
      '--formula',
      'multibrot',
    ];
    assert.deepEqual(places((await exploring(t, ['--no-open', ...words])).url), {
      ...{
        v: '1',
        re: DEEP,
        im: '0.25',
        zoom: '1e50',
        rotate: '30',
        palette: '#001,#fa0',
        formula: 'multibrot',
        power: '3',
      },
    });
    const file = join(folder(t), 'deep.kfr');
    writeFileSync(file, `Re: ${DEEP}\r\nIm: 0.25\r\nZoom: 1E50\r\nIterations: 5000\r\n`);
    const { re, zoom, iters, palette } = places((await exploring(t, [file, '--no-open', '--palette', 'Hippi'])).url);
    assert.deepEqual([re, Number(zoom), iters, palette], [DEEP, 1e50, '5000', 'Hippi']);
    const only = places((await exploring(t, ['--no-open', '--palette', 'Hippi'])).url);
    assert.deepEqual(only, { v: '1', palette: 'Hippi' });
  },
);

test('a wrong place or file is one line, and nothing is started', BOUNDED, async (t) => {
  for (const [words, line] of [
    [['--zoom', 'deep'], /^error: REQUEST_INVALID: --zoom "deep" .*\n$/],
    [['/nothing.kfr'], /^error: LOCATION_FILE: .*\n$/],
    [['--width', '100'], /^error: REQUEST_INVALID: --width is not a flag of this command.*\n$/],
  ] as const) {
    const { code, stderr, stdout } = await fractal(t, ['explore', '--local', '1', '--no-open', ...words]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, line);
  }
});

test(
  'with a display the browser gets the URL; without one, or without a browser, it is only printed',
  BOUNDED,
  async (t) => {
    const path = folder(t);
    const called = join(path, 'called');
    writeFileSync(
      join(path, 'xdg-open'),
      `#!/bin/sh\nprintf '%s' "$1" > ${called}.new && mv ${called}.new ${called}\n`,
    );
    chmodSync(join(path, 'xdg-open'), 0o755);
    const display = { DISPLAY: ':99', WAYLAND_DISPLAY: '' };
    const opened = await exploring(t, ['--palette', 'Hippi'], { ...display, PATH: `${path}:${process.env.PATH}` });
    for (;;) {
      const read = readdirSync(path).includes('called') ? readFileSync(called, 'utf8') : undefined;
      if (read !== undefined) {
        assert.equal(read, opened.url.href);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const lacking = await exploring(t, [], { ...display, PATH: folder(t) });
    assert.equal((await fetch(new URL('/healthz', lacking.url))).status, 200);
    const headless = await exploring(t, [], { DISPLAY: '', WAYLAND_DISPLAY: '', WSL_DISTRO_NAME: '' });
    headless.process.kill('SIGTERM');
    assert.deepEqual((await headless.ended).stderr, '');
  },
);
