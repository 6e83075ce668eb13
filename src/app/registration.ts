/** Where workers register with a leader (`--listen`), for one job after the other. */

import type { Access } from '../cluster/access.js';
import type { Address } from '../cluster/transport.js';
import { type Emit, logTo } from './events.js';
import { refusalLog } from './refusals.js';
import { thisProgram } from './version.js';

/** Adds a worker that a host (`caller`) registered; returns why it cannot take part, if so. */
export type Admit = (worker: Address, caller: string) => string | undefined;

export interface Registration {
  /** From now on, workers that register are handed to `admit`. Before, they are refused and try again. */
  openFor(admit: Admit): void;
  close(): Promise<void>;
}

/** Listens at once, so that a port in use ends the command early. @throws FractalError EXPOSED, PORT_IN_USE */
export async function openRegistration(
  listen: Address,
  access: Access,
  insecure: boolean,
  emit: Emit,
): Promise<Registration> {
  // gRPC takes long to load, so it is loaded only where it is needed.
  const { openRegistration: listenFor } = await import('../cluster/registration.js');
  const refused = refusalLog(logTo(emit, 'info'), () => performance.now());
  let admit: Admit = () => 'its job has not begun';
  const join: Admit = (worker, caller) => admit(worker, caller);
  const listener = await listenFor(listen, thisProgram(), join, { ...access, insecure, refused });
  emit({ kind: 'registration', address: { host: listener.address.host, port: listener.address.port } });
  return {
    openFor(next) {
      admit = next;
    },
    close: () => listener.close(),
  };
}
