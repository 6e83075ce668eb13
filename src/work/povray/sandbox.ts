/**
 * The command that runs POV-Ray on a scene, with what it may use of the machine. Scenes are programs of other people: they
 * read, write and never end. bubblewrap gives POV-Ray a file system with its own libraries and includes and the
 * files of the scene, all of it read-only, without /proc, /dev, /tmp, shell or network; prlimit bounds CPU time, memory and files.
 */

import type { Installation } from './installation.js';
import type { PovrayLimits } from './scene.js';

/** Where the sandbox has the files of the scene, and the settings of POV-Ray. */
const SCENE = '/scene';
const SETTINGS = '/settings';
/** Address space beyond the memory: stacks of threads, arenas of the C library, mapped files. */
const REST_BYTES = 2 ** 30;
const OPEN_FILES = 128;
const SHELL = '/bin/sh';
/**
 * Starts the command that follows, and beside it a process that kills the group of both when standard input ends: when the
 * worker closes it, or its thread or the worker itself has ended, in whatever way. A signal at the death of the parent
 * (--die-with-parent) comes too late for that: bubblewrap asks for it some milliseconds after it has started a process.
 */
const TIED = ['-c', 'exec 3<&0; (read _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec 3<&- </dev/null; exec "$@"', 'tied'];
/** Bytes of a file that a scene outside of a sandbox may write. */
const WRITTEN_BYTES = 2 ** 30;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Place {
  /** The folder of the scene's files. */
  readonly scene: string;
  /** The folder of settings.ts. */
  readonly settings: string;
}

/** `args`: of POV-Ray. To be started as a group of processes, which ends when its standard input does. */
export function command(
  installation: Installation,
  { scene, settings }: Place,
  { seconds, memory }: PovrayLimits,
  args: readonly string[],
): Command {
  const { povray, prlimit, bubblewrap } = installation;
  const cpu = Math.ceil(seconds);
  const limits = [
    // The first is a signal that says why, the second kills.
    `--cpu=${cpu}:${cpu + 2}`,
    `--data=${memory}`,
    `--as=${memory + REST_BYTES}`,
    '--core=0',
    `--nofile=${OPEN_FILES}`,
    // Nothing is written but the pipes of standard output and standard error.
    `--fsize=${bubblewrap === undefined ? WRITTEN_BYTES : 0}`,
  ];
  const bound = [...TIED, prlimit, ...limits];
  if (bubblewrap === undefined) {
    return { program: SHELL, args: [...bound, povray, ...args], cwd: scene, env: environment(settings) };
  }
  const confined = [bubblewrap, ...walls(installation, { scene, settings }), povray, ...args];
  // bubblewrap itself finds nothing in the environment either.
  return { program: SHELL, args: [...bound, ...confined], cwd: '/', env: {} };
}

/** POV-Ray reads povray.ini of its working folder unless this variable names another one. */
function environment(settings: string): Record<string, string> {
  return { HOME: settings, POVINI: `${settings}/povray.ini` };
}

function walls({ povray, libraries, includes, linked }: Installation, { scene, settings }: Place): string[] {
  const visible = [povray, ...libraries, ...includes, ...linked];
  return [
    ...['--unshare-all', '--die-with-parent', '--cap-drop', 'ALL', '--clearenv'],
    ...visible.flatMap((path) => ['--ro-bind', path, path]),
    ...['--ro-bind', settings, SETTINGS, '--ro-bind', scene, SCENE, '--chdir', SCENE, '--remount-ro', '/'],
    ...Object.entries(environment(SETTINGS)).flatMap(([name, value]) => ['--setenv', name, value]),
    '--',
  ];
}
