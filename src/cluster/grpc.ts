/**
 * The transport over gRPC, and the leader's end of it; listen.ts is the worker's. The leader is the client: only a client
 * can raise the HTTP/2 window in grpc-js, and the results that it receives are large. Every dial uses a new channel,
 * so that no back-off of an earlier one delays it.
 */

import type { Socket } from 'node:net';
import { checkServerIdentity, createSecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import type { Scene__Output } from '../../gen/fractal/v1/Scene.js';
import type { ToLeader__Output } from '../../gen/fractal/v1/ToLeader.js';
import type { ProtoGrpcType as HealthTypes } from '../../gen/health.js';
import type { ProtoGrpcType } from '../../gen/peer.js';
import { messageOf } from '../errors.js';
import { type Access, authorization } from './access.js';
import { BOUNDS } from './bounds.js';
import { ABORTS_ON_EXTENSIONS, withoutExtensions } from './extensions.js';
import type { ToLeader, ToWorker } from './messages.js';
import { otherName, reasonOf } from './refusal.js';
import { checkOneof, type Nested } from './shape.js';
import { countWire, Traffic } from './traffic.js';
import { type Address, addressText, type Dialer, type Link } from './transport.js';
import { leaderWire } from './wire.js';
import { ASSIGN_SHAPE, type SceneCodec, type WireScene } from './wire-work.js';

const PROTOS = fileURLToPath(new URL('../../../proto', import.meta.url));
const WINDOW_BYTES = 16 << 20;

/** Of both ends. */
export const CHANNEL_OPTIONS = {
  'grpc.keepalive_time_ms': 5_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.max_receive_message_length': BOUNDS.messageBytes,
};

// Errors are handled where they occur; grpc-js would print them as well.
grpc.setLogVerbosity(grpc.logVerbosity.NONE);

const definition = protoLoader.loadSync(['fractal/v1/peer.proto', 'grpc/health/v1/health.proto'], {
  includeDirs: [PROTOS],
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});
const { Session } = definition['fractal.v1.Peer'] as protoLoader.ServiceDefinition;
if (Session) {
  // Fields that carry a chunk or a task, and the fields within that are messages.
  Session.requestDeserialize = shaped(Session.requestDeserialize, { 2: { 2: {} }, 3: ASSIGN_SHAPE, 9: { 2: {} } });
  Session.responseDeserialize = shaped(Session.responseDeserialize, { 3: { 2: {} } });
}
const packages = grpc.loadPackageDefinition(definition) as unknown as ProtoGrpcType & HealthTypes;
export const { Peer, Registration } = packages.fractal.v1;
export const { Health } = packages.grpc.health.v1;
const sceneType = definition['fractal.v1.Scene'] as protoLoader.MessageTypeDefinition<WireScene, Scene__Output>;
export const codec: SceneCodec = {
  encode: (scene) => sceneType.serialize(scene),
  decode: (bytes) => sceneType.deserialize(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length)),
};

/** Refuses messages that are expensive to decode. */
function shaped(decode: (bytes: Buffer) => object, large: Nested): (bytes: Buffer) => object {
  return (bytes) => {
    checkOneof(bytes, large);
    return decode(bytes);
  };
}

type ClientOf<C> = new (address: string, credentials: grpc.ChannelCredentials, options: grpc.ClientOptions) => C;

export interface Calling {
  /** Each client has a channel of its own. */
  client<C extends grpc.Client>(Client: ClientOf<C>, address: Address): C;
  readonly metadata: grpc.Metadata;
}

/**
 * How to call a server: with the certificates and token of `access`, requiring the same of the server.
 */
export function calling({ tls, token }: Access): Calling {
  const context = tls && createSecureContext({ ...tls, minVersion: 'TLSv1.3' });
  const options = {
    ...CHANNEL_OPTIONS,
    'grpc-node.flow_control_window': WINDOW_BYTES,
    'grpc.use_local_subchannel_pool': 1,
    // grpc-js would connect through the web proxy of http_proxy and the like, even to 127.0.0.1.
    'grpc.enable_http_proxy': 0,
    // A name for SNI, where an IP address must not stand; the certificate is checked against the address.
    ...(context ? { 'grpc.ssl_target_name_override': 'fractal' } : {}),
  };
  const metadata = new grpc.Metadata();
  if (token !== undefined) metadata.set('authorization', authorization(token));
  return {
    client(Client, address) {
      const credentials = context ? secured(context, address) : grpc.credentials.createInsecure();
      const release = ABORTS_ON_EXTENSIONS ? guard(credentials) : () => undefined;
      const client = new Client(addressText(address), credentials, options);
      const close = client.close.bind(client);
      client.close = () => {
        close();
        release();
      };
      return client;
    },
    metadata,
  };
}

