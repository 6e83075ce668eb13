import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, fractal, PROGRAM, run } from './processes.js';

/** Words, the exit code, and what the one line must name. */
const WRONG: readonly [words: string[], code: number, line: RegExp][] = [
  [['leader', '--width', 'abc'], 2, /--width "abc" is not a whole number/],
  [['leader', '--width', '-5'], 2, /--width "-5"/],
  [['leader', '--width=0'], 2, /--width "0"/],
  [['leader', '--zoom', 'NaN'], 2, /--zoom "NaN"/],
  [['leader', '--zoom', '-3'], 2, /--zoom "-3"/],
  [['leader', '--xpos', '1.2.3'], 2, /--xpos "1.2.3"/],
  [['leader', '--iters', '0'], 2, /--iters "0"/],
  [['leader', '--iters', '1.5'], 2, /--iters "1.5"/],
  [['leader', '--iters', '281474976710657'], 2, /--iters/],
  [['leader', '--zoom='], 2, /--zoom "" is empty: write --zoom Z/],
  [['leader', '--xpos'], 2, /REQUEST_INVALID: --xpos has no value: write --xpos X/],
  [['leader', '--xpos', '--zoom', '5'], 2, /--xpos has no value/],
  [['leader', '--no-xpos'], 2, /--no-xpos is not a flag: --xpos takes a value/],
  [['leader', '--quiet=maybe'], 2, /--quiet "maybe" is not true or false/],
  [['leader', '--', 'x'], 2, /-- is not a flag of this command: see fractal leader --help$/],
  [['recolor', '--np', '2'], 2, /--np is not a flag of this command: see fractal recolor --help$/],
  [['certs', '--hostfile', 'missing'], 2, /missing cannot be read .*: name one with --hostfile$/],
  [['leader', '--help=5'], 2, /--help takes no value/],
  [['leader', '-h', '64'], 2, /-h is --help, .*--height 64/],
  [['-h', '64'], 2, /-h is --help, .*--height 64/],
  [['leader', '--zoom', '1', '--zoom', '2'], 2, /--zoom was given 2 times/],
  [['leader', '--store', 'x', '--no-store'], 2, /--store and --no-store contradict/],
  [['leader', '--min-workers', '3', '--local', '1'], 2, /--min-workers 3: --local has only 1/],
  [['leader', '--min-workers', '3', '--host', 'a,b'], 2, /--min-workers 3: --host has only 2/],
  [['leader', '--min-workers', '3', '--np', '2'], 2, /--min-workers 3 with --np 2/],
  [['leader', '--metrics=xml'], 2, /--metrics "xml" is not text or json/],
  [['leader', '--local=many'], 2, /--local "many" is not a whole number/],
  [['worker', '--slots'], 2, /--slots has no value/],
  [['worker', '--retries', '-1', '--join', '127.0.0.1:1'], 2, /--retries "-1" is not a whole number/],
  [['worker', '--metrics=xml'], 2, /--metrics "xml" is not text or json/],
  [['worker', '--host', 'leader:50051'], 2, /--host "leader:50051" .*write --join leader:50051$/],
  [['worker', '--host', '[::1]:50051'], 2, /--host .*write --join \[::1\]:50051$/],
  [['worker', '--host', 'no-such-host.invalid'], 2, /no address of this machine.*--join no-such-host\.invalid:50050/],
  [['worker', '--host', '192.0.2.1'], 2, /no address of this machine.*--join 192\.0\.2\.1:50050/],
  [['certs', '--days', '0'], 2, /--days "0" is not a whole number from 1/],
  [['palettes', '--color', 'perhaps'], 2, /--color "perhaps" is not auto, always or never/],
  [['doctor', '--quick'], 2, /--quick is not a flag of this command/],
  [['help', 'leeder'], 2, /"leeder" is not a command: did you mean "leader"/],
  [['help', 'leader', 'worker'], 2, /"worker" is one word too many/],
  [['--zoom', '5'], 2, /"--zoom" is not a command: the command comes first/],
  [['leader', '--zoom', '1e-9999'], 2, /--zoom "1e-9999" is not a number from 1e-100/],
  [['leader', '--xpos', '1e999'], 2, /--xpos "1e999" is not a number from -1e100/],
  [['leader', '--location='], 2, /--location "" is empty/],
  [['leader', '--metrics-file='], 2, /--metrics-file "" is empty/],
  [['leader', '--power', '9', '--formula', 'multibrot'], 2, /--power "9"/],
  [['leader', '--formula', 'mandelbrat'], 2, /--formula "mandelbrat"/],
  [['leader', '--width', '100000', '--height', '10000'], 2, /VIEW_TOO_LARGE: 100000x10000/],
  [
    [
      'leader',
      '--xpos',
      '0.1234567890123456',
      '--ypos',
      '0.5000000000000001',
      '--zoom',
      '1e15',
      '--kernel',
      'cpu',
      '--strict',
      '--local',
      '1',
    ],
    2,
    /VIEW_TOO_DEEP: zoom 1e15/,
  ],
  [['leader', '--palette', 'Galaxi', '--local', '1'], 2, /PALETTE_UNKNOWN.*Galaxy/],
  [['leader', '--color-mode', '9'], 2, /--color-mode "9"/],
  [['leader', '--slope', '1.5'], 2, /--slope "1.5" is not a number from 0 to 1/],
  [['leader', '--slope=-1'], 2, /--slope "-1"/],
  [['leader', '--slope', '--slope-angle', 'left'], 2, /--slope-angle "left" is not a number/],
  [['leader', '--slope-angle', '90'], 2, /--slope-angle says more of --slope/],
  [['leader', '--slope', '--kernel', 'gpu'], 2, /--slope needs the distance.*--kernel gpu.*use --kernel simd/],
  [['leader', '--color-mode', 'distance', '--kernel', 'cpu'], 2, /--color-mode distance needs .*--kernel cpu/],
  [['leader', '--outfile', '/nonexistent/x.png'], 2, /OUTFILE_UNWRITABLE.*\/nonexistent/],
  [['leader', '--outfile', 'x.bmp'], 2, /OUTFILE_FORMAT.*bmp/],
  [['leader', '--frames', '2', '--outfile', 'x.png'], 2, /OUTFILE_FORMAT/],
  [['leader', '--zoom-end', '5'], 2, /--frames/],
  [['leader', '--samples', '4', '--smoothness', '2'], 2, /--samples and --smoothness/],
  [['leader', '--hostfile', 'nowhere'], 2, /HOSTFILE_READ.*nowhere/],
  [['leader', '--request', 'nowhere.json'], 2, /REQUEST_FILE: nowhere.json/],
  [['leader', '--request', '-', '--hostfile', '-'], 2, /--hostfile - and --request - both read standard input/],
  [['leader', '--request', '-'], 2, /REQUEST_FILE: stdin: it is empty/],
  [['leader', '--zom', '5'], 2, /--zom.*did you mean "zoom"/],
  [['leader', 'stray'], 2, /stray/],
  [['leader', '--retries', '-1'], 2, /--retries "-1"/],
  [['leader', '--host', '127.0.0.1 port=1', '--retries', '0'], 1, /NO_WORKER.*127\.0\.0\.1:1/],
  [['worker', '--port', '99999'], 2, /--port "99999"/],
  [['worker', '--kernel', 'abacus'], 2, /abacus/],
  [['leader', '--palette', '#00,#zz'], 2, /PALETTE_INVALID.*#00/],
  [['leader', '--store', 's3://b/p'], 2, /--store "s3:\/\/b\/p" is not .* bucket, 3 to 63 small letters/],
  [['serve', '--owners', 'nowhere'], 2, /REQUEST_FILE: --owners nowhere cannot be read/],
  [['serve', '--http', '127.0.0.1:0', '--data', process.execPath], 2, /--data .* cannot be used .*: name a folder/],
  [['wait'], 2, /id of a job is missing: write fractal wait ID/],
  [['jobs', '--state', 'gone'], 2, /--state "gone" is not one of queued/],
  [['submit', '--url', 'ftp://x'], 2, /--url "ftp:\/\/x" is not an http or https URL/],
  [['request'], 2, /a request file is missing: write fractal request FILE/],
  [['mpi'], 2, /the arguments are missing: write fractal mpi -- /],
  [['draw'], 2, /"draw" is not a command/],
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

test('quotes around a value belong to it', async (t) => {
  const path = folder(t);
  for (const name of ['"a"', "'b'", `"'c'"`]) {
    const words = ['leader', '--local', '1', '--store', name, '--width', '8', '--height', '8', '-qo', 'x.png'];
    const { code, stderr } = await fractal(t, words, path);
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(existsSync(join(path, name)), name);
  }
});

test('the overview is the help of help', async (t) => {
  const { code, stdout } = await fractal(t, ['help', 'help'], folder(t));
  assert.deepEqual([code, stdout], [0, (await fractal(t, ['help'], folder(t))).stdout]);
});

test('a working folder that was deleted is named, whatever the command', async (t) => {
  const removed = join(folder(t), 'removed');
  for (const words of [['leader', '--local', '1'], ['worker'], ['palettes'], ['--version']]) {
    mkdirSync(removed);
    const command = 'rmdir "$PWD" && exec "$@"';
    const { code, stderr } = await run(t, ['sh', '-c', command, 'sh', process.execPath, PROGRAM, ...words], removed)
      .ended;
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: FOLDER_MISSING: the working folder was deleted .*\n$/);
  }
});

test('a port in use is named', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const data = ['serve', '--data', folder(t), '--local', '1'];
  for (const [words, flag] of [
    [['worker', '--port', String(port)], '--port'],
    [[...data, '--http', `127.0.0.1:${port}`], '--http'],
    [[...data, '--http', '127.0.0.1:0', '--socket', `127.0.0.1:${port}`], '--socket'],
  ] as const) {
    const { code, stderr } = await fractal(t, words);
    assert.equal(code, 1);
    const line = `^error: PORT_IN_USE: 127\\.0\\.0\\.1:${port} is in use by another program: .* with ${flag}\n$`;
    assert.match(stderr, new RegExp(line));
  }
});

