/**
 * A process with workers whose shards cost nothing: the time is that of leader, transport and session. Each connection, to any address of
 * the loopback network, is to another worker of so many slots. usage: idle-worker.js pixels|samples SLOTS [PORT]
 */

import { grpcListen, LIMITS } from '../src/cluster/listen.js';
import { serveIdle } from './idle.js';

const [kind, slots, port] = process.argv.slice(2);
const MOST = 10_000;
const limits = { ...LIMITS, leaders: MOST, pending: MOST };
const listener = await grpcListen(
  { host: '0.0.0.0', port: Number(port ?? 0) },
  (link) => serveIdle(link, kind === 'samples' ? 'samples' : 'pixels', Number(slots)),
  { limits, insecure: true },
);
process.on('disconnect', () => process.exit(0));
process.send?.({ ...listener.address, host: '127.0.0.1' });
