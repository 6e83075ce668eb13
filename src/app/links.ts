/** Reports what travels on the links between a leader and its workers: sessions, and scenes with their size. */

import { addressText, type Dialer, type LeaderLink, type WorkerLink } from '../cluster/transport.js';
import type { Emit } from './events.js';

/** The same dialer; its dials, their ends and the scenes that are sent are reported. */
export function reportingDials({ dial }: Dialer, emit: Emit): Dialer {
  return {
    dial(address) {
      const worker = addressText(address);
      emit({ kind: 'dial', worker, state: 'begun' });
      const link = dial(address);
      /** Assets that were sent since the last scene: those of the next one. */
      let assets = { sent: 0, bytes: 0 };
      return around<LeaderLink>(link, {
        async send(message) {
          const before = link.traffic.sent;
          if (message.kind === 'asset')
            assets = { sent: assets.sent + 1, bytes: assets.bytes + message.bytes.byteLength };
          if (message.kind !== 'scene') return link.send(message);
          const { id, scene } = message;
          const all = new Set(scene.assets).size;
          const files = { ...assets, there: all - assets.sent };
          assets = { sent: 0, bytes: 0 };
          await link.send(message);
          const bytes = link.traffic.sent - before;
          emit({ kind: 'scene', worker, scene: id, work: scene.work.kind, bytes, ...(all > 0 ? { files } : {}) });
        },
        listen: (handlers) =>
          link.listen({
            message: (message) => handlers.message(message),
            ended(error) {
              emit({ kind: 'dial', worker, state: 'ended', ...(error ? { reason: error.message } : {}) });
              handlers.ended(error);
            },
          }),
      });
    },
  };
}

/** The same link of a worker; the scenes that arrive are reported. `bytes`: of their payload. */
export function reportingScenes(link: WorkerLink, report: (scene: number, bytes: number) => void): WorkerLink {
  let before = 0;
  return around<WorkerLink>(link, {
    send: (message) => link.send(message),
    listen: (handlers) =>
      link.listen({
        message(message) {
          if (message.kind === 'scene') report(message.id, link.traffic.received - before);
          before = link.traffic.received;
          handlers.message(message);
        },
        ended: (error) => handlers.ended(error),
      }),
  });
}

/** A link with some of its methods replaced. */
function around<Both extends LeaderLink | WorkerLink>(link: Both, own: Pick<Both, 'send' | 'listen'>): Both {
  const rest: Omit<LeaderLink, 'send' | 'listen'> = {
    end: () => link.end(),
    close: (reason) => link.close(reason),
    traffic: link.traffic,
  };
  return Object.assign(rest, own) as unknown as Both;
}
