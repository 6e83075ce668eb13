/**
 * `fractal certs`: a CA, and a certificate for each host of a hostfile and for the leader. Files that exist are kept,
 * so that a new host of the hostfile gets its certificate from the same CA.
 */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Certified as Issued, issue, type Life, newAuthority } from '../cluster/certificates.js';
import { readHostfile } from '../cluster/hostfile.js';
import { keyOf } from '../cluster/hostrange.js';
import { FractalError, messageOf } from '../errors.js';
import type { CertificateEvent } from './events.js';
import type { Context } from './stage.js';

export interface CertsOptions {
  readonly hostfile: string;
  /** The folder. */
  readonly out: string;
  readonly days: number;
  /** Replaces existing files, except those of the CA. */
  readonly force: boolean;
  /** Names and addresses at which workers reach the leader; empty: those of this machine. */
  readonly leader: readonly string[];
}

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
export interface Certified {
  /** The hosts of the hostfile, each once, with their folders. */
  readonly hosts: readonly { readonly host: string; readonly folder: string }[];
  /** The folder of the leader. */
  readonly leader: string;
}

/**
 * Each folder is reported when it is complete.
 * @throws FractalError HOSTFILE_*, CREDENTIALS, OUTFILE_UNWRITABLE; or the signal's reason
 */
export async function makeCertificates(options: CertsOptions, { emit, signal }: Context): Promise<Certified> {
  const { hostfile, out, leader } = options;
  const named = await readHostfile(hostfile, 'name one with --hostfile');
  const hosts = [...new Map(named.map(({ host }) => [keyOf(host), host])).values()].map((host) => ({
    host,
    folder: join(out, 'hosts', folderOf(host)),
  }));
  const authority = await authorityIn(out);
  const own = leader.length > 0 ? leader : [hostname(), 'localhost', '127.0.0.1', '::1'];
  const leaderFolder = join(out, 'leader');
  emit(await make(options, authority, leaderFolder, 'fractal leader', own));
  for (const { host, folder } of hosts) {
    signal.throwIfAborted();
    emit(await make(options, authority, folder, host, [host]));
  }
  return { hosts, leader: leaderFolder };
}

async function authorityIn(out: string): Promise<Issued> {
  const [certFile, keyFile] = [join(out, 'ca.pem'), join(out, 'ca-key.pem')];
  if (existsSync(certFile) || existsSync(keyFile)) {
    const found = { cert: read(certFile), key: read(keyFile) };
    const why = flawOf(found);
    if (why) throw new FractalError('CREDENTIALS', `${certFile} ${why}: name another folder with --out`);
    return found;
  }
  const made = await newAuthority('fractal CA', lifeOf(CA_DAYS));
  write(out, { 'ca-key.pem': made.key, 'ca.pem': made.cert });
  return made;
}

/** Why the CA cannot sign, if so. */
function flawOf(found: Issued): string | undefined {
  try {
    const cert = new X509Certificate(found.cert);
    if (!cert.ca || !cert.checkPrivateKey(createPrivateKey(found.key))) return 'is no CA with its key beside it';
    return new Date(cert.validTo).getTime() < Date.now() ? `expired on ${cert.validTo}` : undefined;
  } catch {
    return 'is no CA with its key beside it';
  }
}

/** Makes a folder with all that one side of a connection needs, unless it exists. */
async function make(
  { days, force }: CertsOptions,
  authority: Issued,
  folder: string,
  commonName: string,
  names: readonly string[],
): Promise<CertificateEvent> {
  const cert = join(folder, 'cert.pem');
  if (!force && existsSync(cert)) return { kind: 'certificate', folder, validTo: validTo(read(cert)) };
  const life = lifeOf(days, validTo(authority.cert));
  const made = await issue(authority, commonName, names, life);
  write(folder, { 'key.pem': made.key, 'ca.pem': authority.cert, 'cert.pem': made.cert }, force);
  return { kind: 'certificate', folder, madeFor: names, validTo: validTo(made.cert) };
}

function validTo(cert: string): Date {
  return new Date(new X509Certificate(cert).validTo);
}

/** From a day ago on, since clocks differ; not beyond `end`. */
function lifeOf(days: number, end?: Date): Life {
  const to = Date.now() + days * DAY_MS;
  return { from: new Date(Date.now() - DAY_MS), to: new Date(Math.min(to, end?.getTime() ?? to)) };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const way = 'put it back, or name another folder with --out';
    throw new FractalError('CREDENTIALS', `${path} cannot be read (${messageOf(error)}): ${way}`, { cause: error });
  }
}

/** In this order, keys readable by the owner only. Existing files are an error unless `force`. */
function write(folder: string, files: Readonly<Record<string, string>>, force = false): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    try {
      mkdirSync(folder, { recursive: true });
      if (force) rmSync(path, { force });
      writeFileSync(path, text, { flag: 'wx', mode: name.endsWith('key.pem') ? 0o600 : 0o644 });
    } catch (error) {
      const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      if (full) rmSync(path, { force: true });
      const why = there ? 'is there already: use --force, or another --out' : `cannot be written: ${messageOf(error)}`;
      throw new FractalError(full ? 'DISK' : 'OUTFILE_UNWRITABLE', `${path} ${why}`, { cause: error });
    }
  }
}

function folderOf(host: string): string {
  return host.replace(/[^A-Za-z0-9._-]/g, '_');
}
