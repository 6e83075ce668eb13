/** Variables that name a web proxy do not reroute connections between leader and workers. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, start, worker } from '../e2e/processes.js';
import { endsOnSignal } from './job.js';

const BOUNDED = { timeout: 60_000 };
const VIEW = '-x -0.75 -y 0.1 --zoom 100 --width 64 --height 36 --iters 200 --no-store --timeout 40'.split(' ');

/** A server that counts connections and closes them, and an environment in which every such variable names it. */
async function webProxy(t: TestContext): Promise<{ env: Record<string, string>; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy'];
  const env = Object.fromEntries([...names, ...names.map((name) => name.toUpperCase())].map((name) => [name, url]));
  return { env: { ...env, no_proxy: '', no_grpc_proxy: '', NODE_USE_ENV_PROXY: '1' }, connections: () => connections };
}

for (const host of ['127.0.0.1', 'localhost', 'dns:///localhost']) {
  test(`a leader dials ${host} itself where the environment names a web proxy`, BOUNDED, async (t) => {
    const { env, connections } = await webProxy(t);
    const near = await worker(t, [], env);
    const path = folder(t);
    const port = near.address.split(':')[1];
    writeFileSync(join(path, 'hosts'), host.includes('/') ? `${host}:${port}\n` : `${host} port=${port}\n`);
    const words = ['leader', ...VIEW, '--hostfile', join(path, 'hosts'), '-o', join(path, 'x.png')];
    const { code, stderr } = await start(t, words, undefined, undefined, env).ended;
    assert.equal(code, 0, stderr);
    assert.equal(connections(), 0, 'connections to the proxy');
    await endsOnSignal(near);
  });
}

test('a worker that joins dials its leader itself where the environment names a web proxy', BOUNDED, async (t) => {
  const { env, connections } = await webProxy(t);
  const words = ['leader', ...VIEW, '--listen', '127.0.0.1:0', '-o', join(folder(t), 'x.png')];
  const leader = start(t, words, undefined, undefined, env);
  const [, address] = await leader.said(/workers may join at (\S+)/);
  const joiner = await worker(t, ['--join', address as string], env);
  const { code, stderr } = await leader.ended;
  assert.equal(code, 0, stderr);
  assert.equal(connections(), 0, 'connections to the proxy');
  await endsOnSignal(joiner);
});