test('a web server that is no service is named, whatever it answers', async (t) => {
  const answers: Readonly<Record<string, (answer: ServerResponse) => void>> = {
    'answers with other text than JSON': (answer) => answer.end('<html>hello</html>'),
    'answers with status 404': (answer) => answer.writeHead(404).end('nothing here'),
    'no service answers at': (answer) => answer.destroy(),
  };
  let act: (answer: ServerResponse) => void = () => undefined;
  const server = createHttpServer((_, answer) => act(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [what, answer] of Object.entries(answers)) {
    act = answer;
    for (const words of [['submit', '--zoom', '5'], ['jobs'], ['get', 'abc'], ['status']]) {
      const { code, stderr } = await fractal(t, [...words, '--url', url], folder(t));
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^error: NO_SERVICE: .*\n$/, words.join(' '));
      assert.ok(stderr.includes(what) && stderr.includes(url), stderr);
    }
  }
});

test('a time limit ends a run in time, with nothing left behind', async (t) => {
  const words = ['leader', '--local', '1', '--frames', '100000', '--zoom-end', '1e6', '--timeout', '2', '-o', 'x.mp4'];
  const { code, stderr } = await fractal(t, words, folder(t));
  assert.equal(code, 1);
  assert.match(stderr, /error: TIMEOUT: .*--timeout 2/);
});

