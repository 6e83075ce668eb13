/**
 * How a worker that no hostfile names comes to a leader: it says where it listens, and the leader dials it. So whoever
 * joins is called and checked like all others, and the leader stays the client.
 */

import grpc from '@grpc/grpc-js';
import type { Joining__Output } from '../../gen/fractal/v1/Joining.js';
import { FractalError } from '../errors.js';
import { type Access, objectionTo } from './access.js';
import { calling, Lobby } from './grpc.js';
import { type ListenOptions, openServer } from './listen.js';
import { PROTOCOL } from './messages.js';
import { pause } from './pause.js';
import { otherBuild, type Program } from './program.js';
import { reasonOf } from './refusal.js';
import { type Address, addressText, type Listener } from './transport.js';

/** A worker says again that it is there: while the leader does not know it, and when it does. */
const ASK_MS = 2_000;
const REMIND_MS = 5_000;
const ANSWER_MS = 5_000;

/**
 * Takes those in who want to join: `join` dials, or says why not.
 * @throws FractalError EXPOSED, PORT_IN_USE
 */
export async function openLobby(
  address: Address,
  program: Program,
  join: (worker: Address) => string | undefined,
  options: ListenOptions = {},
): Promise<Listener> {
  const { token, refused = () => undefined } = options;
  const { server, door } = await openServer(address, options, { host: '--listen', port: '--listen' });

  function answer(call: grpc.ServerUnaryCall<Joining__Output, object>): Partial<grpc.StatusObject> | undefined {
    const stranger = objectionTo(call.metadata.get('authorization')[0]?.toString(), token);
    if (stranger) return { code: grpc.status.UNAUTHENTICATED, details: stranger };
    const address = addressOf(call.request, call.getPeer());
    const details = skewOf(call.request, program) ?? objectionToAddress(address) ?? join(address);
    return details === undefined ? undefined : { code: grpc.status.FAILED_PRECONDITION, details };
  }

  server.addService(Lobby.service, {
    join(call: grpc.ServerUnaryCall<Joining__Output, object>, reply: grpc.sendUnaryData<object>) {
      const objection = answer(call);
      if (objection) refused(call.getPeer(), objection.details ?? '');
      reply(objection ?? null, {});
      door.showOut(call.getPeer());
    },
  });
  return {
    address: { host: address.host, port: door.port },
    async drain() {},
    async close() {
      server.forceShutdown();
      door.close();
    },
  };
}

function skewOf(worker: Joining__Output, { version, build }: Program): string | undefined {
  if (worker.protocol === PROTOCOL && worker.version === version) {
    return worker.build === build ? undefined : otherBuild('the worker is', worker.build, 'the leader', build);
  }
  const [its, ours] = [`${worker.version} (protocol ${worker.protocol})`, `${version} (protocol ${PROTOCOL})`];
  return `the worker is version ${its}, the leader ${ours}: run the same version on both`;
}

function objectionToAddress({ host, port }: Address): string | undefined {
  const good = /^[\w.:%-]{1,253}$/.test(host) && port > 0 && port < 65_536;
  return good ? undefined : 'what it says of its address is none';
}

/** Where the worker said it is; without a host, where the call comes from: "10.0.0.7:41234", "::1:41234". */
function addressOf({ host, port }: Joining__Output, peer: string): Address {
  if (host !== '') return { host, port };
  return { host: peer.slice(0, peer.lastIndexOf(':')).replace(/^::ffff:/, ''), port };
}

export interface AnnounceOptions extends Program {
  readonly access: Access;
  readonly signal: AbortSignal;
  /** Attempts after the first one that failed, in a row, before it gives up; absent: no limit. */
  readonly retries?: number;
  /** A leader is connected: a failed attempt does not count. */
  connected?(): boolean;
  /** What changed: it may join, it may not, and why. */
  say(text: string): void;
}

/**
 * Tells a leader again and again where this worker listens, until the signal, or until as many attempts have failed as
 * `retries` allows. @throws FractalError NO_LEADER when none of them ever succeeded
 */
export async function announce(leader: Address, worker: Address, options: AnnounceOptions): Promise<void> {
  const { access, version, build, signal, say, retries = Infinity, connected = () => false } = options;
  const channel = calling(access);
  const host = ['0.0.0.0', '::'].includes(worker.host) ? '' : worker.host;
  let before: string | undefined;
  let known = false;
  let failed = 0;
  while (!signal.aborted) {
    const why = await ask({ protocol: PROTOCOL, version, build, host, port: worker.port });
    if (why !== before && !signal.aborted) say(why === '' ? 'is known to its leader' : `cannot join so far: ${why}`);
    before = why;
    known ||= why === '';
    failed = why === '' || connected() ? 0 : failed + 1;
    if (failed > retries && !signal.aborted) {
      const times = `${failed} attempt${failed > 1 ? 's' : ''}`;
      if (!known)
        throw new FractalError('NO_LEADER', `${addressText(leader)} did not accept this worker in ${times}: ${why}`);
      say(`its leader is gone, ${times} to register failed: ${why}`);
      return;
    }
    await pause(why === '' ? REMIND_MS : ASK_MS, signal);
  }

  /** Why it may not join; empty: it may. A fresh channel each time, which waits for no back-off of an earlier one. */
  function ask(joining: object): Promise<string> {
    return new Promise((resolve) => {
      const client = channel.client(Lobby, leader);
      client.join(joining, channel.metadata, { deadline: Date.now() + ANSWER_MS }, (error) => {
        client.close();
        resolve(error ? reasonOf(error.code, error.details, access).message : '');
      });
    });
  }
}
