/** A hostfile that changes, and names that resolve to other addresses later; with a clock that the test advances. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Host, parseHostfile } from '../../src/cluster/hostfile.js';
import { changesOf, type ReadChanged, watchHosts } from '../../src/cluster/hostwatch.js';
import { folder } from '../e2e/processes.js';

const same: ReadChanged = async () => undefined;

/** A log of hosts found, notes, and the moment when all names are resolved. */
function watching(t: TestContext, hosts: readonly Host[], read: ReadChanged, dns: Map<string, string[]>) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stop = new AbortController();
  t.after(() => stop.abort());
  const log: string[] = [];
  const done = watchHosts(hosts, {
    read,
    resolve: async (name) => {
      const addresses = dns.get(name);
      if (!addresses) throw new Error(`ENOTFOUND ${name}`);
      return addresses;
    },
    signal: stop.signal,
    found: (fresh) =>
      void log.push(
        ...fresh.map(({ host, name, port, slots }) => {
          return `${name ? `${name}: ` : ''}${host}:${port}${slots ? `/${slots}` : ''}`;
        }),
      ),
    note: (text) => void log.push(text),
    allNamed: () => void log.push('settled'),
    retries: 1,
  });
  /** Advances the clock. */
  const pass = async (seconds: number) => {
    for (let k = 0; k < seconds; k++) {
      t.mock.timers.tick(1_000);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    return log.splice(0);
  };
  return { pass, stop, done };
}

test('lines added later are found, once; errors are noted, and earlier hosts stay', async (t) => {
  let content: string | Error | undefined;
  const look = async () => {
    const now = content;
    content = undefined;
    if (now instanceof Error) throw now;
    return now === undefined ? undefined : parseHostfile(now, 'f');
  };
  const { pass, stop, done } = watching(t, parseHostfile('a', 'f'), look, new Map());
  assert.deepEqual(await pass(3), ['a:50051', 'settled']);
  content = 'a\nb slots=2';
  assert.deepEqual(await pass(2), ['b:50051/2']);
  content = new Error('f:2:3: "slots=many" is not a number');
  assert.deepEqual(await pass(2), ['f:2:3: "slots=many" is not a number; the earlier hosts are kept']);
  content = 'c port=7\nb slots=2';
  assert.deepEqual(await pass(2), ['c:7']);
  stop.abort();
  await done;
});

test('a file is read again when it changed, or was replaced, and not otherwise', async (t) => {
  const path = join(folder(t), 'hosts');
  writeFileSync(path, 'a\n');
  const look = await changesOf(path);
  assert.equal(await look(), undefined);
  writeFileSync(path, 'a\nbb\n');
  assert.equal((await look())?.length, 2);
  assert.equal(await look(), undefined);
  rmSync(path);
  await assert.rejects(look(), { code: 'HOSTFILE_READ' });
  assert.equal(await look(), undefined);
  writeFileSync(path, 'c\n');
  assert.equal((await look())?.[0]?.host, 'c');
});

test('a hostfile that becomes a pipe is not waited for', async (t) => {
  const path = join(folder(t), 'hosts');
  writeFileSync(path, 'a\n');
  const look = await changesOf(path);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  assert.equal(await look(), undefined);
  rmSync(path);
  writeFileSync(path, 'a\nb\n');
  assert.equal((await look())?.length, 2);
});

test('a name is resolved every five seconds, and each new address is found', async (t) => {
  const dns = new Map([['pods', ['10.0.0.1']]]);
  const { pass } = watching(t, parseHostfile('dns:///pods:7 slots=2', 'f'), same, dns);
  assert.deepEqual(await pass(1), ['pods: 10.0.0.1:7/2', 'settled']);
  dns.set('pods', ['10.0.0.2', '10.0.0.1', '::1']);
  assert.deepEqual(await pass(3), []);
  assert.deepEqual(await pass(2), ['pods: 10.0.0.2:7/2', 'pods: ::1:7/2']);
});

test('an address that a name has lost is found again when it is back, and one that it kept is not', async (t) => {
  const dns = new Map([['pods', ['10.0.0.1', '10.0.0.2']]]);
  const { pass } = watching(t, parseHostfile('dns:///pods:7', 'f'), same, dns);
  assert.deepEqual(await pass(1), ['pods: 10.0.0.1:7', 'pods: 10.0.0.2:7', 'settled']);
  dns.set('pods', ['10.0.0.2']);
  assert.deepEqual(await pass(5), []);
  dns.delete('pods');
  assert.deepEqual(await pass(5), ['ENOTFOUND pods: looked up again']);
  dns.set('pods', ['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(await pass(5), ['pods: 10.0.0.1:7', 'pods: 10.0.0.2:7']);
});

test('a name that is not found is waited for, later not any more, and still looked up', async (t) => {
  const dns = new Map<string, string[]>();
  const { pass } = watching(t, parseHostfile('dns:///pods', 'f'), same, dns);
  assert.deepEqual(await pass(4), ['ENOTFOUND pods: looked up again']);
  assert.deepEqual(await pass(3), ['settled']);
  dns.set('pods', ['10.0.0.1']);
  assert.deepEqual(await pass(6), ['pods: 10.0.0.1:50051']);
});
