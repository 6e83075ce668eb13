/**
 * The text of a systemd unit for a worker or a service, confined to what it needs. decision 0093 has what is left open
 * and why. Options: systemd.exec(5), systemd.service(5); quoting: systemd.syntax(7), "Quoting", and systemd.service(5),
 * "Command lines".
 */

export interface SystemdUnit {
  readonly role: 'worker' | 'serve';
  /** Of the machine, or of one user: the latter may not mount, so it is confined by filters of system calls only. */
  readonly scope: 'system' | 'user';
  /** Absolute paths of Node and of bin/fractal. */
  readonly node: string;
  readonly program: string;
  /** What follows the program, as words of a unit: see `quoted`. */
  readonly words: readonly string[];
  /** Files that systemd passes to the unit whoever may read them, by the names of the flags. */
  readonly credentials: readonly (readonly [name: string, path: string])[];
  /** Files and folders in places that are otherwise hidden. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** Absent: a user of its own. */
  readonly account?: string;
  /** It starts bubblewrap, for POV-Ray. */
  readonly sandboxes: boolean;
  /** It uses a graphics card. */
  readonly devices: boolean;
  /** How long it may take to end in order. */
  readonly stopSeconds: number;
}

/** The first line of every unit that this program wrote. */
export const MARK = '# Written by fractal install-service';

/** Ends with a line break. */
export function unitText(unit: SystemdUnit): string {
  const { role, scope, node, program, words, credentials, stopSeconds } = unit;
  const exec = [path(node), quoted(program), role, ...words, '$FRACTAL_OPTIONS'];
  const what =
    role === 'worker' ? 'fractal worker: computes for leaders' : 'fractal service: renders the jobs of clients';
  return lines([
    `${MARK}: --replace writes it again, --uninstall removes it.`,
    '[Unit]',
    `Description=${what}`,
    ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${exec.join(' ')}`,
    '# FRACTAL_OPTIONS="--slots 4", FRACTAL_TOKEN, keys of an s3:// store.',
    'Environment=FRACTAL_OPTIONS=',
    'EnvironmentFile=-%E/fractal/%N.env',
    ...credentials.map(([name, file]) => `LoadCredential=${name}:${escaped(file)}`),
    '# A wrong option, which is exit code 2, is not tried again.',
    'Restart=on-failure',
    'RestartSec=2',
    'RestartPreventExitStatus=2',
    '# SIGTERM reaches the program only: it ends its own processes, once their work is done.',
    'KillMode=mixed',
    `TimeoutStopSec=${stopSeconds}`,
    'MemoryMax=75%',
    'TasksMax=4096',
    'LimitNOFILE=65536',
    ...(scope === 'system' ? [...identity(unit), ...confinement(unit)] : []),
    ...filters(unit),
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
  ]);
}

function identity({ role, account, readable, writable }: SystemdUnit): string[] {
  return [
    account === undefined ? 'DynamicUser=yes' : `User=${account}`,
    ...(role === 'serve' ? ['StateDirectory=%N', 'StateDirectoryMode=0700'] : []),
    'UMask=0077',
    'ProtectSystem=strict',
    'ProtectHome=tmpfs',
    'PrivateTmp=yes',
    ...readable.map((place) => `BindReadOnlyPaths=${path(place)}`),
    ...writable.flatMap((place) => [`BindPaths=${path(place)}`, `ReadWritePaths=${path(place)}`]),
  ];
}

function confinement({ sandboxes, devices }: SystemdUnit): string[] {
  return [
    devices ? '# Graphics cards are devices.\nPrivateDevices=no' : 'PrivateDevices=yes',
    'CapabilityBoundingSet=',
    'PrivateUsers=yes',
    'RemoveIPC=yes',
    'KeyringMode=private',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelModules=yes',
    ...(sandboxes
      ? ['# bubblewrap writes to files in /proc: not tried with the protections of /proc that other units have.']
      : ['ProtectKernelLogs=yes', 'ProtectKernelTunables=yes', 'ProtectProc=invisible', 'ProcSubset=pid']),
  ];
}

/** All of these are also available to units of a user. */
function filters({ sandboxes }: SystemdUnit): string[] {
  return [
    'NoNewPrivileges=yes',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'SystemCallArchitectures=native',
    'SystemCallErrorNumber=EPERM',
    '# WebAssembly and JavaScript are compiled while they run: memory is written, then executed.',
    'MemoryDenyWriteExecute=no',
    ...(sandboxes
      ? [
          '# What bubblewrap makes a sandbox of.',
          'RestrictNamespaces=user mnt pid net ipc uts cgroup',
          'SystemCallFilter=@system-service @pkey @mount sethostname',
        ]
      : ['RestrictNamespaces=yes', 'SystemCallFilter=@system-service @pkey', 'SystemCallFilter=~@privileged']),
  ];
}

/** A word of ExecStart that systemd reads as this text: no specifier, no variable, no end of a command. */
export function quoted(word: string): string {
  const literal = escaped(word).replaceAll('$', '$$$$');
  if (/^[\w@+=:,./%$-]+$/.test(word)) return literal;
  const inside = literal.replace(/[\\"]/g, '\\$&').replace(CONTROL, (c) => `\\x${hex(c)}`);
  return `"${inside}"`;
}

/** A path where variables have no meaning. */
function path(place: string): string {
  return /^[\w@+=,./%$-]+$/.test(place) ? escaped(place) : `"${escaped(place)}"`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not stand in a unit
const CONTROL = /[\x00-\x1f\x7f]/g;

function hex(c: string): string {
  return c.charCodeAt(0).toString(16).padStart(2, '0');
}

/** Whether `path` can name it: in places where systemd knows no escapes. */
export function canName(place: string): boolean {
  return !/["\\]|\s$/.test(place) && place.search(CONTROL) < 0;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
