/**
 * Stacks with the positions of the TypeScript, where FRACTAL_DEBUG is set. tools/bundle.mjs puts this first into what it
 * packs; nothing imports it. Node's --enable-source-maps covers what its own loaders load, and the program is a vm.Script.
 */

import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const maps = new Map<string, SourceMap | undefined>();

/** One frame; as V8 prints it, where its file has no map beside it. */
function line(site: NodeJS.CallSite): string {
  const printed = String(site);
  const [script, row, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()];
  if (!script || row === null || column === null || script.startsWith('node:')) return printed;
  const file = script.startsWith('file:') ? fileURLToPath(script) : script;
  const entry = mapOf(file)?.findEntry(row - 1, column - 1);
  if (!entry || !('originalSource' in entry)) return printed;
  const source = resolve(dirname(file), entry.originalSource);
  const position = `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return printed.replace(`${script}:${row}:${column}`, () => position);
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) {
    const path = `${file}.map`;
    maps.set(file, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined);
  }
  return maps.get(file);
}

// Of this thread. Maps are read with the first stack, so that a start costs nothing more.
if (process.env.FRACTAL_DEBUG) {
  Error.prepareStackTrace = (error, sites) =>
    [String(error), ...sites.map((site) => `    at ${line(site)}`)].join('\n');
}
