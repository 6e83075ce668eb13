/** Medians, and tables in Markdown as docs/performance.md shows them. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Median and 95th percentile, as whole numbers. */
export function spread(values: readonly number[]): string {
  if (values.length === 0) return '-';
  const sorted = [...values].sort((a, b) => a - b);
  const high = sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)] as number;
  return `${Math.round(median(values))} / ${Math.round(high)}`;
}

/** Runs all in turn, several times, so that other load affects all of them equally; the median of each. */
export async function medians(runs: number, tasks: readonly (() => Promise<number>)[]): Promise<number[]> {
  const results: number[][] = tasks.map(() => []);
  for (let k = 0; k < runs; k++) for (const [at, task] of tasks.entries()) results[at]?.push(await task());
  return results.map(median);
}

export function print(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const text = [`\n### ${title}\n`, line(head), line(head.map(() => '---')), ...rows.map(line)];
  process.stdout.write(`${text.join('\n')}\n`);
}
