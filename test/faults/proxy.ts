/** A TCP proxy that delays, drops and changes bytes. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** The chunks that arrive in place of one; undefined: none. */
export type Change = (chunk: Buffer, direction: 'up' | 'down', index: number) => readonly Buffer[] | undefined | 'cut';

export interface Proxy {
  readonly address: string;
  /** Can be changed at any time, also for existing connections. */
  change: Change;
}

export const pass: Change = (chunk) => [chunk];

/** In front of `target`, "host:port". `up`: from the client. Delays are `delayMs` for every chunk. */
export async function proxy(t: TestContext, target: string, change: Change = pass, delayMs = 0): Promise<Proxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const state = { address: '', change };
  let chunks = 0;

  function pipe(from: Socket, to: Socket, direction: 'up' | 'down'): void {
    from.on('data', (chunk: Buffer) => {
      const parts = state.change(chunk, direction, chunks++);
      if (parts === 'cut') {
        from.destroy();
        to.destroy();
      } else for (const part of parts ?? []) setTimeout(() => to.write(part), delayMs);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => setTimeout(() => to.destroy(), delayMs));
  }

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
    }
    pipe(client, upstream, 'up');
    pipe(upstream, client, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  state.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}
