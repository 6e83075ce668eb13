import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal } from './processes.js';

/** Words, the exit code, and what the one line must name. */
const WRONG: readonly [words: string[], code: number, line: RegExp][] = [
  [['leader', '--width', 'abc'], 2, /--width "abc" is not a whole number/],
  [['leader', '--width', '-5'], 2, /--width "-5"/],
  [['leader', '--width=0'], 2, /--width "0"/],
  [['leader', '--zoom', 'NaN'], 2, /--zoom "NaN"/],
  [['leader', '--zoom', '-3'], 2, /--zoom "-3"/],
  [['leader', '--xpos', '1.2.3'], 2, /--xpos "1.2.3"/],
  [['leader', '--iters', '0'], 2, /--iters "0"/],
  [['leader', '--iters', '1e3'], 2, /--iters "1e3"/],
  [['leader', '--iters', '281474976710657'], 2, /--iters/],
  [['leader', '--power', '9', '--formula', 'multibrot'], 2, /--power "9"/],
  [['leader', '--formula', 'mandelbrat'], 2, /--formula "mandelbrat"/],
  [['leader', '--width', '100000', '--height', '10000'], 2, /VIEW_TOO_LARGE: 100000x10000/],
  [['leader', '--zoom', '1e15', '--kernel', 'cpu', '--local', '1'], 2, /VIEW_TOO_DEEP: zoom 1e15/],
  [['leader', '--palette', 'Galaxi', '--local', '1'], 2, /PALETTE_UNKNOWN.*Galaxy/],
  [['leader', '--color-mode', '9'], 2, /--color-mode "9"/],
  [['leader', '--slope', '1.5'], 2, /--slope "1.5" is not a number from 0 to 1/],
  [['leader', '--slope=-1'], 2, /--slope "-1"/],
  [['leader', '--slope', '--slope-angle', 'left'], 2, /--slope-angle "left" is not a number/],
  [['leader', '--slope-angle', '90'], 2, /--slope-angle turns the light of --slope/],
  [['leader', '--slope', '--kernel', 'gpu'], 2, /--slope needs the distance.*--kernel gpu.*use --kernel simd/],
  [['leader', '--color-mode', 'distance', '--kernel', 'cpu'], 2, /--color-mode distance needs .*--kernel cpu/],
  [['leader', '--outfile', '/nonexistent/x.png'], 2, /OUTFILE_UNWRITABLE.*\/nonexistent/],
  [['leader', '--outfile', 'x.bmp'], 2, /OUTFILE_FORMAT.*bmp/],
  [['leader', '--frames', '2', '--outfile', 'x.png'], 2, /OUTFILE_FORMAT/],
  [['leader', '--zoom-end', '5'], 2, /--frames/],
  [['leader', '--samples', '4', '--smoothness', '2'], 2, /--samples and --smoothness/],
  [['leader', '--hostfile', 'nowhere'], 2, /HOSTFILE_READ.*nowhere/],
  [['leader', '--request', 'nowhere.json'], 2, /REQUEST_FILE: nowhere.json/],
  [['leader', '--zom', '5'], 2, /--zom.*did you mean "zoom"/],
  [['leader', 'stray'], 2, /stray/],
  [['leader', '--retries', '-1'], 2, /--retries "-1"/],
  [['leader', '--host', '127.0.0.1 port=1', '--retries', '0'], 1, /NO_WORKER.*127\.0\.0\.1:1/],
  [['worker', '--port', '99999'], 2, /--port "99999"/],
  [['worker', '--kernel', 'abacus'], 2, /abacus/],
  [['serve'], 2, /"serve" is not a command/],
];

for (const [words, code, line] of WRONG) {
  test(`fractal ${words.join(' ')}: one clear line, exit code ${code}`, async (t) => {
    const outcome = await fractal(t, words, folder(t));
    const lines = outcome.stderr.trim().split('\n');
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(lines.at(-1) as string, line);
    assert.match(lines.at(-1) as string, /^error: [A-Z_]+: /);
    assert.doesNotMatch(outcome.stderr, /^\s+at /m, 'no stack trace');
    if (code === 2) assert.equal(lines.length, 1, outcome.stderr);
  });
}

test('a wrong hostfile and a wrong request file name file, line and column', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'hosts'), 'good slots=2\nbad slots=x\n');
  const hosts = await fractal(t, ['leader', '--hostfile', 'hosts'], path);
  assert.equal(hosts.code, 2);
  assert.match(hosts.stderr, /HOSTFILE_SYNTAX: hosts:2:\d+: /);
  writeFileSync(join(path, 'wrong.json'), '{\n  "zoom": 5,,\n}');
  const request = await fractal(t, ['leader', '--request', 'wrong.json'], path);
  assert.equal(request.code, 2);
  assert.match(request.stderr, /REQUEST_FILE: wrong\.json:2:\d+: /);
});

test('a port in use is named', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const { code, stderr } = await fractal(t, ['worker', '--port', String(port)]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^error: PORT_IN_USE: 127\\.0\\.0\\.1:${port} `));
});

test('a time limit ends a run in time, with nothing left behind', async (t) => {
  const words = ['leader', '--local', '1', '--frames', '100000', '--zoom-end', '1e6', '--timeout', '2', '-o', 'x.mp4'];
  const { code, stderr } = await fractal(t, words, folder(t));
  assert.equal(code, 1);
  assert.match(stderr, /error: TIMEOUT: .*--timeout 2/);
});
