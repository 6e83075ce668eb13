/** The worker's end of the transport over gRPC: who may come in, how many at once, and for how long without a word. */

import grpc from '@grpc/grpc-js';
import type { ToWorker__Output } from '../../gen/fractal/v1/ToWorker.js';
import { FractalError, messageOf } from '../errors.js';
import { type Access, checkExposure, objectionTo } from './access.js';
import { type Door, openDoor } from './door.js';
import { CHANNEL_OPTIONS, codec, Health, Peer, type Stream, StreamLink } from './grpc.js';
import { health } from './health.js';
import type { ToLeader, ToWorker } from './messages.js';
import { reasonOf } from './refusal.js';
import { type Address, addressText, type Listener, type WorkerLink } from './transport.js';
import { wireToLeader, workerInbox } from './wire.js';

/** What others may take up. Their metadata is bounded by Node: 64 KiB, 128 pairs. */
export interface Limits {
  /** Sessions at once. */
  readonly leaders: number;
  /** Connections at once without a session: probes, those that shake hands, those that say nothing. */
  readonly strangers: number;
  /** Calls at once in a connection: a leader has one, a probe a few. */
  readonly calls: number;
  /** For a TLS handshake, for the first message of a session, and for going after the last one. */
  readonly handshakeMs: number;
  /** For a connection without any call. */
  readonly idleMs: number;
}

export const LIMITS: Limits = { leaders: 64, strangers: 64, calls: 16, handshakeMs: 10_000, idleMs: 30_000 };

export interface ListenOptions extends Access {
  /** Beyond the loopback interface even where anybody may join. */
  readonly insecure?: boolean;
  readonly limits?: Limits;
  /** Bytes of scenes that lie incomplete, over all sessions: the session with the most makes room. Absent: no bound. */
  readonly sceneBytes?: number;
  /** Whether a session has something to compute: its place is not to be had. Absent: all have. */
  busy?(session: WorkerLink): boolean;
  /** Somebody did not get in: a line for the log. */
  refused?(peer: string, reason: string): void;
}

type Call = grpc.ServerDuplexStream<ToWorker__Output, never>;

/** Of a session. */
interface Place {
  readonly busy: boolean;
  /** Bytes of scenes that lie incomplete. */
  incomplete: number;
  giveUp(why?: string): void;
}

/**
 * Serves `session` on an address; port 0 takes any free one. When all places are taken, whoever has said nothing for
 * longest among those who have nothing to compute makes room. Answers grpc.health.v1, too, to whoever can connect.
 * @throws FractalError EXPOSED, PORT_IN_USE
 */
export async function grpcListen(
  address: Address,
  session: (link: WorkerLink, peer: string) => void,
  options: ListenOptions = {},
): Promise<Listener> {
  const { token, limits = LIMITS, busy = () => true, refused = () => undefined, sceneBytes = Infinity } = options;
  const { server, door } = await openServer(address, options);
  const probed = health(['fractal.v1.Peer']);
  /** Who was heard last comes last. */
  const places = new Set<Place>();
  let draining = false;

  /** What keeps a leader out, if so. */
  function objection(call: Call): Partial<grpc.StatusObject> | undefined {
    const why = objectionTo(call.metadata.get('authorization')[0]?.toString(), token);
    if (why) {
      refused(call.getPeer(), why);
      return { code: grpc.status.UNAUTHENTICATED, details: why };
    }
    if (draining) return { code: grpc.status.UNAVAILABLE, details: 'it is going down' };
    if (places.size >= limits.leaders) [...places].find((place) => !place.busy)?.giveUp();
    if (places.size < limits.leaders) return undefined;
    const details = `${places.size} leaders are served already`;
    refused(call.getPeer(), details);
    return { code: grpc.status.RESOURCE_EXHAUSTED, details };
  }

  /** A session holds so many bytes of scenes that lie incomplete. */
  function hold(place: Place, bytes: number): void {
    place.incomplete = bytes;
    for (;;) {
      const total = [...places].reduce((sum, one) => sum + one.incomplete, 0);
      if (total <= sceneBytes) return;
      const [largest] = [...places].sort((a, b) => b.incomplete - a.incomplete);
      if (!largest) return;
      const why = `scenes of more than ${Math.floor(sceneBytes / 2 ** 20)} MiB lie incomplete here: --scene-memory`;
      largest.incomplete = 0;
      if (largest === place) throw new FractalError('PROTOCOL', why);
      largest.giveUp(why);
    }
  }

  function admit(call: Call): void {
    const objected = objection(call);
    const peer = call.getPeer();
    if (objected) {
      call.emit('error', objected);
      door.showOut(peer);
      return;
    }
    door.welcome(peer);
    // The leader learns of the end by its status alone: destroy() would send none, and leave it waiting.
    const abort = (details: string) => void call.emit('error', { code: grpc.status.ABORTED, details });
    const silence = setTimeout(() => abort('no greeting came'), limits.handshakeMs);
    const inbox = workerInbox(codec, (bytes) => hold(place, bytes));
    const link = new StreamLink<ToLeader, ToWorker, ToWorker__Output>(
      call as unknown as Stream,
      wireToLeader,
      (wire) => {
        clearTimeout(silence);
        if (places.delete(place)) places.add(place);
        return inbox(wire);
      },
      abort,
      (error) => reasonOf(undefined, error.details ?? error.message, {}),
    );
    const place: Place = {
      get busy() {
        return busy(link);
      },
      incomplete: 0,
      giveUp: (why = 'it had nothing to compute, and another leader came') => abort(why),
    };
    places.add(place);
    const leave = once(() => {
      clearTimeout(silence);
      places.delete(place);
      door.showOut(peer);
    });
    call.on('error', leave);
    call.on('close', leave);
    session(link, peer);
  }

  server.addService(Peer.service, { session: admit });
  server.addService(Health.service, probed.handlers);
  return {
    address: { host: address.host, port: door.port },
    drain() {
      draining = true;
      probed.drain();
      return door.left();
    },
    async close() {
      server.forceShutdown();
      door.close();
    },
  };
}

/**
 * A server without services, behind a door.
 * @throws FractalError EXPOSED, PORT_IN_USE
 */
export async function openServer(
  address: Address,
  options: ListenOptions,
  flags = { host: '--host', port: '--port' },
): Promise<{ server: grpc.Server; door: Door }> {
  const { insecure = false, limits = LIMITS, refused = () => undefined } = options;
  checkExposure(address.host, options, insecure);
  const server = new grpc.Server({
    ...CHANNEL_OPTIONS,
    'grpc.max_concurrent_streams': limits.calls,
    'grpc.max_connection_idle_ms': limits.idleMs,
  });
  // Connections come through a door of our own: grpc-js bounds neither their number nor their handshakes.
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const enter = injector.injectConnection.bind(injector);
  const door = await openDoor(address, { ...limits, tls: options.tls, enter, refused }).catch((error) => {
    const why = whyNot(messageOf(error), flags);
    throw new FractalError('PORT_IN_USE', `${addressText(address)} ${why}`, { cause: error });
  });
  return { server, door };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** Why an address could not be listened on, and the way out. */
function whyNot(message: string, { host, port }: { host: string; port: string }): string {
  if (message.includes('EADDRINUSE')) return `is in use by another program: choose another port with ${port}`;
  if (message.includes('EADDRNOTAVAIL')) return `is no address of this machine: choose one of its own with ${host}`;
  if (message.includes('EACCES')) return `may not be listened on: choose a port above 1023 with ${port}`;
  return `cannot be listened on (${message}): choose another with ${[...new Set([host, port])].join(' and ')}`;
}
