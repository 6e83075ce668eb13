/** The whole program, as a user starts it, and what it says of itself. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/fractal', import.meta.url));

/** Of the line that --json prints. */
export interface Summary {
  readonly seconds: number;
  readonly gatheredSeconds: number;
  readonly frames: number;
  readonly iterations: number;
  readonly workers: readonly {
    readonly busySeconds: number;
    readonly idleSeconds: number;
    readonly sentBytes: number;
  }[];
}

/** `fractal leader --local 2` to its end. */
export function leader(words: string[]): Promise<Summary> {
  const child = spawn(process.execPath, [PROGRAM, 'leader', '--local', '2', '--json', ...words]);
  let text = '';
  child.stdout.on('data', (data: Buffer) => {
    text += data;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`exit code ${code}`))));
  });
}
