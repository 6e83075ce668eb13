/**
 * The transport over gRPC. The leader is the client: it alone can raise the HTTP/2 window in grpc-js, and the results
 * that flow to it are what is large. A fresh channel for every dial, so that no back-off of an earlier one delays it.
 */

import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import type { ToLeader__Output } from '../../gen/fractal/v1/ToLeader.js';
import type { ToWorker__Output } from '../../gen/fractal/v1/ToWorker.js';
import type { ProtoGrpcType } from '../../gen/peer.js';
import { FractalError, messageOf } from '../errors.js';
import type { ToLeader, ToWorker } from './messages.js';
import { type Address, addressText, type Dialer, type Link, type Listener, type WorkerLink } from './transport.js';
import { leaderInbox, type SceneCodec, type WireScene, wireToLeader, wireToWorker, workerInbox } from './wire.js';

const PROTO = fileURLToPath(new URL('../../../proto/fractal/v1/peer.proto', import.meta.url));
const WINDOW_BYTES = 16 << 20;

// Errors reach whoever caused them; grpc-js would print them a second time.
grpc.setLogVerbosity(grpc.logVerbosity.NONE);

const definition = protoLoader.loadSync(PROTO, { longs: Number, enums: String, defaults: true, oneofs: true });
const { Peer } = (grpc.loadPackageDefinition(definition) as unknown as ProtoGrpcType).fractal.v1;
const sceneType = definition['fractal.v1.Scene'] as protoLoader.MessageTypeDefinition<WireScene, WireScene>;
const codec: SceneCodec = {
  encode: (scene) => sceneType.serialize(scene),
  decode: (bytes) => sceneType.deserialize(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length)),
};

export const grpcDialer: Dialer = {
  dial(address) {
    const client = new Peer(addressText(address), grpc.credentials.createInsecure(), {
      'grpc-node.flow_control_window': WINDOW_BYTES,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
    });
    const call = client.session();
    const link = new StreamLink<ToWorker, ToLeader, ToLeader__Output>(
      call as unknown as Stream,
      (message) => wireToWorker(message, codec),
      leaderInbox(),
      () => call.cancel(),
    );
    call.on('status', () => client.close());
    return link;
  },
};

/**
 * Serves `session` on an address; port 0 takes any free one.
 * @throws FractalError PORT_IN_USE
 */
export async function grpcListen(
  address: Address,
  session: (link: WorkerLink, peer: string) => void,
): Promise<Listener> {
  const server = new grpc.Server({ 'grpc.keepalive_time_ms': 10_000, 'grpc.keepalive_timeout_ms': 5_000 });
  server.addService(Peer.service, {
    session(call: grpc.ServerDuplexStream<ToWorker__Output, never>) {
      const link = new StreamLink<ToLeader, ToWorker, ToWorker__Output>(
        call as unknown as Stream,
        wireToLeader,
        workerInbox(codec),
        // The leader learns of the end by its status alone: destroy() would send none, and leave it waiting.
        (reason) => call.emit('error', { code: grpc.status.ABORTED, details: reason }),
      );
      session(link, call.getPeer());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(addressText(address), grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) {
        reject(
          new FractalError('PORT_IN_USE', `${addressText(address)} ${whyNot(messageOf(error))}`, { cause: error }),
        );
      } else resolve(bound);
    });
  });
  return {
    address: { host: address.host, port },
    close: async () => server.forceShutdown(),
  };
}

/** Why an address could not be listened on, and the way out. */
function whyNot(message: string): string {
  if (message.includes('EADDRINUSE')) return 'is in use by another program: choose another port with --port';
  if (message.includes('EADDRNOTAVAIL')) return 'is no address of this machine: choose one of its own with --host';
  if (message.includes('EACCES')) return 'may not be listened on: choose a port above 1023 with --port';
  return `cannot be listened on (${message}): choose another with --host and --port`;
}

/** What both ends of a gRPC stream have in common. */
interface Stream {
  write(message: unknown): boolean;
  end(): void;
  on(event: string, listener: (argument: never) => void): void;
  once(event: string, listener: () => void): void;
}

class StreamLink<Out, In, Wire> implements Link<Out, In> {
  sent = 0;
  received = 0;
  private over = false;
  /** Set while the stream takes no more. One wait for all senders; the end of the link ends it too. */
  private full: Promise<void> | undefined;
  private stopWaiting = () => {};

  constructor(
    private readonly stream: Stream,
    private readonly toWire: (message: Out) => Iterable<object>,
    private readonly inbox: (wire: Wire) => In | undefined,
    private readonly abort: (reason: string) => void,
  ) {}

  async send(message: Out): Promise<void> {
    // Behind those that wait: waiting senders go on in the order in which they began to wait.
    while (this.full) await this.full;
    for (const wire of this.toWire(message)) {
      if (this.over) return;
      this.sent += payload(wire);
      if (!this.stream.write(wire)) await this.drain();
    }
  }

  end(): void {
    if (this.full) void this.full.then(() => this.end());
    else this.stream.end();
  }

  close(): void {
    if (!this.over) this.abort('the worker broke off');
  }

  listen(handlers: { message(message: In): void; ended(error?: Error): void }): void {
    const ended = (error?: Error) => {
      if (this.over) return;
      this.over = true;
      this.stopWaiting();
      handlers.ended(error);
    };
    this.stream.on('data', (wire: Wire) => {
      if (this.over) return;
      this.received += payload(wire as object);
      try {
        const message = this.inbox(wire);
        if (message) handlers.message(message);
      } catch (error) {
        ended(error as Error);
        this.abort(messageOf(error));
      }
    });
    this.stream.on('end', () => ended());
    this.stream.on('error', (error: Error) => ended(plain(error)));
    this.stream.on('cancelled', () => ended(new Error('the leader went away')));
  }

  private drain(): Promise<void> {
    this.full ??= new Promise((resolve) => {
      const done = () => {
        this.full = undefined;
        resolve();
      };
      this.stopWaiting = done;
      this.stream.once('drain', done);
    });
    return this.full;
  }
}

/** The bytes that matter of a message: those of its piece. */
function payload(wire: object): number {
  const { scene, result } = wire as { [key: string]: { piece?: { data?: Uint8Array } } | null | undefined };
  return scene?.piece?.data?.length ?? result?.piece?.data?.length ?? 0;
}

/** gRPC's message without its status code in front and its list of addresses behind. */
function plain(error: Error): Error {
  const details = (error as Partial<grpc.ServiceError>).details ?? error.message;
  const refused = /(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/.exec(details);
  return new Error(refused ? `${refused[1]}` : (details.split('\n', 1)[0] ?? 'the connection broke'), { cause: error });
}
