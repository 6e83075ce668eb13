/** What results take on their way: gRPC over the loopback interface, plain and with TLS, both ends in this process. */

import type { Tls } from '../src/cluster/access.js';
import { grpcDialer } from '../src/cluster/grpc.js';
import { grpcListen } from '../src/cluster/listen.js';
import { testAuthority } from '../test/cluster/credentials.js';
import { medians, print } from './table.js';

const RESULTS = 300;
const bytes = new Uint8Array(1 << 20);
const RUNS = 5;

export async function transport(): Promise<void> {
  const authority = await testAuthority();
  const [here, leader] = [await authority.holder(['127.0.0.1']), await authority.holder(['leader'])];
  const speeds = await medians(RUNS, [() => speed(), () => speed(here, leader)]);
  const [plain = 0] = speeds;
  const rows = ['plain', 'TLS 1.3, mutual'].map((name, k) => {
    const value = speeds[k] as number;
    return [name, value.toFixed(0), (value / plain).toFixed(2)];
  });
  print('Results over gRPC, 1 MiB each, with their checksums', ['', 'MiB/s', 'of plain'], rows);
}

async function speed(worker?: Tls, leader?: Tls): Promise<number> {
  const listener = await grpcListen(
    { host: '127.0.0.1', port: 0 },
    (link) => {
      link.listen({ message: () => void answer(), ended: () => undefined });
      async function answer(): Promise<void> {
        for (let shard = 0; shard < RESULTS; shard++) {
          await link.send({ kind: 'result', shard, epoch: shard, bytes, seconds: 1, iterations: 1, uncertain: 0 });
        }
        link.end();
      }
    },
    worker ? { tls: worker } : {},
  );
  const from = performance.now();
  const link = grpcDialer(leader ? { tls: leader } : {}).dial(listener.address);
  let received = 0;
  const ended = new Promise<void>((resolve, reject) => {
    link.listen({
      message: (message) => {
        if (message.kind === 'result') received += message.bytes.length;
      },
      ended: (error) => (error ? reject(error) : resolve()),
    });
  });
  await link.send({
    kind: 'hello',
    protocol: 1,
    version: '1',
    build: 'build',
    session: 'bench',
    kernel: 'simd',
    slots: 0,
  });
  await ended;
  const seconds = (performance.now() - from) / 1000;
  await listener.close();
  return received / 2 ** 20 / seconds;
}
