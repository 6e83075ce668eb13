/** Modules of the explorer's engine in Node. */

import { resolve } from 'node:path';
import { build } from 'esbuild';

/** A module of the page, which is no part of the program's own build. */
export async function bundled<T>(name: string): Promise<T> {
  const entry = resolve(import.meta.dirname, '../../../web/explore/engine', `${name}.ts`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`);
}
