/** Which clients of HTTP are answered: those with a token, or those of this machine. */

import { readFile } from 'node:fs/promises';
import { isLoopback } from '../cluster/access.js';
import type { Address } from '../cluster/transport.js';
import { FractalError, messageOf } from '../errors.js';
import { parseTokens, type Tokens } from '../service/http/tokens.js';

export interface HttpAccessOptions {
  /** Where clients are answered. */
  readonly at: Address;
  /** The flag that says so. */
  readonly flag: string;
  /** File of tokens with roles; absent: only this machine is served. */
  readonly tokens: string | undefined;
  /** Other machines may send requests without a token. */
  readonly insecure: boolean;
}

export interface HttpAccess {
  readonly tokens?: Tokens;
  readonly loopbackOnly: boolean;
}

/** @throws FractalError CREDENTIALS, EXPOSED */
export async function httpAccess({ at, flag, tokens: path, insecure }: HttpAccessOptions): Promise<HttpAccess> {
  const tokens = path === undefined ? undefined : parseTokens(await credentialsOf(path, 'http-tokens'), path);
  const loopback = isLoopback(at.host);
  if (!tokens && !insecure && !loopback) {
    const why = `--${flag} ${at.host} is reachable from the network without tokens`;
    throw new FractalError('EXPOSED', `${why}: give --http-tokens FILE, or --insecure`);
  }
  return { ...(tokens ? { tokens } : {}), loopbackOnly: !tokens && loopback };
}

/** The text of a file that a flag names. @throws FractalError CREDENTIALS, REQUEST_FILE */
export async function credentialsOf(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = flag === 'owners' ? 'REQUEST_FILE' : 'CREDENTIALS';
    throw new FractalError(code, `--${flag} ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
