/** The program's version, from package.json, and its build identity. */

import { readFileSync } from 'node:fs';
import { buildDigest } from '../build.js';
import type { Program } from '../cluster/program.js';

const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');

export const VERSION: string = (JSON.parse(manifest) as { version: string }).version;

/** @throws FractalError BUILD_STALE */
export function thisProgram(): Program {
  return { version: VERSION, build: buildDigest() };
}