export function grpcDialer(access: Access = {}): Dialer {
  const { client: clientOf, metadata } = calling(access);
  return {
    dial(address) {
      const client = clientOf(Peer, address);
      const call = client.session(metadata);
      const { toWire, inbox } = leaderWire(codec, addressText(address));
      const link = new StreamLink<ToWorker, ToLeader, ToLeader__Output>(
        call as unknown as Stream,
        toWire,
        inbox,
        () => call.cancel(),
        (error) => reasonOf(error.code, error.details ?? error.message, access),
      );
      call.on('status', () => client.close());
      return link;
    },
  };
}

function secured(context: ReturnType<typeof createSecureContext>, address: Address): grpc.ChannelCredentials {
  const host = address.name ?? address.host;
  return grpc.credentials.createFromSecureContext(context, {
    checkServerIdentity: (_, cert) =>
      checkServerIdentity(host, cert) ? otherName(host, cert.subjectaltname) : undefined,
  });
}

/**
 * Guards the connections made with these credentials: grpc-js has no other hook for it. After a call of the result they
 * do not keep the process alive, nor do those that are still being made, like connections that are not guarded.
 */
function guard(credentials: grpc.ChannelCredentials): () => void {
  const sockets: Socket[] = [];
  let released = false;
  const connectorOf = credentials._createSecureConnector.bind(credentials);
  credentials._createSecureConnector = (...target) => {
    const connector = connectorOf(...target);
    const connect = connector.connect.bind(connector);
    connector.connect = async (raw) => {
      const { socket, secure } = await connect(raw);
      if (released) socket.unref();
      sockets.push(socket);
      return { socket: withoutExtensions(socket) as Socket, secure };
    };
    return connector;
  };
  return () => {
    released = true;
    for (const socket of sockets) socket.unref();
  };
}

/** What both ends of a gRPC stream have in common. */
export interface Stream {
  write(message: unknown): boolean;
  end(): void;
  on(event: string, listener: (argument: never) => void): void;
  once(event: string, listener: () => void): void;
}

/** One end of a session, as a stream of wire messages. */
export class StreamLink<Out, In, Wire> implements Link<Out, In> {
  readonly traffic = new Traffic();
  private over = false;
  /** Set while the stream is full. All senders await the same promise; it resolves at the end of the link, too. */
  private full: Promise<void> | undefined;
  private stopWaiting = () => {};

  constructor(
    private readonly stream: Stream,
    private readonly toWire: (message: Out) => Iterable<object>,
    private readonly inbox: (wire: Wire) => In | undefined,
    private readonly abort: (reason: string) => void,
    private readonly reasonOf: (error: Partial<grpc.ServiceError> & Error) => Error,
  ) {}

  async send(message: Out): Promise<void> {
    // Waiting senders continue in the order in which they began to wait.
    while (this.full) await this.full;
    for (const wire of this.toWire(message)) {
      if (this.over) return;
      countWire(this.traffic, 'sent', wire);
      if (!this.stream.write(wire)) await this.drain();
    }
  }

  end(): void {
    if (this.full) void this.full.then(() => this.end());
    else this.stream.end();
  }

  close(reason = 'the worker closed the connection'): void {
    if (!this.over) this.abort(reason);
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
      countWire(this.traffic, 'received', wire as object);
      try {
        const message = this.inbox(wire);
        if (message) handlers.message(message);
      } catch (error) {
        ended(error as Error);
        this.abort(messageOf(error));
      }
    });
    this.stream.on('end', () => ended());
    this.stream.on('error', (error: Error) => ended(this.reasonOf(error)));
    this.stream.on('cancelled', () => ended(new Error('the leader closed the connection')));
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
