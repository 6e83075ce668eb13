/** Redis as a real process, on a free port and a folder of its own: Debian's redis-server. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { folder } from '../e2e/processes.js';

/** Why tests that need it are skipped. */
export const NO_REDIS =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'redis-server is not installed: apt-get install redis-server';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** As kill -9. What was answered is on the disk. */
  kill(): Promise<void>;
  /** Of its configuration. */
  set(name: string, value: string): void;
}

/** Running. */
export async function redisServer(t: TestContext): Promise<RedisServer> {
  const dir = folder(t);
  const port = await freePort();
  let end: (() => Promise<void>) | undefined;
  const start = async () => {
    const options = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: 'always' };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const server = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(server, 'exit');
    end = async () => {
      server.kill('SIGKILL');
      await ended;
    };
    for await (const text of server.stdout) if (/Ready to accept connections/.test(String(text))) break;
  };
  await start();
  t.after(() => end?.());
  return {
    url: `redis://127.0.0.1:${port}`,
    ...{ port, start },
    kill: async () => end?.(),
    set: (name, value) => void spawnSync('redis-cli', ['-p', String(port), 'CONFIG', 'SET', name, value]),
  };
}

/** Running, with a client. */
export async function redisWithClient(t: TestContext): Promise<{ readonly url: string; readonly client: Redis }> {
  const { url } = await redisServer(t);
  const client = new Redis(url);
  t.after(() => client.disconnect());
  return { url, client };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
