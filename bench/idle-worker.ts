/** A worker whose shards cost nothing, as a process: what is left is the leader, the wire and the session. */

import { grpcListen } from '../src/cluster/listen.js';
import { serveIdle } from './idle.js';

const kind = process.argv[2] === 'samples' ? 'samples' : 'pixels';
const listener = await grpcListen({ host: '127.0.0.1', port: 0 }, (link) => serveIdle(link, kind));
process.on('disconnect', () => process.exit(0));
process.send?.(listener.address);
