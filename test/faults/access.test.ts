/** Access control with real processes: the program as a user starts it, certificates as it makes them. */

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { testAuthority } from '../cluster/credentials.js';
import { frame, PREFACE, TYPE } from '../cluster/frames.js';
import { folder, fractal, hostfileOf, type Outcome, start, worker } from '../e2e/processes.js';

const STILL = ['-x', '-0.7454286', '-y', '0.1130089', '--zoom', '1308000', '--iters', '2000', '--samples', '2'].concat([
  '--width',
  '200',
  '--height',
  '160',
]);
/** More than one of these tests takes even on a busy machine. */
const BOUNDED = { timeout: 120_000 };
const TOKEN = 'a-token-that-must-not-show';
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The part of a process that every other process of this machine can read: its command line, as `ps` shows it. */
function commandLine(pid: number | undefined): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
}

/** Renders on the workers of a hostfile; the picture's hash where there is one. */
async function render(
  t: TestContext,
  path: string,
  hosts: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome & { picture(): string }> {
  writeFileSync(join(path, 'hosts'), hosts);
  const all = ['leader', ...STILL, '--hostfile', 'hosts', '-o', 'picture.png', '--timeout', '60', ...words];
  const outcome = await start(t, all, path, undefined, env).ended;
  return { ...outcome, picture: () => hashOf(join(path, 'picture.png')) };
}

async function undisturbed(t: TestContext): Promise<string> {
  const path = folder(t);
  const { code, stderr } = await fractal(t, ['leader', ...STILL, '--local', '1', '-q', '-o', 'picture.png'], path);
  assert.equal(code, 0, stderr);
  return hashOf(join(path, 'picture.png'));
}

/** The flags of one end, whose folder `fractal certs` made. */
function tlsFlags(folder: string): string[] {
  return ['cert', 'key', 'ca'].flatMap((name) => [`--tls-${name}`, join(folder, `${name}.pem`)]);
}

async function certs(t: TestContext, path: string, hosts: string, words: readonly string[] = []): Promise<Outcome> {
  writeFileSync(join(path, 'hosts'), hosts);
  return fractal(t, ['certs', '--hostfile', 'hosts', ...words], path);
}

test(
  'fractal certs makes a CA and certificates for every host, once, with keys for the owner alone',
  BOUNDED,
  async (t) => {
    const path = folder(t);
    const made = await certs(t, path, '127.0.0.1 port=50051\n127.0.0.1 port=50052\n[::1]\nnode[01-02]\n', [
      '--days',
      '7',
    ]);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /scp -r certs\/hosts\/node01 node01:/);
    assert.match(
      made.stdout,
      /fractal worker .*--tls-cert .*\n[\s\S]*fractal leader .*--tls-cert certs\/leader\/cert\.pem/,
    );
    const ca = new X509Certificate(readFileSync(join(path, 'certs/ca.pem')));
    const names = {
      'hosts/127.0.0.1': 'IP Address:127.0.0.1',
      'hosts/__1': 'IP Address:0:0:0:0:0:0:0:1',
      'hosts/node01': 'DNS:node01',
      'hosts/node02': 'DNS:node02',
    };
    assert.deepEqual(readdirSync(join(path, 'certs/hosts')).sort(), ['127.0.0.1', '__1', 'node01', 'node02']);
    for (const [name, subject] of [...Object.entries(names), ['leader', undefined] as const]) {
      const cert = new X509Certificate(readFileSync(join(path, 'certs', name, 'cert.pem')));
      assert.ok(cert.checkIssued(ca) && cert.verify(ca.publicKey), name);
      if (subject) assert.equal(cert.subjectAltName, subject);
      assert.ok(Math.abs(new Date(cert.validTo).getTime() - Date.now() - 7 * 86_400_000) < 3_600_000, cert.validTo);
    }
    const keys = (readdirSync(join(path, 'certs'), { recursive: true }) as string[]).filter((name) =>
      /key\.pem$/.test(name),
    );
    assert.equal(keys.length, 6);
    for (const key of keys) assert.equal(statSync(join(path, 'certs', key)).mode & 0o777, 0o600, key);

    const before = keys.map((key) => hashOf(join(path, 'certs', key)));
    const again = await certs(t, path, '127.0.0.1\n[::1]\nnode[01-03]\n');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /certs\/hosts\/node01: kept/);
    assert.match(again.stdout, /certs\/hosts\/node03: made/);
    assert.deepEqual(
      keys.map((key) => hashOf(join(path, 'certs', key))),
      before,
    );
    const forced = await certs(t, path, 'node01\n', ['--force']);
    assert.equal(forced.code, 0, forced.stderr);
    const changed = keys.filter((key, k) => hashOf(join(path, 'certs', key)) !== before[k]);
    assert.deepEqual(changed.sort(), ['hosts/node01/key.pem', 'leader/key.pem']);
    const fresh = new X509Certificate(readFileSync(join(path, 'certs/hosts/node01/cert.pem')));
    assert.ok(fresh.verify(ca.publicKey), 'the CA stays');
  },
);