test('too few digits for the zoom: one line of warning, and the picture is made', async (t) => {
  const small = ['--local', '1', '--width', '32', '--height', '24', '--iters', '100', '-o', 'x.png'];
  const words = ['leader', '-x', '-1.75', '-y', '0', '--zoom', '1e20', ...small];
  const { code, stdout, stderr } = await fractal(t, words, folder(t));
  assert.deepEqual([code, stdout], [0, 'x.png\n']);
  assert.equal(stderr.match(/warning/g)?.length, 1, stderr);
  assert.match(stderr, /^warning: this zoom needs 20 digits behind the point, --xpos has 2: /m);
  const quiet = await fractal(t, [...words, '--quiet'], folder(t));
  assert.deepEqual([quiet.code, quiet.stderr], [0, '']);
});

test('an iteration limit beyond 2^48 in a file is reported in one line', async (t) => {
  const at = folder(t);
  writeFileSync(join(at, 'x.kfr'), 'Re: -1\r\nIm: 0\r\nZoom: 1E2\r\nIterations: 999999999999999\r\n');
  writeFileSync(join(at, 'x.json'), '{"iters": 999999999999999}');
  for (const [words, line] of [
    [
      ['--location', 'x.kfr'],
      /^error: LOCATION_FILE: x\.kfr: Iterations "9{15}" is not auto, or a whole number.*2\^48\n$/,
    ],
    [['--location', 'x.json'], /^error: LOCATION_FILE: x\.json: iters "9{15}" is not .*2\^48\n$/],
    [['--request', 'x.json'], /^error: REQUEST_INVALID: --iters "9{15}" is not .*2\^48\n$/],
  ] as const) {
    const { code, stderr } = await fractal(t, ['leader', ...words], at);
    assert.equal(code, 2);
    assert.match(stderr, line);
  }
});

test('--dry-run at any depth states how long the orbit takes, and does not compute it', async (t) => {
  const digits = Array.from({ length: 10_100 }, (_, k) => ((k * k * 31) % 10_007) % 10).join('');
  const words = ['leader', '--dry-run', '--local', '2', '-x', `-1.${digits}`, '-y', `0.${digits}`, '--zoom', '1e10000'];
  const { code, stdout, stderr } = await fractal(t, words, folder(t));
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^reference orbit: at most 400000500 iterations, about [\d.]+ (h|days) on this machine$/m);
});
