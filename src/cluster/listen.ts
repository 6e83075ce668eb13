/** The worker's end of the transport over gRPC: access, the number of sessions at once, and their time limits. */

import grpc from '@grpc/grpc-js';
import type { ToWorker__Output } from '../../gen/fractal/v1/ToWorker.js';
import { FractalError, messageOf, whyNotListening } from '../errors.js';
import { type Access, checkExposure, validateAuthorization } from './access.js';
import { type ConnectionGuard, openConnectionGuard } from './connection-guard.js';
import { CHANNEL_OPTIONS, codec, Health, Peer, type Stream, StreamLink } from './grpc.js';
import { health } from './health.js';
import type { ToLeader, ToWorker } from './messages.js';
import { reasonOf } from './refusal.js';
import { type Address, addressText, type Listener, type WorkerLink } from './transport.js';
import { workerWire } from './wire.js';

/** Limits for peers. Node bounds their metadata: 64 KiB, 128 pairs. */
export interface Limits {
  /** Sessions at once. */
  readonly leaders: number;
  /** Connections at once without a session: probes, handshakes, idle ones. */
  readonly pending: number;
  /** Calls at once in a connection: a leader has one, a probe a few. */
  readonly calls: number;
  /** For a TLS handshake, for the first message of a session, and for closing after the last one. */
  readonly handshakeMs: number;
  /** For a connection without any call. */
  readonly idleMs: number;
}

export const LIMITS: Limits = { leaders: 64, pending: 64, calls: 16, handshakeMs: 10_000, idleMs: 30_000 };

export interface ListenOptions extends Access {
  /** Listens beyond the loopback interface even without access control. */
  readonly insecure?: boolean;
  readonly limits?: Limits;
  /** Bytes of incomplete scenes, over all sessions: the session with the most is ended. Absent: no bound. */
  readonly sceneBytes?: number;
  /** Whether a session has something to compute: it is not ended in favour of another. Absent: all have. */
  busy?(session: WorkerLink): boolean;
  /** A connection or call was refused: a line for the log. */
  refused?(peer: string, reason: string): void;
}

type Call = grpc.ServerDuplexStream<ToWorker__Output, never>;

/** Of a session. */
interface Admission {
  readonly busy: boolean;
  /** Bytes of incomplete scenes. */
  incomplete: number;
  close(why?: string): void;
}

/**
 * Serves `session` on an address; port 0 takes any free one. When the number of sessions is at its bound, the one that
 * has been silent for longest among those with nothing to compute is ended. Answers grpc.health.v1, too, on every
 * connection.
 * @throws FractalError EXPOSED, PORT_IN_USE
 */
export async function grpcListen(
  address: Address,
  session: (link: WorkerLink, peer: string) => void,
  options: ListenOptions = {},
): Promise<Listener> {
  const { token, limits = LIMITS, busy = () => true, refused = () => undefined, sceneBytes = Infinity } = options;
  const { server, guard } = await openServer(address, options);
  const probed = health(['fractal.v1.Peer']);
  /** Ordered by the time of the latest message. */
  const admissions = new Set<Admission>();
  let draining = false;

  /** Why a call is refused, if it is. */
  function refusalOf(call: Call): Partial<grpc.StatusObject> | undefined {
    const why = validateAuthorization(call.metadata.get('authorization')[0]?.toString(), token);
    if (why) {
      refused(call.getPeer(), why);
      return { code: grpc.status.UNAUTHENTICATED, details: why };
    }
    if (draining) return { code: grpc.status.UNAVAILABLE, details: 'it is ending' };
    if (admissions.size >= limits.leaders) [...admissions].find((admission) => !admission.busy)?.close();
    if (admissions.size < limits.leaders) return undefined;
    const details = `${admissions.size} leaders are served already`;
    refused(call.getPeer(), details);
    return { code: grpc.status.RESOURCE_EXHAUSTED, details };
  }

  /** Sets the bytes of incomplete scenes of a session. */
  function countIncomplete(admission: Admission, bytes: number): void {
    admission.incomplete = bytes;
    for (;;) {
      const total = [...admissions].reduce((sum, one) => sum + one.incomplete, 0);
      if (total <= sceneBytes) return;
      const [largest] = [...admissions].sort((a, b) => b.incomplete - a.incomplete);
      if (!largest) return;
      const why = `scenes of more than ${Math.floor(sceneBytes / 2 ** 20)} MiB lie incomplete here: --scene-memory`;
      largest.incomplete = 0;
      if (largest === admission) throw new FractalError('PROTOCOL', why);
      largest.close(why);
    }
  }

  function admit(call: Call): void {
    const refusal = refusalOf(call);
    const peer = call.getPeer();
    if (refusal) {
      call.emit('error', refusal);
      guard.release(peer);
      return;
    }
    guard.admit(peer);
    // Only a status ends the leader's call: destroy() would send none, and the call would go on.
    const abort = (details: string) => void call.emit('error', { code: grpc.status.ABORTED, details });
    const helloTimer = setTimeout(() => abort('no Hello came'), limits.handshakeMs);
    const { toWire, inbox } = workerWire(codec, peer, (bytes) => countIncomplete(admission, bytes));
    const link = new StreamLink<ToLeader, ToWorker, ToWorker__Output>(
      call as unknown as Stream,
      toWire,
      (wire) => {
        clearTimeout(helloTimer);
        if (admissions.delete(admission)) admissions.add(admission);
        return inbox(wire);
      },
      abort,
      (error) => reasonOf(undefined, error.details ?? error.message, {}),
    );
    const admission: Admission = {
      get busy() {
        return busy(link);
      },
      incomplete: 0,
      close: (why = 'it had nothing to compute, and another leader connected') => abort(why),
    };
    admissions.add(admission);
    const removeAdmission = once(() => {
      clearTimeout(helloTimer);
      admissions.delete(admission);
      guard.release(peer);
    });
    call.on('error', removeAdmission);
    call.on('close', removeAdmission);
    session(link, peer);
  }

  server.addService(Peer.service, { session: admit });
  server.addService(Health.service, probed.handlers);
  return {
    address: { host: address.host, port: guard.port },
    drain() {
      draining = true;
      probed.drain();
      return guard.emptied();
    },
    async close() {
      server.forceShutdown();
      guard.close();
    },
  };
}

/**
 * A server without services, behind a connection guard.
 * @throws FractalError EXPOSED, PORT_IN_USE
 */
export async function openServer(
  address: Address,
  options: ListenOptions,
  flags = { host: '--host', port: '--port' },
): Promise<{ server: grpc.Server; guard: ConnectionGuard }> {
  const { insecure = false, limits = LIMITS, refused = () => undefined } = options;
  checkExposure(address.host, options, insecure);
  const server = new grpc.Server({
    ...CHANNEL_OPTIONS,
    'grpc.max_concurrent_streams': limits.calls,
    'grpc.max_connection_idle_ms': limits.idleMs,
  });
  // Connections pass the connection guard: grpc-js bounds neither their number nor the time of their handshakes.
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const accept = injector.injectConnection.bind(injector);
  const guard = await openConnectionGuard(address, { ...limits, tls: options.tls, accept, refused }).catch((error) => {
    const why = whyNotListening(messageOf(error), flags);
    throw new FractalError('PORT_IN_USE', `${addressText(address)} ${why}`, { cause: error });
  });
  return { server, guard };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
