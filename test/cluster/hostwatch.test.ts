/** A hostfile that changes, and names that resolve to other addresses later; time passes when the test says so. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Host, parseHostfile } from '../../src/cluster/hostfile.js';
import { type Look, lookAt, watchHosts } from '../../src/cluster/hostwatch.js';
import { folder } from '../e2e/processes.js';

const same: Look = async () => undefined;

/** What is found, noted and settled, in the order in which it happens. */
function watching(t: TestContext, hosts: readonly Host[], look: Look, dns: Map<string, string[]>) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stop = new AbortController();
  t.after(() => stop.abort());
  const log: string[] = [];
  const done = watchHosts(hosts, {
    look,
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
    settled: () => void log.push('settled'),
    retries: 1,
  });
  /** Seconds pass, and what they bring about happens. */
  const pass = async (seconds: number) => {
    for (let k = 0; k < seconds; k++) {
      t.mock.timers.tick(1_000);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    return log.splice(0);
  };
  return { pass, stop, done };
}

test('lines that come later are found, once; what is wrong is noted, and what was there stays', async (t) => {
  let says: string | Error | undefined;
  const look = async () => {
    const now = says;
    says = undefined;
    if (now instanceof Error) throw now;
    return now === undefined ? undefined : parseHostfile(now, 'f');
  };
  const { pass, stop, done } = watching(t, parseHostfile('a', 'f'), look, new Map());
  assert.deepEqual(await pass(3), ['a:50051', 'settled']);
  says = 'a\nb slots=2';
  assert.deepEqual(await pass(2), ['b:50051/2']);
  says = new Error('f:2:3: "slots=many" is not a number');
  assert.deepEqual(await pass(2), ['f:2:3: "slots=many" is not a number; the hosts of before stay']);
  says = 'c port=7\nb slots=2';
  assert.deepEqual(await pass(2), ['c:7']);
  stop.abort();
  await done;
});

test('a file is read again when it changed, or was replaced, and not otherwise', async (t) => {
  const path = join(folder(t), 'hosts');
  writeFileSync(path, 'a\n');
  const look = await lookAt(path);
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

test('a hostfile that is no file any more is not waited for', async (t) => {
  const path = join(folder(t), 'hosts');
  writeFileSync(path, 'a\n');
  const look = await lookAt(path);
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

test('a name that is not found is waited for, then not any more, and still asked for', async (t) => {
  const dns = new Map<string, string[]>();
  const { pass } = watching(t, parseHostfile('dns:///pods', 'f'), same, dns);
  assert.deepEqual(await pass(4), ['ENOTFOUND pods: asked for again and again']);
  assert.deepEqual(await pass(3), ['settled']);
  dns.set('pods', ['10.0.0.1']);
  assert.deepEqual(await pass(6), ['pods: 10.0.0.1:50051']);
});
