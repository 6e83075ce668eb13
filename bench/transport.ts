/** The rate at which results are transferred: gRPC over the loopback interface, plain and with TLS, both ends in this process. */

import type { Tls } from '../src/cluster/access.js';
import { grpcDialer } from '../src/cluster/grpc.js';
import { grpcListen } from '../src/cluster/listen.js';
import type { View } from '../src/view/view.js';
import { testAuthority } from '../test/cluster/credentials.js';
import { medians, print } from './table.js';

const RESULTS = 300;
const bytes = new Uint8Array(1 << 20);
const RUNS = 5;
const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  ...{ re: '0', im: '0', zoom: '1', rotation: 0, width: bytes.length / 8, height: 1, iterations: 1, bailout: 2 },
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};

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
      link.listen({ message: ({ kind }) => void (kind === 'assign' && answer()), ended: () => undefined });
      let shard = 0;
      async function answer(): Promise<void> {
        const epoch = shard++;
        await link.send({
          kind: 'result',
          job: 1,
          shard: epoch,
          epoch,
          bytes,
          seconds: 1,
          iterations: 1,
          uncertain: 0,
        });
        if (epoch === RESULTS - 1) link.end();
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
  void link.send({ kind: 'hello', protocol: 1, version: '1', build: 'build', session: 'bench', slots: 0 });
  void link.send({
    kind: 'open',
    job: 1,
    name: 'bench',
    kernel: 'simd',
    assets: [],
    priority: 50,
    owner: 0,
    weight: 1,
  });
  void link.send({ kind: 'scene', job: 1, id: 0, scene: { work: { kind: 'fractal' }, assets: [] } });
  const rect = { x: 0, y: 0, width: bytes.length / 8, height: 1 };
  const work = { kind: 'fractal', view, rect } as const;
  const at = { scene: 0, render: 0 };
  for (let epoch = 0; epoch < RESULTS; epoch++) {
    void link.send({ kind: 'assign', job: 1, assignment: { ...at, shard: epoch, epoch, work } });
  }
  await ended;
  const seconds = (performance.now() - from) / 1000;
  await listener.close();
  return received / 2 ** 20 / seconds;
}
