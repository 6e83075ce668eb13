/**
 * The transport without a network: messages become protobuf bytes in chunks as with gRPC, and arrive later, in
 * order, one in each turn of the event loop. transport.test.ts tests it and grpc.ts by the same contract.
 */

import { fileURLToPath } from 'node:url';
import protoLoader from '@grpc/proto-loader';
import type { Scene__Output } from '../../gen/fractal/v1/Scene.js';
import type { ToLeader__Output, ToLeader as WireToLeader } from '../../gen/fractal/v1/ToLeader.js';
import type { ToWorker__Output, ToWorker as WireToWorker } from '../../gen/fractal/v1/ToWorker.js';
import type { ToLeader, ToWorker } from '../../src/cluster/messages.js';
import { countWire, Traffic } from '../../src/cluster/traffic.js';
import { type Address, addressText, type Dialer, type Link, type Listener } from '../../src/cluster/transport.js';
import { leaderInbox, wireToLeader, wireToWorker, workerInbox } from '../../src/cluster/wire.js';
import type { WireScene } from '../../src/cluster/wire-work.js';

const PROTO = fileURLToPath(new URL('../../../proto/fractal/v1/peer.proto', import.meta.url));
const definition = protoLoader.loadSync(PROTO, { longs: Number, enums: String, defaults: true, oneofs: true });

/** The bytes of a wire message, and back. */
export interface Codec<In, Out> {
  encode(wire: In): Buffer;
  decode(bytes: Uint8Array): Out;
}

function codec<In, Out extends object>(name: string): Codec<In, Out> {
  const type = definition[`fractal.v1.${name}`] as unknown as protoLoader.MessageTypeDefinition<Out, Out>;
  const decode = (bytes: Uint8Array) => type.deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return { encode: (wire) => type.serialize(wire as never), decode };
}

export const scenes = codec<WireScene, Scene__Output>('Scene');
export const toWorker = codec<WireToWorker, ToWorker__Output>('ToWorker');
export const toLeader = codec<WireToLeader, ToLeader__Output>('ToLeader');

/** Messages that may be on their way before a sender has to wait: what Node's streams of objects have. */
const HIGH_WATER = 16;

export interface MemoryNetwork {
  readonly dialer: Dialer;
  /** Every port is free until it is taken; each dial opens a session there. */
  listen(address: Address, session: (link: MemoryLink<ToLeader, ToWorker>, peer: string) => void): Listener;
  /** A dialler whose link can also send bytes that no message has. */
  dial(address: Address): MemoryLink<ToWorker, ToLeader>;
  /** Resolves when all messages have arrived. */
  quiet(): Promise<void>;
}

export interface MemoryLink<Out, In> extends Link<Out, In> {
  /** Sends one wire message, whatever its bytes mean. */
  sendBytes(bytes: Uint8Array): void;
}

export function memoryNetwork(): MemoryNetwork {
  const services = new Map<string, (link: End<ToLeader, ToWorker>, peer: string) => void>();
  const ends = new Set<{ readonly busy: boolean }>();
  let dialled = 0;

  function dial(address: Address): End<ToWorker, ToLeader> {
    const leader = new End<ToWorker, ToLeader>(
      { ends: undefined, closes: undefined },
      (message) => wiresOf(wireToWorker(message, scenes), toWorker),
      inboxOf(leaderInbox(), toLeader),
    );
    const service = services.get(addressText(address));
    if (!service) {
      leader.dropArriving(new Error('ECONNREFUSED'));
      return leader;
    }
    const worker = new End<ToLeader, ToWorker>(
      { ends: 'the leader closed the connection', closes: 'the worker closed the connection' },
      (message) => wiresOf(wireToLeader(message), toLeader),
      inboxOf(workerInbox(scenes), toWorker),
    );
    leader.other = worker;
    worker.other = leader;
    for (const end of [leader, worker]) ends.add(end);
    service(worker, `leader ${dialled++}`);
    return leader;
  }

  return {
    dialer: { dial },
    dial,
    listen(address, session) {
      const name = addressText(address);
      const own = new Set<End<ToLeader, ToWorker>>();
      services.set(name, (link, peer) => {
        own.add(link);
        session(link, peer);
      });
      return {
        address,
        async drain() {
          services.delete(name);
          while ([...own].some((link) => !link.gone)) await nextTurn();
        },
        async close() {
          services.delete(name);
          for (const link of own) link.close();
        },
      };
    },
    async quiet() {
      do await nextTurn();
      while ([...ends].some((end) => end.busy));
    },
  };
}

