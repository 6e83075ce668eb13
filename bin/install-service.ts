/** `fractal install-service ROLE -- OPTIONS`: writes a systemd unit, and prints what to do with it. */

import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileOf, type Installation, install, uninstall } from '../src/app/install-service.js';
import { unitText } from '../src/app/systemd-unit.js';
import { requireFiles, unitOf } from '../src/app/unit-of.js';
import { flagsOf, tableOf } from '../src/request/flags/index.js';
import { INSTALL_FLAGS } from '../src/request/flags/install.js';
import { invalid, type RawFlags, valuesOf } from '../src/request/values.js';
import { readWords } from './command-line.js';

/** Where units of the machine are, but for those of packages. */
const SYSTEM_FOLDER = '/etc/systemd/system';

/** Resolves to the exit code. @throws FractalError */
export async function installService(flags: RawFlags): Promise<number> {
  const { role, args, user, account, folder, replace, ...v } = valuesOf(INSTALL_FLAGS, flags);
  if (role === undefined) throw invalid('what runs is missing: write fractal install-service worker, or serve');
  if (user && account !== undefined) throw invalid('--account has no meaning with --user: the unit runs as you');
  const installation: Installation = {
    name: v.name ?? `fractal-${role}`,
    scope: user ? 'user' : 'system',
    folder: resolve(folder ?? (user ? userFolder(process.env) : SYSTEM_FOLDER)),
    live: folder === undefined,
  };
  if (v.uninstall) return remove(installation, v['dry-run']);
  const unit = unitOf({
    ...{ role, scope: installation.scope, cwd: process.cwd() },
    ...(account === undefined ? {} : { account }),
    node: realpathSync(process.execPath),
    program: realpathSync(process.argv[1] as string),
    given: optionsOf(role, args?.split('\n') ?? []),
    flags: tableOf(role),
  });
  const text = unitText(unit);
  if (v['dry-run']) {
    process.stdout.write(text);
    return 0;
  }
  requireFiles(unit);
  install(installation, text, replace);
  process.stdout.write(instructions(installation));
  return 0;
}

/** Checked, by the names of the flags. @throws FractalError REQUEST_INVALID */
function optionsOf(role: 'worker' | 'serve', words: readonly string[]): RawFlags {
  const { help, ...given } = readWords(words, `fractal ${role}`, flagsOf(role));
  if (help !== undefined) throw invalid(`--help is no option of a unit: see fractal ${role} --help`);
  valuesOf(tableOf(role), given);
  if (given.hostfile === '-') throw invalid('--hostfile - reads stdin, which a unit does not have: name a file');
  return given;
}

function remove(installation: Installation, dry: boolean): number {
  const file = fileOf(installation);
  if (!dry) uninstall(installation);
  process.stdout.write(dry ? `${file} would be removed\n` : `${file}: removed\n`);
  return 0;
}

function userFolder({ XDG_CONFIG_HOME }: NodeJS.ProcessEnv): string {
  const settings = XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(homedir(), '.config');
  return join(settings, 'systemd/user');
}

function instructions(installation: Installation): string {
  const { name, scope } = installation;
  const [systemctl, journalctl] =
    scope === 'user' ? ['systemctl --user', 'journalctl --user'] : ['sudo systemctl', 'sudo journalctl'];
  const settings = scope === 'user' ? '~/.config/fractal' : '/etc/fractal';
  return [
    `${fileOf(installation)}: written`,
    'Start it, now and with the machine:',
    `  ${systemctl} daemon-reload`,
    `  ${systemctl} enable --now ${name}`,
    ...(scope === 'user' ? ['  loginctl enable-linger   # also while you are not logged in'] : []),
    'See what it prints:',
    `  ${journalctl} -u ${name} -f`,
    `Further options: FRACTAL_OPTIONS="--slots 4" in ${settings}/${name}.env`,
    '',
  ].join('\n');
}
