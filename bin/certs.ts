/**
 * `fractal certs`: a CA, and a certificate for each host of a hostfile and for the leader. What is there already stays,
 * so that a host that is new in the hostfile gets its certificate from the same CA.
 */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Certified, issue, type Life, newAuthority } from '../src/cluster/certificates.js';
import { readHostfile } from '../src/cluster/hostfile.js';
import { keyOf } from '../src/cluster/hostrange.js';
import { FractalError, messageOf } from '../src/errors.js';

export interface CertsOptions {
  readonly hostfile: string;
  /** The folder. */
  readonly out: string;
  readonly days: number;
  /** Makes anew what is there already; but the CA. */
  readonly force: boolean;
  /** Names and addresses under which others reach the leader; empty: those of this machine. */
  readonly leader: readonly string[];
}

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
/** Lines of the same kind that are printed. */
const SHOWN = 3;

/** Resolves to the exit code. @throws FractalError HOSTFILE_*, CREDENTIALS, OUTFILE_UNWRITABLE */
export async function certs(options: CertsOptions): Promise<number> {
  const { hostfile, out, leader } = options;
  const hosts = [
    ...new Map(
      (await readHostfile(hostfile, 'name one with --hostfile')).map(({ host }) => [keyOf(host), host]),
    ).values(),
  ];
  const authority = await authorityIn(out);
  const own = leader.length > 0 ? leader : [hostname(), 'localhost', '127.0.0.1', '::1'];
  const say = (text: string) => process.stdout.write(`${text}\n`);
  say(await give(options, authority, 'leader', 'fractal leader', own));
  for (const host of hosts) say(await give(options, authority, join('hosts', folderOf(host)), host, [host]));
  say(instructions(options, hosts));
  return 0;
}

async function authorityIn(out: string): Promise<Certified> {
  const [certFile, keyFile] = [join(out, 'ca.pem'), join(out, 'ca-key.pem')];
  if (existsSync(certFile) || existsSync(keyFile)) {
    const found = { cert: read(certFile), key: read(keyFile) };
    const why = objectionTo(found);
    if (why) throw new FractalError('CREDENTIALS', `${certFile} ${why}: name another folder with --out`);
    return found;
  }
  const made = await newAuthority('fractal CA', lifeOf(CA_DAYS));
  write(out, { 'ca-key.pem': made.key, 'ca.pem': made.cert });
  return made;
}

/** Why nothing can be signed with it, if so. */
function objectionTo(found: Certified): string | undefined {
  try {
    const cert = new X509Certificate(found.cert);
    if (!cert.ca || !cert.checkPrivateKey(createPrivateKey(found.key))) return 'is no CA with its key beside it';
    return new Date(cert.validTo).getTime() < Date.now() ? `expired on ${cert.validTo}` : undefined;
  } catch {
    return 'is no CA with its key beside it';
  }
}

/** A folder with all that one end needs; the line that says so. */
async function give(
  { out, days, force }: CertsOptions,
  authority: Certified,
  folder: string,
  commonName: string,
  names: readonly string[],
): Promise<string> {
  const path = join(out, folder);
  const cert = join(path, 'cert.pem');
  if (!force && existsSync(cert)) {
    return `${path}: kept, ${until(read(cert))} (--force makes it anew)`;
  }
  const life = lifeOf(days, new Date(new X509Certificate(authority.cert).validTo));
  const made = await issue(authority, commonName, names, life);
  write(path, { 'key.pem': made.key, 'ca.pem': authority.cert, 'cert.pem': made.cert }, force);
  return `${path}: made for ${names.join(', ')}, ${until(made.cert)}`;
}

function until(cert: string): string {
  return `good until ${new Date(new X509Certificate(cert).validTo).toISOString().slice(0, 10)}`;
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

/** In this order, keys for the owner's eyes only. What is there is an error unless `force`. */
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

function instructions({ out, hostfile }: CertsOptions, hosts: readonly string[]): string {
  const flags = (path: string) =>
    `--tls-cert ${join(path, 'cert.pem')} --tls-key ${join(path, 'key.pem')} --tls-ca ${join(path, 'ca.pem')}`;
  const copies = hosts.slice(0, SHOWN).map((host) => {
    const name = host.includes(':') ? `[${host}]` : host;
    return `  scp -r ${join(out, 'hosts', folderOf(host))} ${name}:fractal-certs`;
  });
  const more = hosts.length > SHOWN ? [`  and so on, for all ${hosts.length} hosts`] : [];
  return [
    '',
    'Copy to each host its own folder and nothing else:',
    ...copies,
    ...more,
    'Start the workers there:',
    `  fractal worker --host 0.0.0.0 ${flags('fractal-certs')}`,
    'Start the leader here; to lead from elsewhere, copy its folder, too:',
    `  fractal leader --hostfile ${hostfile} ${flags(join(out, 'leader'))}`,
    `Keep ${join(out, 'ca-key.pem')} where nobody else reads it: whoever has it can join.`,
  ].join('\n');
}
