/** `fractal mpi` with command lines of the older MPI renderer, and a receiver of its network output. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, fractal } from './processes.js';

const BOUNDED = { timeout: 120_000 };
const mpi = (t: TestContext, words: string, cwd: string) =>
  fractal(t, ['mpi', '--local', '1', '--', ...words.split(' ')], cwd);

/** What the one client that connects has sent. */
async function receiver(t: TestContext): Promise<{ port: number; received: Promise<Buffer> }> {
  const server = createServer();
  t.after(() => server.close());
  const received = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => {
      const pieces: Buffer[] = [];
      socket.on('data', (piece) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, received };
}

test('the documented job writes its picture, the same as fractal leader does', BOUNDED, async (t) => {
  const cwd = folder(t);
  const { code, stderr } = await mpi(t, '--width 102 --height 64 --iterations 500 --output fractal.png', cwd);
  assert.equal(code, 0, stderr);
  const words = '--width 102 --height 64 -x 0 -y 0 --zoom 4 --iters 500 --color-mode 2 --bailout 2 -q -o same.png';
  assert.equal((await fractal(t, ['leader', '--local', '1', ...words.split(' ')], cwd)).code, 0);
  assert.ok(readFileSync(join(cwd, 'fractal.png')).equals(readFileSync(join(cwd, 'same.png'))));
});

test('the short names mean the same, -h is the height, and the default outfile is output.png', BOUNDED, async (t) => {
  const cwd = folder(t);
  const long = await mpi(
    t,
    '--width 40 --height 30 --iterations 90 --samples 9 --block_size 8 --camera_x -0.5 --camera_y 1e-1 --zoom .5 --type 1 --color_mode 4 --output_disk a.png --quiet',
    cwd,
  );
  assert.deepEqual([long.code, long.stderr, long.stdout], [0, '', '']);
  const short = await mpi(t, '-w 40 -h 30 -i 90 -s 9 -b 8 -cx -0.5 -cy 1e-1 -z .5 -t 1 --color_mode 4', cwd);
  assert.equal(short.code, 0, short.stderr);
  assert.ok(readFileSync(join(cwd, 'a.png')).equals(readFileSync(join(cwd, 'output.png'))));
});

test('the network output is name and picture, each behind its length', BOUNDED, async (t) => {
  const cwd = folder(t);
  const { port, received } = await receiver(t);
  const uuid = '5d3c1e1a-1f7e-4a86-b6a5-1f0b7e0e8d11';
  const sent = await mpi(t, `-w 40 -h 30 -on 127.0.0.1 ${port} ${uuid}`, cwd);
  assert.equal(sent.code, 0, sent.stderr);
  const bytes = await received;
  assert.equal(bytes.readUInt32BE(0), uuid.length);
  assert.equal(bytes.toString('latin1', 4, 4 + uuid.length), uuid);
  const picture = bytes.subarray(8 + uuid.length);
  assert.equal(bytes.readUInt32BE(4 + uuid.length), picture.length);
  await mpi(t, '-w 40 -h 30', cwd);
  assert.ok(readFileSync(join(cwd, 'output.png')).equals(picture));
});

test('a picture without a receiver, unknown flags and samples that are no square are said', BOUNDED, async (t) => {
  const cwd = folder(t);
  const { port, received } = await receiver(t);
  void received;
  const none = await mpi(t, '--output_disabled -w 8 -h 8 -s 5', cwd);
  assert.equal(none.code, 0);
  assert.match(none.stderr, /samples 5 is not the square of a whole number/);
  assert.deepEqual(readdirSync(cwd), []);
  for (const [words, code, line] of [
    ['-w 8 -h 8 -on 127.0.0.1 1', 2, /OUTFILE_UNWRITABLE: the picture could not be sent to 127\.0\.0\.1:1: /],
    ['--widht 8', 2, /"--widht" is not a flag of the older renderer: .*--width/],
    ['-w', 2, /-w has no value/],
    [`-on 127.0.0.1 ${port}000`, 2, /is not a port/],
  ] as const) {
    const wrong = await mpi(t, words, cwd);
    assert.equal(wrong.code, code, wrong.stderr);
    assert.match(wrong.stderr, line);
  }
  assert.ok(!existsSync(join(cwd, 'output.png')));
  assert.match((await mpi(t, '--help', cwd)).stdout, /Usage: fractal mpi/);
});
