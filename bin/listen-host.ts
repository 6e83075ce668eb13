/**
 * The address that `fractal worker --host` names. In other systems --host names the leader: such a value is an error
 * that points to --join.
 */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isLoopback } from '../src/cluster/access.js';
import { parseAddress } from '../src/cluster/transport.js';
import { invalid } from '../src/request/values.js';

const DEFAULT_LEADER_PORT = 50050;

/** Without the brackets of IPv6. @throws FractalError REQUEST_INVALID unless it is an address of this machine */
export async function listenHost(value: string): Promise<string> {
  const host = /^\[(.*)\]$/.exec(value)?.[1] ?? value;
  const given = isIP(host) === 0 ? parseAddress(value) : undefined;
  if (given) {
    throw invalid(
      `--host "${value}" is the address that the worker listens on, its port is --port ${given.port}: ` +
        `to register with a leader write --join ${value}`,
    );
  }
  if (isLoopback(host) || ['0.0.0.0', '::'].includes(host)) return host;
  const addresses = isIP(host) === 0 ? await resolved(host) : [host];
  if (addresses.some(isOwn)) return host;
  const leader = `${isIP(host) === 6 ? `[${host}]` : host}:${DEFAULT_LEADER_PORT}`;
  throw invalid(
    `--host "${value}" is no address of this machine, so the worker cannot listen on it: ` +
      `to register with a leader write --join ${leader} (its --listen address); to listen on every address --host 0.0.0.0`,
  );
}

async function resolved(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function isOwn(address: string): boolean {
  const plain = (text: string) => text.split('%', 1)[0]?.toLowerCase();
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => plain(one.address)));
  return isLoopback(address) || own.includes(plain(address));
}
