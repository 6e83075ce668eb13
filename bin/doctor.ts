/** `fractal doctor`: prints what this machine has as a table. */

import { examine, type Finding } from '../src/app/doctor.js';

const MARKS = { good: 'yes', less: ' - ', bad: ' NO' } as const;

/** Resolves to 0, the exit code: what is missing is no failure of the command. */
export async function doctor(): Promise<number> {
  process.stdout.write(table(await examine(process.env, new AbortController().signal)));
  return 0;
}

function table(found: readonly Finding[]): string {
  const width = Math.max(...found.map(({ topic }) => topic.length));
  const indent = ' '.repeat(width + 7);
  const lines = found.flatMap(({ topic, state, text, remedy }) => [
    `${topic.padEnd(width)}  ${MARKS[state]}  ${text}`,
    ...(remedy === undefined ? [] : [`${indent}to get it: ${remedy}`]),
  ]);
  return `${lines.join('\n')}\n`;
}