test('fractal certs says what is wrong in one line', BOUNDED, async (t) => {
  const path = folder(t);
  mkdirSync(join(path, 'half'));
  writeFileSync(join(path, 'half/ca.pem'), 'none');
  mkdirSync(join(path, 'broken'));
  for (const name of ['ca.pem', 'ca-key.pem']) writeFileSync(join(path, 'broken', name), 'none');
  writeFileSync(join(path, 'file'), '');
  const wrong: readonly [words: string[], line: RegExp][] = [
    [['--days', '0'], /REQUEST_INVALID: --days "0"/],
    [['--out', 'half'], /CREDENTIALS: half\/ca-key\.pem cannot be read.*--out/],
    [['--out', 'broken'], /CREDENTIALS: broken\/ca\.pem is no CA with its key beside it: .*--out/],
    [['--out', 'file/in'], /OUTFILE_UNWRITABLE: file\/in/],
    [['--token', 'x'], /--token would show/],
  ];
  for (const [words, line] of wrong) {
    const { code, stderr } = await certs(t, path, 'node01\n', words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, line);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

test(
  'with certificates the picture has the same bytes; a worker without a certificate of this CA is left out, and named',
  BOUNDED,
  async (t) => {
    const path = folder(t);
    const expected = await undisturbed(t);
    assert.equal((await certs(t, path, '127.0.0.1\n')).code, 0);
    const [leader, host] = [join(path, 'certs/leader'), join(path, 'certs/hosts/127.0.0.1')];
    assert.equal((await certs(t, path, 'node02\n')).code, 0);
    assert.equal((await certs(t, path, '127.0.0.1\n', ['--out', 'foreign'])).code, 0);
    const good = await worker(t, tlsFlags(host));
    const foreign = await worker(t, tlsFlags(join(path, 'foreign/hosts/127.0.0.1')));
    const other = await worker(t, tlsFlags(join(path, 'certs/hosts/node02')));
    const plain = await worker(t);
    const hosts = hostfileOf([good, foreign, other, plain]);
    const { code, stderr, picture } = await render(t, path, hosts, tlsFlags(leader));
    assert.equal(code, 0, stderr);
    assert.equal(picture(), expected);
    const linesOf = (address: string) =>
      stderr.split('\n').filter((line) => line.startsWith(`${address} is left out: `));
    for (const [{ address }, reason] of [
      [foreign, /its certificate is of another CA: .*fractal certs/],
      [other, /its certificate is for DNS:node02 and not for 127\.0\.0\.1/],
      [plain, /it does not speak TLS: start it with --tls-cert/],
    ] as const) {
      assert.equal(linesOf(address).length, 1, stderr);
      assert.match(linesOf(address)[0] ?? '', reason);
    }
    await foreign.said(/127\.0\.0\.1:\d+ was refused: it ended the TLS handshake/);
    await other.said(/127\.0\.0\.1:\d+ was refused: it ended the TLS handshake/);

    const without = await render(t, path, hostfileOf([good]), ['--retries', '3']);
    assert.equal(without.code, 1);
    assert.match(
      without.stderr,
      /cannot join so far: it closed the connection before the first message: it may require TLS/,
    );
    assert.match(without.stderr, /error: NO_WORKER: .*it may require TLS/);
    await good.said(/was refused: it does not speak TLS 1\.3/);
    const unknown = await render(t, path, hostfileOf([good]), [
      ...tlsFlags(join(path, 'foreign/leader')),
      '--retries',
      '2',
    ]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /is left out: its certificate is of another CA/);
  },
);

test('an expired certificate, or one of another CA, is named on both sides', BOUNDED, async (t) => {
  const path = folder(t);
  const [ours, theirs] = await Promise.all([testAuthority(), testAuthority()]);
  const save = async (name: string, from: typeof ours, names: string[], days = 1, trusted = from) => {
    const { cert, key, ca } = await from.holder(names, days, trusted);
    mkdirSync(join(path, name));
    for (const [file, text] of Object.entries({ cert, key, ca })) writeFileSync(join(path, name, `${file}.pem`), text);
    return tlsFlags(join(path, name));
  };
  const host = await worker(t, await save('host', ours, ['127.0.0.1']));
  const flags = await save('unknown', theirs, ['leader'], 1, ours);
  const unknown = await render(t, path, hostfileOf([host]), [...flags, '--retries', '3']);
  assert.equal(unknown.code, 1);
  assert.match(
    unknown.stderr,
    /cannot join so far: it closed the connection after the handshake: its log has the reason/,
  );
  await host.said(/127\.0\.0\.1:\d+ was refused: its certificate is not signed by a CA of --tls-ca/);
  const old = await save('old', ours, ['127.0.0.1'], -1);
  for (const words of [
    ['worker', '--port', '0'],
    ['leader', '--host', '127.0.0.1'],
  ]) {
    const { code, stderr } = await fractal(t, [...words, ...old], path);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: CREDENTIALS: --tls-cert .*old\/cert\.pem expired on .*fractal certs.*\n$/);
  }
});

test('a token from a file or from the environment has the same effect, and is printed nowhere', BOUNDED, async (t) => {
  const path = folder(t);
  const expected = await undisturbed(t);
  writeFileSync(join(path, 'token'), `${TOKEN}\n`);
  const workers = await Promise.all([
    worker(t, ['--token-file', join(path, 'token')]),
    worker(t, [], { FRACTAL_TOKEN: TOKEN }),
  ]);
  const printed: string[] = [];
  for (const [words, env] of [
    [['--token-file', 'token', '--metrics', '--json'], {}],
    [[], { FRACTAL_TOKEN: TOKEN }],
  ] as const) {
    const { code, stdout, stderr, picture } = await render(t, path, hostfileOf(workers), words, env);
    assert.equal(code, 0, stderr);
    assert.equal(picture(), expected);
    assert.ok(!readFileSync(join(path, 'picture.png')).includes(TOKEN), 'the picture tells');
    printed.push(stdout, stderr);
  }
  const wrong = await render(t, path, hostfileOf(workers), [], { FRACTAL_TOKEN: `${TOKEN}-not` });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /is left out: it requires another token than this one: use the same --token-file/);
  const none = await render(t, path, hostfileOf(workers.slice(0, 1)));
  assert.equal(none.code, 1);
  assert.match(none.stderr, /error: NO_WORKER: .*it requires a token: use the same --token-file, or FRACTAL_TOKEN/);
  await workers[0]?.said(/127\.0\.0\.1:\d+ was refused: it sent another token\n/);
  await workers[0]?.said(/127\.0\.0\.1:\d+ was refused: it sent no token\n/);
  const shown = await fractal(t, ['leader', '--token', TOKEN], path);
  assert.equal(shown.code, 2);
  assert.match(shown.stderr, /--token would show in the list of processes: use --token-file or FRACTAL_TOKEN/);
  const bad = start(t, ['leader', '--local', '1'], path, undefined, {
    FRACTAL_DEBUG: '1',
    FRACTAL_TOKEN: `${TOKEN} ${TOKEN}`,
  });
  const help = start(t, ['worker', '--help'], path, undefined, { FRACTAL_TOKEN: TOKEN });
  for (const { stdout, stderr } of [wrong, none, shown, await bad.ended, await help.ended])
    printed.push(stdout, stderr);
  for (const { process } of workers) {
    printed.push(commandLine(process.pid));
    process.kill('SIGTERM');
  }
  for (const { ended } of workers) {
    const { stdout, stderr } = await ended;
    printed.push(stdout, stderr);
  }
  assert.ok(!printed.join('\n').includes(TOKEN), 'the token shows');
});

test('local workers of a leader do not listen', BOUNDED, async (t) => {
  const path = folder(t);
  const film = ['--frames', '1000', '--zoom-end', '1e6', '--width', '320', '--height', '200', '-o', 'x.mp4'];
  const leader = start(t, ['leader', '--local', '2', ...film, '--timeout', '60'], path);
  await leader.said(/local:2 joined/);
  assert.deepEqual(listening(leader.process.pid as number), []);
  const other = await worker(t);
  assert.equal(listening(other.process.pid as number).length, 1);
  leader.process.kill('SIGINT');
  assert.equal((await leader.ended).code, 130);
});

/** Inodes of a process's sockets that listen for TCP. */
function listening(pid: number): string[] {
  const files = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return 'closed meanwhile';
    }
  });
  const lines = ['tcp', 'tcp6'].flatMap((kind) => readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').split('\n'));
  const inodes = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[3] === '0A');
  return inodes.map((fields) => fields[9] as string).filter((inode) => files.includes(`socket:[${inode}]`));
}

