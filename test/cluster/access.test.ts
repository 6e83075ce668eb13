/** Access control over real connections in this process, and the checks of files and tokens. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Access, checkExposure, isLoopback, readAccess, validateAuthorization } from '../../src/cluster/access.js';
import { grpcDialer } from '../../src/cluster/grpc.js';
import { grpcListen, type ListenOptions } from '../../src/cluster/listen.js';
import type { ToWorker } from '../../src/cluster/messages.js';
import { Refusal, type WorkerLink } from '../../src/cluster/transport.js';
import { FractalError } from '../../src/errors.js';
import { folder } from '../e2e/processes.js';
import { testAuthority } from './credentials.js';
import { Scripted } from './scripted.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const hello: ToWorker = { kind: 'hello', protocol: 1, version: '1', build: 'build', session: 's', slots: 0 };
const [ours, theirs] = await Promise.all([testAuthority(), testAuthority()]);
const leader = await ours.holder(['leader']);
const worker = await ours.holder(['127.0.0.1']);
const token = 'correct horse battery'.replaceAll(' ', '-');

interface Result {
  /** The reason that the leader got; undefined: the worker answered. */
  readonly reason: Error | undefined;
  /** The worker's lines about refused connections. */
  readonly log: readonly string[];
}

/** A leader with `access` dials a worker with `options`. */
async function connect(t: TestContext, access: Access, options: ListenOptions): Promise<Result> {
  const log: string[] = [];
  let logged = () => {};
  const refused = (peer: string, reason: string) => {
    log.push(`${peer.replace(/:\d+$/, '')} ${reason}`);
    logged();
  };
  const answer = (link: WorkerLink) => {
    void new Scripted(link).send({ kind: 'refused', reason: 'answered' });
  };
  const listener = await grpcListen(LOCAL, answer, { ...options, refused });
  t.after(() => listener.close());
  const scripted = new Scripted(grpcDialer(access).dial(listener.address));
  void scripted.send(hello);
  const received = await scripted.any();
  scripted.link.close();
  const reason = await scripted.ended;
  if (received) return { reason: undefined, log };
  // A worker without TLS logs nothing about a leader with TLS.
  if (log.length === 0 && options.tls) await new Promise<void>((resolve) => (logged = resolve));
  return { reason, log };
}

test('a worker found by a name has a certificate for the name, not for its address', async (t) => {
  const named = await ours.holder(['pods.example']);
  const answer = (link: WorkerLink) => void new Scripted(link).send({ kind: 'refused', reason: 'answered' });
  const listener = await grpcListen(LOCAL, answer, { tls: named });
  t.after(() => listener.close());
  for (const [name, received] of [
    ['pods.example', true],
    ['other.example', false],
    [undefined, false],
  ] as const) {
    const address = { ...listener.address, ...(name ? { name } : {}) };
    const scripted = new Scripted(grpcDialer({ tls: leader }).dial(address));
    void scripted.send(hello);
    assert.equal((await scripted.any()) !== undefined, received, name);
    scripted.link.close();
  }
});

const ACCEPTED: readonly [how: string, access: Access, options: ListenOptions][] = [
  ['without anything, on the loopback interface', {}, {}],
  ['with certificates of the same CA', { tls: leader }, { tls: worker }],
  ['with the same token', { token }, { token }],
  ['with certificates and the same token', { tls: leader, token }, { tls: worker, token }],
  ['with a token that the worker does not require', { token }, {}],
];

for (const [how, access, options] of ACCEPTED) {
  test(`a leader is accepted ${how}`, async (t) => {
    assert.deepEqual(await connect(t, access, options), { reason: undefined, log: [] });
  });
}

const expired = -1;
const REFUSED: readonly [what: string, access: Access, options: ListenOptions, reason: RegExp, log: RegExp][] = [
  [
    "the worker's certificate is of another CA",
    { tls: leader },
    { tls: await theirs.holder(['127.0.0.1'], 1, ours) },
    /^its certificate is of another CA: .*fractal certs/,
    /^127\.0\.0\.1 it ended the TLS handshake/,
  ],
  [
    "the worker's certificate has expired",
    { tls: leader },
    { tls: await ours.holder(['127.0.0.1'], expired) },
    /^its certificate has expired: .*fractal certs/,
    /^127\.0\.0\.1 it ended the TLS handshake/,
  ],
  [
    "the worker's certificate is for another host",
    { tls: leader },
    { tls: await ours.holder(['node02', '10.0.0.1']) },
    /^its certificate is for DNS:node02, IP Address:10\.0\.0\.1 and not for 127\.0\.0\.1: make one/,
    /^127\.0\.0\.1 it ended the TLS handshake/,
  ],
  [
    'the worker requires another token',
    { token: `${token}!` },
    { token },
    /^it requires another token/,
    /another token$/,
  ],
  ['the worker requires a token', {}, { token }, /^it requires a token: use .*--token-file/, /it sent no token$/],
  [
    'the worker requires another token, within TLS',
    { tls: leader, token: `${token}!` },
    { tls: worker, token },
    /^it requires another token/,
    /it sent another token$/,
  ],
];

for (const [what, access, options, reason, log] of REFUSED) {
  test(`${what}: one line on each side, and the refusal is final`, async (t) => {
    const result = await connect(t, access, options);
    assert.ok(result.reason instanceof Refusal && result.reason.final, String(result.reason));
    assert.match(result.reason.message, reason);
    assert.equal(result.log.length, 1);
    assert.match(result.log[0] ?? '', log);
  });
}

