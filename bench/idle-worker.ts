/** A worker whose shards cost nothing, as a process: the time is that of leader, transport and session. */

import { grpcListen } from '../src/cluster/listen.js';
import { serveIdle } from './idle.js';

const kind = process.argv[2] === 'samples' ? 'samples' : 'pixels';
const listener = await grpcListen({ host: '127.0.0.1', port: 0 }, (link) => serveIdle(link, kind));
process.on('disconnect', () => process.exit(0));
process.send?.(listener.address);
