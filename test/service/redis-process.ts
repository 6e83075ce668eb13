/** A Redis server of the machine, started on a free port for one test. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { folder } from '../e2e/processes.js';

/** For `skip`. */
export const NO_REDIS =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'redis-server is missing: apt-get install redis-server';

export interface RedisProcess {
  readonly url: string;
  readonly client: Redis;
}

export async function redisProcess(t: TestContext): Promise<RedisProcess> {
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder(t), '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  let client: Redis | undefined;
  t.after(async () => {
    client?.disconnect();
    server.kill('SIGKILL');
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', () => reject(new Error('redis-server has ended')));
    server.stdout.on('data', (text) => /Ready to accept connections/.test(text) && resolve());
  });
  const url = `redis://127.0.0.1:${port}`;
  client = new Redis(url);
  return { url, client };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
