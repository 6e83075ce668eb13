/**
 * `make demo`: finds a minibrot and films the way to it, from 0.8 to 4.42e43. Two worker processes on this machine compute
 * over gRPC. Each command is printed before it runs; files are written to the folder of the first argument.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = resolve(import.meta.dirname, '../bin/fractal');
const folder = process.argv[2] ?? 'demo';
const [hosts, place, film, fiesta, sheet] = ['hosts', 'place.json', 'deep.mp4', 'fiesta.mp4', 'sheet.png'].map((name) =>
  join(folder, name),
);

const LOCATE = 'locate --re -1.4798157761324732607229845 --im -0.0006391119326136172715214 --zoom 1e24 --json';
const FILM = `leader --hostfile ${hosts} --location ${place} --zoom 0.8 --zoom-end 4.42e43 --speed 4 --width 512 --height 288`;
const SHEET = `leader --local --location ${film} --contact-sheet ${sheet}`;
const RECOLOR = `recolor --location ${film} --palette Fiesta -o ${fiesta}`;

/** Starts `fractal` with these words, and prints them. */
function fractal(words, stdout, suffix = '') {
  process.stdout.write(`\n$ bin/fractal ${words}${suffix}\n`);
  return spawn(process.execPath, [PROGRAM, ...words.split(' ')], { stdio: ['ignore', stdout, 'inherit'] });
}

/** Resolves when the command has ended well. */
async function run(words) {
  const [code] = await once(fractal(words, 'inherit'), 'exit');
  if (code !== 0) throw new Error(`exit code ${code}`);
}

/** Resolves with what the command printed. */
async function output(words, file) {
  const child = fractal(words, 'pipe', ` > ${file}`);
  const ended = once(child, 'exit');
  const text = (await child.stdout.toArray()).join('');
  const [code] = await ended;
  if (code !== 0) throw new Error(`exit code ${code}`);
  return text;
}

/** Resolves with the process and its line of a hostfile, once it listens. */
async function worker() {
  const child = fractal('worker --slots 1 --port 0', 'pipe', ' &');
  for await (const line of createInterface(child.stdout)) {
    const [, host, port] = /^worker (\S+):(\d+): ready/.exec(line) ?? [];
    if (host === undefined) continue;
    child.stdout.resume();
    return { child, line: `${host} port=${port}\n` };
  }
  throw new Error('a worker did not start');
}

mkdirSync(folder, { recursive: true });
const workers = [];
try {
  const found = await output(LOCATE, place);
  writeFileSync(place, found);
  process.stdout.write(found);
  workers.push(await worker(), await worker());
  writeFileSync(hosts, workers.map(({ line }) => line).join(''));
  await run(`${FILM} --keep-samples -o ${film}`);
  await run(SHEET);
  await run(RECOLOR);
} catch (error) {
  process.stderr.write(`demo: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  for (const { child } of workers) child.kill();
}