const REFUSED_LEADERS: readonly [what: string, access: Access, log: RegExp][] = [
  ['is of another CA', { tls: await theirs.holder(['leader'], 1, ours) }, /its certificate is not signed by a CA of/],
  ['has expired', { tls: await ours.holder(['leader'], expired) }, /its certificate has expired$/],
];

for (const [what, access, log] of REFUSED_LEADERS) {
  test(`the leader's certificate ${what}: the worker logs it, the leader refers to the worker's log`, async (t) => {
    const result = await connect(t, access, { tls: worker });
    assert.ok(result.reason instanceof Refusal && !result.reason.final, String(result.reason));
    assert.match(result.reason.message, /^it closed the connection after the handshake: its log has the reason/);
    assert.match(result.log.join('|'), log);
  });
}

test('a leader without TLS names TLS as a possible reason', async (t) => {
  const result = await connect(t, {}, { tls: worker });
  assert.ok(result.reason instanceof Refusal && !result.reason.final, String(result.reason));
  assert.match(result.reason.message, /it may require TLS/);
  assert.match(result.log.join('|'), /it does not speak TLS 1\.3/);
});

test('a leader with TLS reports that a worker has no TLS', async (t) => {
  const result = await connect(t, { tls: leader }, {});
  assert.ok(result.reason instanceof Refusal && result.reason.final, String(result.reason));
  assert.match(result.reason.message, /^it does not speak TLS: start it with --tls-cert --tls-key --tls-ca/);
});

test('a listener beyond the loopback interface needs certificates, a token, or --insecure', async () => {
  for (const host of ['0.0.0.0', '::', '10.1.2.3', 'node01', '127.0.0.1.example.org', '0']) {
    const address = { host, port: 0 };
    for (const open of [{}, { insecure: false }]) {
      await assert.rejects(
        grpcListen(address, () => undefined, open),
        (e) =>
          e instanceof FractalError &&
          e.code === 'EXPOSED' &&
          ['--tls-cert', '--token-file', '--insecure'].every((way) => e.message.includes(way)),
      );
    }
    checkExposure(host, { token }, false);
    checkExposure(host, { tls: worker }, false);
    checkExposure(host, {}, true);
  }
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost'])
    assert.ok(isLoopback(host), host);
});

test('tokens are compared whole', () => {
  assert.equal(validateAuthorization(undefined, undefined), undefined);
  assert.equal(validateAuthorization(`Bearer ${token}`, token), undefined);
  for (const header of ['', 'Bearer ', token, `bearer ${token}`, `Bearer ${token} `, `Bearer ${token.slice(1)}`]) {
    assert.equal(validateAuthorization(header, token), 'it sent another token', header);
  }
});

test('invalid files are named with their purpose, without any of their content', async (t) => {
  const path = folder(t);
  const at = (name: string, text: string) => {
    writeFileSync(join(path, name), text);
    return join(path, name);
  };
  const [tlsCert, tlsKey, tlsCa] = [at('cert', worker.cert), at('key', worker.key), at('ca', worker.ca)];
  const old = await ours.holder(['old'], expired);
  const secret = 'a-secret-that-nobody-may-see';
  const now = new Date();
  const good = { tlsCert, tlsKey, tlsCa };
  assert.deepEqual(readAccess(good, undefined, now), { tls: worker });
  assert.deepEqual(readAccess({ tokenFile: at('token', `${token}\n`) }, secret, now), { token });
  assert.deepEqual(readAccess({}, token, now), { token });
  assert.deepEqual(readAccess({}, undefined, now), {});
  const wrong: readonly [files: Parameters<typeof readAccess>[0], environment: string | undefined, line: RegExp][] = [
    [{ tlsCert, tlsCa }, undefined, /^--tls-key missing/],
    [{ tlsCa }, undefined, /^--tls-cert and --tls-key missing/],
    [{ ...good, tlsKey: join(path, 'nowhere') }, undefined, /^--tls-key .*nowhere cannot be read/],
    [{ ...good, tlsKey: at('nokey', secret) }, undefined, /^--tls-key .*nokey is not a private key in PEM/],
    [{ ...good, tlsKey: at('other', leader.key) }, undefined, /^--tls-key .*other is not the key of --tls-cert/],
    [{ ...good, tlsCert: at('nocert', secret) }, undefined, /^--tls-cert .*nocert is not a certificate/],
    [{ ...good, tlsCa: at('noca', secret) }, undefined, /^--tls-ca .*noca is not a certificate/],
    [
      { tlsCert: at('old', old.cert), tlsKey: at('oldkey', old.key), tlsCa },
      undefined,
      /old expired on .*fractal certs/,
    ],
    [{ tokenFile: at('short', 'abc\n') }, undefined, /^--token-file .*short has 3 characters/],
    [{ tokenFile: at('lines', `${secret}\n${secret}\n`) }, undefined, /has more than one line/],
    [{ tokenFile: join(path, 'none') }, token, /^--token-file .*none cannot be read/],
    [{}, '', /^FRACTAL_TOKEN has 0 characters/],
    [{}, `${secret} ${secret}`, /^FRACTAL_TOKEN has more than one line, or blanks/],
  ];
  for (const [files, environment, line] of wrong) {
    assert.throws(
      () => readAccess(files, environment, now),
      (e) =>
        e instanceof FractalError &&
        e.code === 'CREDENTIALS' &&
        line.test(e.message) &&
        !`${e.stack}${(e.cause as Error)?.stack}`.includes(secret),
      String(line),
    );
  }
});
