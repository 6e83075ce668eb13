/**
 * Registration of workers that no hostfile names: a worker reports the address at which it listens, and the leader dials
 * it. It is dialled and checked like all others, and the leader stays the client.
 */

import grpc from '@grpc/grpc-js';
import type { RegisterRequest__Output } from '../../gen/fractal/v1/RegisterRequest.js';
import { FractalError } from '../errors.js';
import { type Access, validateAuthorization } from './access.js';
import { calling, Registration } from './grpc.js';
import { type ListenOptions, openServer } from './listen.js';
import { PROTOCOL } from './messages.js';
import { pause } from './pause.js';
import { otherBuild, type Program } from './program.js';
import { reasonOf } from './refusal.js';
import { type Address, addressText, type Listener } from './transport.js';

/** Between registrations: while they fail, and once one was accepted. */
const RETRY_MS = 2_000;
const RENEW_MS = 5_000;
const ANSWER_MS = 5_000;

/**
 * Serves registrations: `join` dials the worker; what it returns is why it may not join. `caller`: the host that registers
 * it.
 * @throws FractalError EXPOSED, PORT_IN_USE
 */
export async function openRegistration(
  address: Address,
  program: Program,
  join: (worker: Address, caller: string) => string | undefined,
  options: ListenOptions = {},
): Promise<Listener> {
  const { token, refused = () => undefined } = options;
  const { server, guard } = await openServer(address, options, { host: '--listen', port: '--listen' });

  function answer(call: grpc.ServerUnaryCall<RegisterRequest__Output, object>): Partial<grpc.StatusObject> | undefined {
    const refusal = validateAuthorization(call.metadata.get('authorization')[0]?.toString(), token);
    if (refusal) return { code: grpc.status.UNAUTHENTICATED, details: refusal };
    const caller = hostOf(call.getPeer());
    const address = { host: call.request.host || caller, port: call.request.port };
    const details = skewOf(call.request, program) ?? validateAddress(address) ?? join(address, caller);
    return details === undefined ? undefined : { code: grpc.status.FAILED_PRECONDITION, details };
  }

  server.addService(Registration.service, {
    register(call: grpc.ServerUnaryCall<RegisterRequest__Output, object>, reply: grpc.sendUnaryData<object>) {
      const error = answer(call);
      if (error) refused(call.getPeer(), error.details ?? '');
      reply(error ?? null, {});
      guard.release(call.getPeer());
    },
  });
  return {
    address: { host: address.host, port: guard.port },
    async drain() {},
    async close() {
      server.forceShutdown();
      guard.close();
    },
  };
}

function skewOf(worker: RegisterRequest__Output, { version, build }: Program): string | undefined {
  if (worker.protocol === PROTOCOL && worker.version === version) {
    return worker.build === build ? undefined : otherBuild('the worker is', worker.build, 'the leader', build);
  }
  const [its, ours] = [`${worker.version} (protocol ${worker.protocol})`, `${version} (protocol ${PROTOCOL})`];
  return `the worker is version ${its}, the leader ${ours}: run the same version on both`;
}

function validateAddress({ host, port }: Address): string | undefined {
  const good = /^[\w.:%-]{1,253}$/.test(host) && port > 0 && port < 65_536;
  return good ? undefined : 'the address that it states is not valid';
}

/** The host of a peer such as "10.0.0.7:41234" or "::1:41234": also the host of a worker that states none. */
function hostOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(':')).replace(/^::ffff:/, '');
}

export interface RegisterOptions extends Program {
  readonly access: Access;
  readonly signal: AbortSignal;
  /** Attempts after the first one that failed, in a row, before it gives up; absent: no limit. */
  readonly retries?: number;
  /** Whether a leader is connected: then a failed attempt does not count. */
  connected?(): boolean;
  /** Gets a line at each change: it is registered, or why it is not. */
  note(text: string): void;
}

/**
 * Registers this worker with a leader again and again, until the signal, or until as many attempts have failed as
 * `retries` allows. @throws FractalError NO_LEADER when none of them ever succeeded
 */
export async function register(leader: Address, worker: Address, options: RegisterOptions): Promise<void> {
  const { access, version, build, signal, note, retries = Infinity, connected = () => false } = options;
  const channel = calling(access);
  const host = ['0.0.0.0', '::'].includes(worker.host) ? '' : worker.host;
  let before: string | undefined;
  let known = false;
  let failed = 0;
  while (!signal.aborted) {
    const why = await attempt({ protocol: PROTOCOL, version, build, host, port: worker.port });
    if (why !== before && !signal.aborted)
      note(why === '' ? 'is registered with its leader' : `cannot join so far: ${why}`);
    before = why;
    known ||= why === '';
    failed = why === '' || connected() ? 0 : failed + 1;
    if (failed > retries && !signal.aborted) {
      const times = `${failed} attempt${failed > 1 ? 's' : ''}`;
      if (!known) {
        const way = 'start the leader with --listen, or allow more attempts with --retries';
        const what = `${addressText(leader)} did not accept this worker in ${times}`;
        throw new FractalError('NO_LEADER', `${what}: ${why}; ${way}`);
      }
      note(`its leader does not answer any more, ${times} to register failed: ${why}`);
      return;
    }
    await pause(why === '' ? RENEW_MS : RETRY_MS, signal);
  }

  /**
   * Why it may not join; empty: it is registered. Each attempt uses a new channel, so that no back-off of an earlier one delays
   * it.
   */
  function attempt(request: object): Promise<string> {
    return new Promise((resolve) => {
      const client = channel.client(Registration, leader);
      client.register(request, channel.metadata, { deadline: Date.now() + ANSWER_MS }, (error) => {
        client.close();
        resolve(error ? reasonOf(error.code, error.details, access).message : '');
      });
    });
  }
}