test('a worker that would listen beyond this machine without access control does not start', BOUNDED, async (t) => {
  for (const host of ['0.0.0.0', '::']) {
    const { code, stderr } = await fractal(t, ['worker', '--port', '0', '--host', host]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: EXPOSED: .*--tls-cert .*--token-file .*--insecure\n$/);
  }
});

/** Servers that violate the protocol. */
const MISBEHAVING: readonly ((socket: Socket) => void)[] = [
  () => undefined,
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.write(Buffer.alloc(5_000, 'garbage ')),
  (socket) => flood(socket, Buffer.alloc(60_000, 'garbage ')),
  (socket) => flood(socket, frame(TYPE.settings, 0, 0, Buffer.alloc(6_000))),
  (socket) => {
    socket.write(Buffer.concat([frame(TYPE.settings, 0, 0), frame(TYPE.headers, 0, 1, Buffer.from([0x88]))]));
    flood(socket, frame(TYPE.continuation, 0, 1, Buffer.alloc(16_000, 'x')));
  },
  (socket) => {
    socket.write(frame(TYPE.settings, 0, 0));
    const timer = setInterval(() => socket.write(Buffer.from([0])), 50);
    socket.once('close', () => clearInterval(timer));
  },
];

function flood(socket: Socket, bytes: Uint8Array): void {
  const more = () => {
    while (socket.writable && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

async function misbehavingServers(t: TestContext): Promise<{ address: string }[]> {
  const servers = MISBEHAVING.map(async (act) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.resume();
      act(socket);
    });
    t.after(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  return Promise.all(servers);
}

test(
  'a leader among servers that violate the protocol renders the same picture on the one that does not',
  BOUNDED,
  async (t) => {
    const path = folder(t);
    const expected = await undisturbed(t);
    const good = await worker(t);
    const { code, stderr, picture } = await render(t, path, hostfileOf([...(await misbehavingServers(t)), good]));
    assert.equal(code, 0, stderr);
    assert.equal(picture(), expected);
  },
);

test(
  'a worker among clients that violate the protocol renders the same picture, and ends at a signal',
  BOUNDED,
  async (t) => {
    const path = folder(t);
    const expected = await undisturbed(t);
    const busy = await worker(t);
    const port = Number(busy.address.split(':')[1]);
    const acts: readonly ((socket: Socket) => void)[] = [
      ...MISBEHAVING,
      (socket) => socket.write(PREFACE),
      (socket) => {
        socket.write(
          Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), frame(TYPE.headers, 0, 1, Buffer.from([0x83]))]),
        );
        flood(socket, frame(TYPE.continuation, 0, 1, Buffer.alloc(16_000, 'x')));
      },
    ];
    const sockets = Array.from({ length: 200 }, (_, k) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.once('connect', () => acts[k % acts.length]?.(socket));
      socket.resume();
      return socket;
    });
    t.after(() => sockets.forEach((socket) => void socket.destroy()));
    for (let time = 0; time < 2; time++) {
      const { code, stderr, picture } = await render(t, path, hostfileOf([busy]));
      assert.equal(code, 0, stderr);
      assert.equal(picture(), expected);
    }
    busy.process.kill('SIGTERM');
    assert.equal((await busy.ended).code, 0);
  },
);
