/** Settings of a Redis under which accepted jobs may be lost. */

import type { Connection } from './connection.js';

const WANTED = [
  ['appendonly', 'yes', 'jobs are lost when Redis ends'],
  ['appendfsync', 'always', 'the jobs of the last second are lost when its machine fails'],
  ['maxmemory-policy', 'noeviction', 'jobs are removed when memory is full'],
] as const;

/** A sentence for each. None where Redis does not show its settings. */
export async function dangersOf({ command }: Connection, shown: string): Promise<readonly string[]> {
  try {
    const names = WANTED.map(([name]) => name);
    const answer = (await command('CONFIG', 'GET', ...names)) as readonly string[];
    return WANTED.flatMap(([name, wanted, danger]) => {
      const at = answer.indexOf(name);
      const value = at < 0 ? undefined : answer[at + 1];
      return value === undefined || value === wanted ? [] : `${shown} has ${name} ${value}: ${danger}; set ${wanted}`;
    });
  } catch {
    return [];
  }
}
