/** The unit of a command line: what of its options systemd has to know. */

import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FractalError } from '../errors.js';
import type { FlagTable } from '../request/flags/flag.js';
import { file } from '../request/flags/schemas.js';
import { invalid, type RawFlags } from '../request/values.js';
import { canName, quoted, type SystemdUnit } from './systemd-unit.js';

export interface UnitOrder extends Pick<SystemdUnit, 'role' | 'scope' | 'account' | 'node' | 'program'> {
  /** The options of the command, checked, and its flags. */
  readonly given: RawFlags;
  readonly flags: FlagTable;
  /** What relative paths start from. */
  readonly cwd: string;
}

/** Files with secrets, or beside one: systemd reads them as root, so the unit's user need not be able to. */
const CREDENTIALS: readonly string[] = [
  'tls-cert',
  'tls-key',
  'tls-ca',
  'token-file',
  'http-tokens',
  'http-cert',
  'http-key',
];
/** Folders that a service writes to. */
const WRITTEN: readonly string[] = ['data', 'store'];
/** Places that units of the machine do not see. */
const HIDDEN: readonly string[] = ['/home', '/root', '/run/user', '/tmp', '/var/tmp'];
const IN_BUCKET = /^s3:\/\//;
const DEFAULT_DRAIN_SECONDS = 60;
/** From the end of the work to that of the process. */
const END_SECONDS = 15;

/** @throws FractalError REQUEST_INVALID */
export function unitOf({ role, scope, account, node, program, given, flags, cwd }: UnitOrder): SystemdUnit {
  const paths = Object.fromEntries(
    Object.entries(given)
      .filter(([name, value]) => isPath(flags, name, value))
      .map(([name, value]) => [name, named(`--${name}`, resolve(cwd, value))]),
  );
  const isOwn = scope === 'system';
  const credentials = isOwn ? Object.entries(paths).filter(([name]) => CREDENTIALS.includes(name)) : [];
  const written = Object.entries(paths).filter(([name]) => WRITTEN.includes(name));
  if (isOwn && account === undefined && written.length > 0) throw unwritable(written[0] as [string, string]);
  const read = Object.entries(paths).filter(([name]) => ![...CREDENTIALS, ...WRITTEN].includes(name));
  const places = [rootOf(program), rootOf(node), ...read.map(([, path]) => path)].filter(isHidden);
  const words = Object.entries(given).flatMap(([name, value]) => {
    if (credentials.some(([one]) => one === name)) return [`--${name}=\${CREDENTIALS_DIRECTORY}/${name}`];
    return wordsOf(flags, name, paths[name] ?? value).map(quoted);
  });
  if (isOwn && role === 'serve' && given.data === undefined) words.push('--data=%S/%N');
  return {
    ...{ role, scope, words, credentials },
    node: named('Node', node),
    program: named('the program', program),
    readable: isOwn ? [...new Set(places)] : [],
    writable: isOwn ? written.map(([, path]) => path) : [],
    ...(account === undefined ? {} : { account }),
    sandboxes: given.povray === 'true',
    devices: given.kernel === 'gpu',
    stopSeconds: Number(given['drain-timeout'] ?? DEFAULT_DRAIN_SECONDS) + END_SECONDS,
  };
}

function isPath(flags: FlagTable, name: string, value: string): boolean {
  if (name === 'store') return value !== 'false' && !IN_BUCKET.test(value);
  return flags[name]?.schema === file;
}

function named(what: string, path: string): string {
  if (canName(path)) return path;
  throw invalid(`${what} ${JSON.stringify(path)} has a character that no unit can have: use another path`);
}

function unwritable([name, path]: readonly [string, string]): FractalError {
  const way = `name the user that owns it with --account, or leave --${name} out`;
  return invalid(`--${name} ${path} cannot be written by the unit's own user: ${way}`);
}

/** One flag as it is written on a command line. */
function wordsOf(flags: FlagTable, name: string, value: string): string[] {
  const { value: takes, repeatable } = flags[name] ?? {};
  if (takes === undefined) return [value === 'false' ? `--no-${name}` : `--${name}`];
  if (name === 'store' && value === 'false') return ['--no-store'];
  return (repeatable ? value.split('\n') : [value]).map((one) => `--${name}=${one}`);
}

/** The folder that has all of an installation: that of all packages, if it is one of several. */
function rootOf(path: string): string {
  const [before, ...rest] = path.split('/node_modules/');
  return rest.length > 0 ? `${before}/node_modules` : dirname(dirname(path));
}

function isHidden(path: string): boolean {
  return HIDDEN.some((place) => path === place || path.startsWith(`${place}/`));
}

/**
 * Refuses what would fail only when the unit starts: files that are not there, an installation that the unit's own user
 * cannot read. @throws FractalError REQUEST_INVALID
 */
export function requireFiles({ scope, account, node, program, credentials, readable }: SystemdUnit): void {
  for (const path of [...credentials.map(([, path]) => path), ...readable])
    if (!existsSync(path)) throw invalid(`${path} is not there: the unit could not start`);
  if (scope === 'user' || account !== undefined) return;
  for (const path of [node, program, ...readable]) {
    const closed = ways(path).find((one) => !isOpen(one));
    if (closed === undefined) continue;
    const way = `chmod o+rX ${closed}, or name a user that may with --account`;
    throw invalid(`${closed} cannot be read by the unit's own user: ${way}`);
  }
}

/** The path, and the folders that lead to it, as far as these are not replaced for the unit. */
function ways(path: string): string[] {
  const all: string[] = [];
  const end = isHidden(path) ? rootOf(path) : '/';
  for (let one = realpathSync(path); one !== '/' && one.length >= end.length; one = dirname(one)) all.push(one);
  return all;
}

/** For everybody: files may be read, folders entered. */
function isOpen(path: string): boolean {
  accessSync(path, constants.F_OK);
  const stat = statSync(path);
  return (stat.mode & (stat.isDirectory() ? 0o001 : 0o004)) !== 0;
}
