/**
 * A service that finds workers by `dns:///`, as behind a headless Service: with a real DNS server, in a network of its own
 * (bubblewrap), where the test may use port 53 and name the server in /etc/resolv.conf.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, type Running, run, start } from '../e2e/processes.js';
import { serving } from '../e2e/serve.js';
import { dnsServer } from './dns-server.js';

const BOUNDED = { timeout: 120_000 };
const INSIDE = 'FRACTAL_TEST_NETWORK';
const STILL = { width: 64, height: 36, iters: 200, outfile: 'x.png' };
const WALLS = ['--dev-bind', '/', '/', '--unshare-net', '--unshare-user', '--uid', '0', '--gid', '0'];
const RIGHTS = ['--cap-add', 'CAP_NET_BIND_SERVICE'];

const hasWalls = () => spawnSync('bwrap', [...WALLS, ...RIGHTS, 'true']).status === 0;
const missing =
  process.env[INSIDE] || hasWalls() ? false : 'needs bwrap: apt-get install bubblewrap, and user namespaces';

test('workers come and go behind a name, to none and back at the same address', {
  ...BOUNDED,
  skip: missing,
}, async (t) => {
  if (process.env[INSIDE]) return behindName(t);
  const resolver = join(folder(t), 'resolv.conf');
  writeFileSync(resolver, 'nameserver 127.0.0.1\n');
  const bind = ['--ro-bind', resolver, '/etc/resolv.conf'];
  const own = fileURLToPath(import.meta.url);
  const inside = run(t, ['bwrap', ...WALLS, ...RIGHTS, ...bind, process.execPath, own], undefined, undefined, {
    ...{ [INSIDE]: 'yes', NODE_TEST_CONTEXT: '' },
  });
  const { code, stdout, stderr } = await inside.ended;
  assert.equal(code, 0, stdout + stderr);
});

async function behindName(t: TestContext): Promise<void> {
  const pods = new Map<string, Running>();
  t.after(await dnsServer('127.0.0.1', 53, () => [...pods.keys()]));
  const add = async (address: string) => {
    const worker = start(t, ['worker', '--host', address, '--port', '50051', '--slots', '1']);
    await worker.said(/: ready/);
    pods.set(address, worker);
  };
  const remove = async (address: string) => {
    const worker = pods.get(address);
    pods.delete(address);
    worker?.process.kill('SIGTERM');
    assert.equal((await worker?.ended)?.code, 0);
  };
  const hosts = join(folder(t), 'hosts');
  writeFileSync(hosts, 'dns:///fractal-worker:50051\n');
  const service = await serving(t, join(folder(t), 'data'), ['--hostfile', hosts]);
  const until = async (ready: readonly string[]) => {
    for (let found = ''; found !== ready.join(); ) {
      const { workers } = await service.get('/v1/workers');
      const names = workers
        .filter(({ state }: { state: string }) => state === 'ready')
        .map(({ name }: { name: string }) => name);
      found = names.sort().join();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const waiting = await service.submit(STILL);
  await add('127.0.0.5');
  await until(['127.0.0.5:50051']);
  await service.reaches(waiting, 'succeeded');
  await add('127.0.0.6');
  await until(['127.0.0.5:50051', '127.0.0.6:50051']);
  await remove('127.0.0.5');
  await remove('127.0.0.6');
  await until([]);
  const again = await service.submit(STILL);
  await service.reaches(again, 'running');
  await add('127.0.0.5');
  await service.reaches(again, 'succeeded');
  assert.ok((await service.file(again, 'x.png')).equals(await service.file(waiting, 'x.png')));
}
