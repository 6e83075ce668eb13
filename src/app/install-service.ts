/** `fractal install-service`: a systemd unit for a worker or a service, with the paths of this installation. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FractalError, messageOf, oneLine } from '../errors.js';
import { MARK, type SystemdUnit } from './systemd-unit.js';

export interface Installation {
  /** Without `.service`. */
  readonly name: string;
  readonly scope: SystemdUnit['scope'];
  /** Where the unit is. */
  readonly folder: string;
  /** Whether that is where this machine's systemd looks. */
  readonly live: boolean;
}

/** There while systemd runs: sd_booted(3). */
const BOOTED = '/run/systemd/system';

export const fileOf = ({ folder, name }: Installation) => join(folder, `${name}.service`);

/** Writes the unit. @throws FractalError SYSTEMD_MISSING, OUTFILE_UNWRITABLE */
export function install(installation: Installation, text: string, replace: boolean): void {
  if (installation.live) requireSystemd();
  const file = fileOf(installation);
  const there = present(file);
  if (there !== undefined && !replace) throw unwritable(`${file} is there already: use --replace, or another --name`);
  if (there !== undefined) requireOwn(file, there);
  try {
    mkdirSync(installation.folder, { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
  } catch (error) {
    throw unwritable(`${file} cannot be written (${messageOf(error)}): ${rights(installation)}`, error);
  }
}

/** Stops and disables the unit, and removes it. @throws FractalError SYSTEMD_MISSING, OUTFILE_UNWRITABLE */
export function uninstall(installation: Installation): void {
  if (installation.live) requireSystemd();
  const file = fileOf(installation);
  const text = present(file);
  if (text === undefined) throw unwritable(`${file} is not there: name the unit with --name`);
  requireOwn(file, text);
  if (installation.live) systemctl(installation, 'disable', '--now', `${installation.name}.service`);
  try {
    rmSync(file);
  } catch (error) {
    throw unwritable(`${file} cannot be removed (${messageOf(error)}): ${rights(installation)}`, error);
  }
  if (installation.live) systemctl(installation, 'daemon-reload');
}

function requireSystemd(): void {
  if (existsSync(BOOTED)) return;
  const way = '--dry-run prints the unit, --folder writes it elsewhere';
  throw new FractalError('SYSTEMD_MISSING', `systemd does not run here (there is no ${BOOTED}): ${way}`);
}

/** The content of the file, if it is there. */
function present(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unwritable(`${file} cannot be read: ${messageOf(error)}`, error);
  }
}

function requireOwn(file: string, text: string): void {
  if (!text.startsWith(MARK)) throw unwritable(`${file} is not of fractal install-service: use another --name`);
}

function systemctl({ scope }: Installation, ...words: readonly string[]): void {
  const all = [...(scope === 'user' ? ['--user'] : []), ...words];
  const { status, stderr, error } = spawnSync('systemctl', all, { encoding: 'utf8' });
  if (status === 0) return;
  const why = oneLine((error?.message ?? stderr).trim()) || `exit code ${status}`;
  throw new FractalError('SYSTEMD_MISSING', `systemctl ${all.join(' ')} failed: ${why}`);
}

function rights({ scope, live }: Installation): string {
  return scope === 'system' && live ? 'run it with sudo, or use --user' : 'use another --folder';
}

function unwritable(sentence: string, cause?: unknown): FractalError {
  return new FractalError('OUTFILE_UNWRITABLE', sentence, { cause });
}