/** After everything due in this turn of the event loop. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** The reasons with which links end on either side, as with gRPC: the worker's end() is the end of the call for both. */
interface EndReasons {
  /** After one's own end(): why one's own link ends, should it do so. */
  readonly ends: string | undefined;
  /** After one's close(): the reason on the other side; undefined: an orderly end. */
  readonly closes: string | undefined;
}

class End<Out, In> implements MemoryLink<Out, In> {
  readonly traffic = new Traffic();
  other: End<In, Out> | undefined;
  private handlers: Parameters<Link<Out, In>['listen']>[0] | undefined;
  private readonly arriving: Uint8Array[] = [];
  /** Set when nothing more will arrive: `ended` is due. */
  private finalEnd: { readonly error: Error | undefined } | undefined;
  private over = false;
  /** end() was called. */
  private ending = false;
  private due = false;
  private full: Promise<void> | undefined;
  private drained = () => {};

  constructor(
    private readonly endReasons: EndReasons,
    private readonly outbox: (message: Out) => Iterable<Parcel>,
    private readonly inbox: (bytes: Uint8Array, traffic: Traffic) => In | undefined,
  ) {}

  /** The end has arrived on both sides. */
  get gone(): boolean {
    return this.over && (this.other?.over ?? true);
  }

  get busy(): boolean {
    return this.due;
  }

  async send(message: Out): Promise<void> {
    while (this.full) await this.full;
    if (this.ending && !this.over) throw new Error('sent after the end');
    for (const { bytes, wire } of this.outbox(message)) {
      if (this.over || this.finalEnd) return;
      countWire(this.traffic, 'sent', wire);
      this.sendBytes(bytes);
      if ((this.other?.arriving.length ?? 0) >= HIGH_WATER) await this.drain();
    }
  }

  sendBytes(bytes: Uint8Array): void {
    this.other?.arrive(Buffer.from(bytes));
  }

  end(): void {
    if (this.full) {
      void this.full.then(() => this.end());
      return;
    }
    this.other?.part(undefined);
    this.ending = true;
    // What is on its way to the one that ends, or closes, may still arrive: with gRPC it may, too.
    if (this.endReasons.ends) this.part(new Error(this.endReasons.ends));
  }

  close(reason = this.endReasons.closes): void {
    if (this.over || this.finalEnd) return;
    const { closes } = this.endReasons;
    this.other?.dropArriving(closes === undefined ? undefined : new Error(reason));
    this.part(new Error('closed on this side'));
  }

  listen(handlers: Parameters<Link<Out, In>['listen']>[0]): void {
    this.handlers = handlers;
    this.turn();
  }

  /** Drops messages that have not arrived. */
  dropArriving(error: Error | undefined): void {
    this.arriving.length = 0;
    this.part(error);
  }

  private part(error: Error | undefined): void {
    if (this.over) return;
    this.finalEnd ??= { error };
    this.drained();
    this.other?.drained();
    this.turn();
  }

  private arrive(bytes: Uint8Array): void {
    if (this.over || this.finalEnd) return;
    this.arriving.push(bytes);
    this.turn();
  }

  private turn(): void {
    if (this.due || this.over || !this.handlers || (this.arriving.length === 0 && !this.finalEnd)) return;
    this.due = true;
    setImmediate(() => {
      this.due = false;
      this.step();
      this.turn();
    });
  }

  private step(): void {
    const bytes = this.arriving.shift();
    if (!bytes) return this.finish(this.finalEnd?.error);
    try {
      const message = this.inbox(bytes, this.traffic);
      if (message) this.handlers?.message(message);
    } catch (error) {
      this.other?.dropArriving(this.endReasons.closes === undefined ? undefined : (error as Error));
      this.finish(error as Error);
    }
    if (this.arriving.length === 0) this.other?.drained();
  }

  private finish(error: Error | undefined): void {
    if (this.over) return;
    this.over = true;
    this.arriving.length = 0;
    this.drained();
    this.handlers?.ended(error);
  }

  private drain(): Promise<void> {
    this.full ??= new Promise((resolve) => {
      this.drained = () => {
        this.full = undefined;
        resolve();
      };
    });
    return this.full;
  }
}

interface Parcel {
  readonly bytes: Uint8Array;
  readonly wire: object;
}

function* wiresOf<Wire extends object>(wires: Iterable<Wire>, { encode }: Codec<Wire, object>): Generator<Parcel> {
  for (const wire of wires) yield { bytes: encode(wire), wire };
}

function inboxOf<Wire extends object, In>(
  inbox: (wire: Wire) => In | undefined,
  { decode }: Codec<never, Wire>,
): (bytes: Uint8Array, traffic: Traffic) => In | undefined {
  return (bytes, traffic) => {
    const wire = decode(bytes);
    countWire(traffic, 'received', wire);
    return inbox(wire);
  };
}
