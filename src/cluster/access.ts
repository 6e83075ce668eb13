/**
 * Access control: certificates of a common CA on both sides, a token that both have, or, on the loopback interface and
 * with --insecure, none. Secrets are never part of an error message.
 */

import { createHash, createPrivateKey, timingSafeEqual, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { FractalError, messageOf } from '../errors.js';

/** PEM texts: the own certificate with its key, and the CAs one of which must have signed the certificate of the other side. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Neither: every peer that can reach the port is accepted. */
export interface Access {
  readonly tls?: Tls;
  readonly token?: string;
}

/** Names of files, as the command line has them. */
export interface AccessFiles {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tokenFile?: string | undefined;
}

const FEWEST = 16;
const MOST = 4096;

/** Reads the files; without a token file, `token` is the token. @throws FractalError CREDENTIALS */
export function readAccess({ tokenFile, ...files }: AccessFiles, token: string | undefined, now: Date): Access {
  const tls = readTls(files, now);
  const known = tokenFile === undefined ? token : read('--token-file', tokenFile);
  const named = tokenFile === undefined ? 'FRACTAL_TOKEN' : `--token-file ${tokenFile}`;
  return { ...(tls ? { tls } : {}), ...(known === undefined ? {} : { token: checkedToken(known.trim(), named) }) };
}

function checkedToken(token: string, named: string): string {
  const way = `make one with "openssl rand -hex 32"`;
  if (token.length < FEWEST || token.length > MOST) {
    throw wrong(`${named} has ${token.length} characters, not ${FEWEST} to ${MOST}: ${way}`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) throw wrong(`${named} has more than one line, or blanks, or no ASCII: ${way}`);
  return token;
}

function readTls({ tlsCert, tlsKey, tlsCa }: AccessFiles, now: Date): Tls | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined || tlsCa === undefined) {
    const missing = Object.entries({ '--tls-cert': tlsCert, '--tls-key': tlsKey, '--tls-ca': tlsCa });
    const names = missing.filter(([, file]) => file === undefined).map(([name]) => name);
    throw wrong(`${names.join(' and ')} missing: TLS takes --tls-cert, --tls-key and --tls-ca together`);
  }
  const tls = { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey), ca: read('--tls-ca', tlsCa) };
  const cert = parsed('--tls-cert', tlsCert, 'certificate', () => new X509Certificate(tls.cert));
  const key = parsed('--tls-key', tlsKey, 'private key', () => createPrivateKey(tls.key));
  parsed('--tls-ca', tlsCa, 'certificate', () => new X509Certificate(tls.ca));
  if (!cert.checkPrivateKey(key)) throw wrong(`--tls-key ${tlsKey} is not the key of --tls-cert ${tlsCert}`);
  const way = 'make new certificates with "fractal certs --force"';
  if (new Date(cert.validTo) < now) throw wrong(`--tls-cert ${tlsCert} expired on ${cert.validTo}: ${way}`);
  parsed('--tls-cert', tlsCert, 'certificate', () => createSecureContext(tls));
  return tls;
}

function read(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`${flag} ${path} cannot be read: ${messageOf(error)}`, error);
  }
}

/** `cause` is left out: OpenSSL's error for a key may quote it. */
function parsed<T>(flag: string, path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw wrong(`${flag} ${path} is not a ${what} in PEM: make one with "fractal certs"`);
  }
}

function wrong(sentence: string, cause?: unknown): FractalError {
  return new FractalError('CREDENTIALS', sentence, { cause });
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Literal addresses and "localhost" only: any other name may resolve to another machine. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether peers need credentials. */
export function isControlled({ tls, token }: Access): boolean {
  return tls !== undefined || token !== undefined;
}

/** Checked before an address is listened on. @throws FractalError EXPOSED where every peer on the network could connect. */
export function checkExposure(host: string, access: Access, insecure: boolean): void {
  if (isControlled(access) || insecure || isLoopback(host)) return;
  throw new FractalError(
    'EXPOSED',
    `${host} is reachable from the network without access control: give it certificates ` +
      '(--tls-cert --tls-key --tls-ca, made by "fractal certs"), a token (--token-file or FRACTAL_TOKEN), or --insecure',
  );
}

const SCHEME = 'Bearer ';

export function authorization(token: string): string {
  return `${SCHEME}${token}`;
}

/** What is wrong with an authorization header for a listener with this token, if anything. */
export function validateAuthorization(header: string | undefined, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  if (header === undefined) return 'it sent no token';
  // Hashes have one length: the time of the comparison does not depend on how the two differ.
  const same = timingSafeEqual(hash(header), hash(authorization(token)));
  return same ? undefined : 'it sent another token';
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
