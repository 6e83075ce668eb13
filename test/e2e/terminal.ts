/** Programs on a terminal, by `script` of bsdutils. */

import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { TestContext } from 'node:test';
import { folder, PROGRAM } from './processes.js';

/** Why tests that need it are skipped. */
export const NO_TERMINAL =
  spawnSync('script', ['--version']).status === 0 ? false : 'script is not installed: apt-get install bsdutils';

/** A command of the shell on a terminal of its own, in an empty folder. */
export function terminal(t: TestContext, shell: string) {
  const home = folder(t);
  const env = { ...process.env, HOME: home, PS1: '$ ', TERM: 'dumb', PATH: `${dirname(PROGRAM)}:${process.env.PATH}` };
  const child = spawn('script', ['-qec', shell, '/dev/null'], { env, cwd: home, stdio: ['pipe', 'pipe', 'inherit'] });
  let [text, from] = ['', 0];
  let look = () => {};
  child.stdout.on('data', (data: Buffer) => {
    text += data;
    look();
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  t.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    cwd: home,
    /** All that appeared, at its end. */
    ended: closed.then(() => text),
    /** What appeared since the last call, once it matches. */
    types(keys: string, shown: RegExp): Promise<string> {
      child.stdin.write(keys);
      return new Promise((resolve, reject) => {
        look = () => {
          const fresh = text.slice(from);
          if (!shown.test(fresh)) return;
          from = text.length;
          resolve(fresh);
        };
        void closed.then(() => reject(new Error(`the shell ended: ${text}`)));
        look();
      });
    },
  };
}
