/** A worker whose shards cost nothing: what is left is the leader, the wire and the session. */

import { grpcListen } from '../src/cluster/listen.js';
import { samplesPerPixel } from '../src/view/view.js';
import type { Pool } from '../src/worker/pool.js';
import { serve } from '../src/worker/session.js';

/** Samples are wanted when the bench says so on the command line. */
const bytesPerPixel = process.argv[2] === 'samples' ? 8 : 3;

const pool: Pool = {
  instance: '',
  slots: 2,
  slotsFor: () => 2,
  offer: async (kernel) => ({ kernel, detail: 'nothing', speed: 1e9, fingerprint: '' }),
  seat: () => {
    const underWay = new Set<number>();
    return {
      scene() {},
      queue({ epoch, view, rect }, finish) {
        underWay.add(epoch);
        setImmediate(() => {
          underWay.delete(epoch);
          const samples = rect.width * rect.height * samplesPerPixel(view.sampling);
          const bytes = new Uint8Array(rect.width * rect.height * bytesPerPixel);
          finish({ kind: 'done', bytes, seconds: 1e-4, iterations: samples, samples });
        });
      },
      cancel() {},
      get underWay() {
        return [...underWay];
      },
      leave() {},
    };
  },
  close: async () => {},
};

const events = { started() {}, finished: () => [], ended() {} };
const listener = await grpcListen({ host: '127.0.0.1', port: 0 }, (link) => void serve(link, pool, 'bench', events));
process.on('disconnect', () => process.exit(0));
process.send?.(listener.address);
