/** Why a connection to a worker ended, as one line: the reason is taken from gRPC's details. */

import { FractalError, oneLine } from '../errors.js';
import type { Access } from './access.js';
import { FOREIGN_FRAME } from './extensions.js';
import { Refusal } from './transport.js';

const UNAUTHENTICATED = 16;
const SAME_CA = 'take the certificates of one "fractal certs" on both sides';

/** Messages of OpenSSL and Node for a worker's certificate that is not valid, and the reason to report. */
const CERTIFICATE: readonly [pattern: RegExp, reason: string][] = [
  [/certificate has expired/, 'its certificate has expired: make new ones with "fractal certs --force"'],
  [/certificate is not yet valid/, 'its certificate is not valid yet: set the clocks of both machines'],
  [/self-signed certificate|unable to (verify|get) .*certificate/, `its certificate is of another CA: ${SAME_CA}`],
  [/unsupported certificate purpose/, `its certificate is not made for servers: ${SAME_CA}`],
  [
    /wrong version number|packet length too long|record layer failure/,
    'it does not speak TLS: start it with --tls-cert --tls-key --tls-ca',
  ],
];

/** The error of a certificate for another name. */
export function otherName(host: string, names: string | undefined): Error {
  return new Error(`its certificate is for ${names ?? 'no name'} and not for ${host}: make one for this line`);
}

/** `code` and `details` as gRPC gives them; `access`: the certificates and token of the leader. */
export function reasonOf(code: number | undefined, details: string, { tls, token }: Access): Error {
  if (code === UNAUTHENTICATED) {
    const what = token === undefined ? 'it requires a token' : 'it requires another token than this one';
    return new Refusal(`${what}: use the same --token-file, or FRACTAL_TOKEN, on both sides`, true);
  }
  const unreadable = /Response message parsing error: (.*)|(Received message larger than max.*)/s.exec(details);
  if (unreadable) return new FractalError('PROTOCOL', oneLine(unreadable[1] ?? unreadable[2] ?? ''));
  const name = /its certificate is for .* and not for .*: make one for this line/.exec(details);
  if (name) return new Refusal(oneLine(name[0]), true);
  const [, reason] = CERTIFICATE.find(([pattern]) => pattern.test(details)) ?? [];
  if (reason) return new Refusal(reason, true);
  if (details.includes(FOREIGN_FRAME)) return new Refusal(`${FOREIGN_FRAME}: perhaps no worker listens there`, false);
  if (/Failed to connect|ECONNRESET|EPIPE|Protocol error/.test(details) && /No connection/.test(details)) {
    // It may be starting or ending.
    if (tls)
      return new Refusal(`it closed the connection after the handshake: its log has the reason; ${SAME_CA}`, false);
    return new Refusal('it closed the connection before the first message: it may require TLS', false);
  }
  if (/^Deadline exceeded/i.test(details)) return new Error('it did not answer in time');
  const system = /(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/.exec(details);
  return new Error(system?.[1] ?? (oneLine(causeIn(details)) || 'the connection was lost'));
}

/** The first line of the details without the sentence that grpc-js puts around the cause of a failed connection. */
function causeIn(details: string): string {
  const [, cause] = /^No connection established\. Last error: (.*?)\. Resolution note: /s.exec(details) ?? [];
  // grpc-js has no cause where a connection attempt was rejected without an error.
  if (cause === 'undefined' || cause === 'null' || cause === '') return 'no connection could be made';
  return (cause ?? details).split('\n', 1)[0]?.replace(' - Local (undefined:undefined)', '') ?? '';
}
