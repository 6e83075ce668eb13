/**
 * A POV-Ray scene of over a minute on one core: `fractal scene` with two workers here, against `povray +WT1` and, what a
 * user of one machine has, `povray +WT2`. CPU time is that of all processes, so other load matters less;
 * without the sandbox, which does not pass on the time of the processes in it.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, print } from './table.js';

const PROGRAM = fileURLToPath(new URL('../../bin/fractal', import.meta.url));
const SCENE = fileURLToPath(new URL('../../examples/tides', import.meta.url));
const OPTIONS = ['+A0.05', '+AM2', '+R5'];
const SLOTS = 2;

interface Run {
  /** On the wall. */
  readonly seconds: number;
  /** User and system, of all processes. */
  readonly cpu: number;
  readonly stdout: string;
}

/** Runs a command; bash sums the times of its children, and of theirs. */
function timed(words: readonly string[], cwd: string): Run {
  const from = performance.now();
  const script = '"$@"; echo; times';
  const stdout = execFileSync('bash', ['-c', script, 'bash', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [minutes] = [...stdout.trimEnd().split('\n').slice(-1)];
  const cpu = [...(minutes ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + 60 * Number(m) + Number(s),
    0,
  );
  return { seconds: (performance.now() - from) / 1000, cpu, stdout };
}

/** Pixels; a picture of 1920 takes over a minute of one core. */
export function scene(rounds = 3, width = 1920): void {
  const height = Math.round((width * 9) / 16);
  const folder = mkdtempSync(join(tmpdir(), 'fractal-bench-'));
  const povray = (threads: number) =>
    timed(
      ['povray', '+Itides.pov', `+W${width}`, `+H${height}`, ...OPTIONS, `+WT${threads}`, '-D', `+O${folder}/p.png`],
      SCENE,
    );
  const passed = OPTIONS.flatMap((option) => ['--povray-option', option]);
  const size = ['--width', `${width}`, '--height', `${height}`, '--frames', '1', ...passed];
  const words = [
    'scene',
    SCENE,
    ...size,
    '--local',
    `${SLOTS}`,
    '--no-sandbox',
    '--no-store',
    '--json',
    '-o',
    join(folder, 'f.png'),
  ];
  const runs: { one: Run; two: Run; ours: Run; idle: number; shards: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const [one, two, ours] = [povray(1), povray(SLOTS), timed([process.execPath, PROGRAM, ...words], folder)];
    const { workers, shards } = JSON.parse(ours.stdout.split('\n').find((line) => line.startsWith('{')) ?? '{}');
    const sum = (name: string) =>
      workers.reduce((all: number, one: Record<string, number>) => all + (one[name] ?? 0), 0);
    runs.push({ one, two, ours, idle: sum('idleSeconds') / (sum('idleSeconds') + sum('busySeconds')), shards });
  }
  rmSync(folder, { recursive: true });
  const middle = (of: (run: (typeof runs)[number]) => number) => median(runs.map(of));
  print(
    `${width}x${height} of examples/tides ${OPTIONS.join(' ')}, ${SLOTS} slots, medians of ${rounds}`,
    [
      'povray +WT1, CPU s',
      'fractal scene, CPU s over that',
      'idle share of slots',
      'efficiency',
      'wall over povray +WT2',
      'shards',
    ],
    [
      [
        middle(({ one }) => one.cpu).toFixed(1),
        middle(({ one, ours }) => ours.cpu / one.cpu).toFixed(3),
        middle(({ idle }) => idle).toFixed(3),
        middle(({ one, ours, idle }) => (one.cpu / ours.cpu) * (1 - idle)).toFixed(3),
        middle(({ two, ours }) => ours.seconds / two.seconds).toFixed(3),
        middle(({ shards }) => shards),
      ],
    ],
  );
}
