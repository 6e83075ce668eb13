/**
 * Slurm as real processes, on free ports and in a folder of its own: munged, slurmctld, and one slurmd for each node, all of
 * this machine. It needs Debian's munge, slurmctld, slurmd and slurm-client, and neither systemd nor cgroups.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder, PROGRAM } from '../e2e/processes.js';
import { freePorts } from './ports.js';

const NEEDED = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol'];
/** Daemons are outside the PATH of users. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
const LACKING = NEEDED.filter((name) => !PATH.split(':').some((place) => existsSync(join(place, name))));

/** Why tests that need it are skipped. */
export const NO_SLURM =
  LACKING.length === 0
    ? false
    : `Slurm is not installed (${LACKING.join(', ')}): apt-get install munge slurmctld slurmd slurm-client`;

export interface Slurm {
  /** Where jobs are submitted from: shared by all nodes. */
  readonly home: string;
  /** Runs a command of Slurm in `home`; resolves with what it printed. @throws Error when it fails */
  slurm(command: string, ...words: readonly string[]): Promise<string>;
  /** Submits a batch script; resolves with the number of the job. */
  submit(...words: readonly string[]): Promise<string>;
  /** Resolves with what a file in `home` contains, as soon as it matches. */
  said(file: string, pattern: RegExp): Promise<string>;
  /** Resolves when the job, with all its tasks, has ended; with the state of each: COMPLETED, FAILED. */
  ended(job: string): Promise<string[]>;
}

/** Running, with these nodes of two processors. */
export async function slurmCluster(t: TestContext, nodes: readonly string[]): Promise<Slurm> {
  const place = folder(t);
  const home = join(place, 'home');
  for (const name of ['home', 'state', 'munge', ...nodes.map((node) => `${node}/spool`)])
    mkdirSync(join(place, name), { recursive: true });
  const daemons: ChildProcess[] = [];
  t.after(async () => {
    // The last one first: slurmd ends the steps of its node.
    for (const daemon of daemons.reverse()) await stop(daemon);
  });
  const conf = join(place, 'slurm.conf');
  writeFileSync(conf, await configuration(place, nodes));
  writeFileSync(join(place, 'munge.key'), randomBytes(1024), { mode: 0o600 });
  const env = { ...process.env, PATH, SLURM_CONF: conf, XDG_CACHE_HOME: join(place, 'cache'), FRACTAL: PROGRAM };
  const start = (command: string, ...words: string[]) => {
    const daemon = spawn(command, words, { env, stdio: 'ignore' });
    daemons.push(daemon);
  };
  const files = ['key', 'socket', 'pid', 'log', 'seed'].map((name) => {
    const flag = { key: 'key-file', socket: 'socket', pid: 'pid-file', log: 'log-file', seed: 'seed-file' }[name];
    return `--${flag}=${join(place, name === 'key' ? 'munge.key' : `munge/${name}`)}`;
  });
  start('munged', '--foreground', '--force', ...files);
  await until(() => existsSync(join(place, 'munge/socket')));
  start('slurmctld', '-D', '-f', conf);
  for (const node of nodes) start('slurmd', '-D', '-N', node, '-f', conf);

  const slurm = async (command: string, ...words: readonly string[]) => {
    const child = spawn(command, words, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr || `exit code ${code}`}`);
    return stdout.trim();
  };
  const idle = () => slurm('sinfo', '-h', '-N', '-o', '%T').catch(() => '');
  await until(async () => (await idle()).split('\n').filter((state) => state === 'idle').length === nodes.length);
  return {
    home,
    slurm,
    submit: (...words) => slurm('sbatch', '--parsable', ...words),
    async said(file, pattern) {
      const path = join(home, file);
      const text = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
      await until(() => pattern.test(text()));
      return text();
    },
    async ended(job) {
      const states = async () =>
        [...(await slurm('scontrol', '-o', 'show', 'job', job)).matchAll(/JobState=(\w+)/g)].map(
          ([, state]) => `${state}`,
        );
      await until(async () => (await states()).every((state) => !/PENDING|RUNNING|COMPLETING|REQUEUED/.test(state)));
      return states();
    },
  };
}

/** Nothing of it is outside `place`: user, key, ports and folders are its own. */
async function configuration(place: string, nodes: readonly string[]): Promise<string> {
  const [controller, ...daemons] = await freePorts(1 + nodes.length);
  const host = hostname().split('.')[0];
  const { username } = userInfo();
  return [
    'ClusterName=test',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${controller}`,
    `SlurmUser=${username}`,
    `SlurmdUser=${username}`,
    'AuthType=auth/munge',
    // A job that was requeued starts again after so many seconds, instead of 120.
    `AuthInfo=socket=${join(place, 'munge/socket')},cred_expire=5`,
    `StateSaveLocation=${join(place, 'state')}`,
    `SlurmdSpoolDir=${join(place, '%n/spool')}`,
    `SlurmctldPidFile=${join(place, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(place, '%n/slurmd.pid')}`,
    `SlurmctldLogFile=${join(place, 'slurmctld.log')}`,
    `SlurmdLogFile=${join(place, '%n/slurmd.log')}`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/none',
    'MpiDefault=none',
    'SwitchType=switch/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    'ReturnToService=2',
    // Several jobs on one core: tests may run on machines of one.
    'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4',
    ...nodes.map((node, k) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${daemons[k]} CPUs=2`),
    '',
  ].join('\n');
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  const patience = setTimeout(() => daemon.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(patience);
}

/** Looks again and again until it is so. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The process that has all of these words on its command line. */
export function processWith(...words: readonly string[]): number | undefined {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  const line = stdout.split('\n').find((one) => words.every((word) => one.split(/\s+/).includes(word)));
  return line === undefined ? undefined : Number.parseInt(line, 10);
}
