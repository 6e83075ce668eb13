/** `make demo`: two worker processes on this machine, and a leader that renders a film and a still on them over gRPC. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = resolve(import.meta.dirname, '../bin/fractal');
const PLACE = ['--xpos', '-0.7454286', '--ypos', '0.1130089'];
const FILM = '--zoom 0.8 --zoom-end 2e6 --iters 3000 --frames 150 --ease 0.6 --width 640 --height 360 --samples 4';
const STILL = '--zoom 2e5 --iters 5000 --width 1920 --height 1080 --samples 8';

const folder = process.argv[2] ?? 'demo';
mkdirSync(folder, { recursive: true });

const fractal = (words, stdio) => spawn(process.execPath, [PROGRAM, ...words], { stdio });

/** Resolves with where it listens, once it does. */
async function worker() {
  const child = fractal(['worker', '--slots', '1', '--port', '0'], ['ignore', 'pipe', 'inherit']);
  for await (const line of createInterface(child.stdout)) {
    const [, address] = /^worker (\S+): ready/.exec(line) ?? [];
    if (address === undefined) continue;
    child.stdout.resume();
    return { child, address };
  }
  throw new Error('a worker did not start');
}

const workers = await Promise.all([worker(), worker()]);
const hostfile = workers.map(({ address }) => address.replace(':', ' port=')).join('\n');
try {
  for (const [name, words] of Object.entries({ 'zoom.mp4': FILM, 'still.png': STILL })) {
    const files = ['--hostfile', '-', '--outfile', join(folder, name)];
    const leader = fractal(['leader', ...PLACE, ...words.split(' '), ...files], ['pipe', 'inherit', 'inherit']);
    leader.stdin.end(`${hostfile}\n`);
    const [code] = await once(leader, 'exit');
    if (code !== 0) {
      process.exitCode = code ?? 1;
      break;
    }
  }
} finally {
  for (const { child } of workers) child.kill();
}
