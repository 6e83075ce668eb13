/**
 * Loads the program that tools/bundle.mjs packed, with the code that V8 compiled for it: a start need not compile it
 * again. Another version of V8 than the one that built it uses the source alone, and starts slower.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';

export const PROGRAM = fileURLToPath(new URL('../dist/bin/program.cjs', import.meta.url));
export const COMPILED = `${PROGRAM}.v8`;

/** The source is ASCII. `start` takes a command line; `script` is what holds the compiled code. */
export function load() {
  // V8 accepts compiled code only with the same flags, and the kernels need this one.
  setFlagsFromString('--no-liftoff');
  const head = '(function (exports, require, module, __filename, __dirname) {';
  const script = new vm.Script(`${head}${readFileSync(PROGRAM, 'latin1')}\n})`, {
    filename: PROGRAM,
    columnOffset: -head.length,
    ...(existsSync(COMPILED) ? { cachedData: readFileSync(COMPILED) } : {}),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(PROGRAM), module, PROGRAM, dirname(PROGRAM));
  return { start: module.exports.start, script };
}
