/**
 * Runs compiled test files with Node's own runner, names the slowest ones, and ends with the line `N passed, N failed`.
 * usage: node test/run.mjs                        all files but the slow ones: `make test`
 *        node test/run.mjs --all                  every file: `make test-all`
 *        node test/run.mjs part/of/a/path ...     the files whose path contains one of the parts, slow or not
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

/** Starts of names in test/ whose files kill, stop and flood real processes, or build an image: three quarters of the time of all. */
const SLOW = ['faults/', 'deploy/image', 'deploy/slurm'];
const SLOWEST = 10;
/** Files at a time. */
const AT_ONCE = Math.max(2, availableParallelism());

// For this process' children too, which are the test files and the programs that they start.
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim();

const root = fileURLToPath(new URL('../dist/test/', import.meta.url));
const words = process.argv.slice(2);
const parts = words.filter((word) => !word.startsWith('--'));
const every = readdirSync(root, { recursive: true })
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => name.replaceAll('\\', '/'));
const chosen = every.filter(choice());
const files = chosen.map((name) => root + name).sort();

function choice() {
  if (parts.length > 0) return (name) => parts.some((part) => name.includes(part));
  if (words.includes('--all')) return () => true;
  return (name) => !SLOW.some((folder) => name.startsWith(folder));
}

const counts = { passed: 0, failed: 0, skipped: 0 };
/** Milliseconds by file. */
const times = new Map();
const stream = run({ files, concurrency: AT_ONCE, timeout: 600_000 });
const isSuite = (data) => data.details?.type === 'suite' || files.includes(data.name);
const clock = (data) => {
  if (data.nesting > 0 || data.file === undefined || files.includes(data.name)) return;
  times.set(data.file, (times.get(data.file) ?? 0) + (data.details?.duration_ms ?? 0));
};
stream.on('test:pass', (data) => {
  clock(data);
  if (isSuite(data)) return;
  if (data.skip !== undefined) {
    counts.skipped++;
    console.log(`SKIPPED ${data.name}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}`);
  } else counts.passed++;
});
stream.on('test:fail', (data) => {
  clock(data);
  if (data.details?.type !== 'suite') counts.failed++;
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  process.exitCode = counts.failed > 0 ? 1 : 0;
  setImmediate(() => console.log(closing().join('\n')));
});

/** The last lines: what took longest, what was left out, and the counts. */
function closing() {
  const slowest = [...times].sort((a, b) => b[1] - a[1]).slice(0, SLOWEST);
  const lines = slowest.map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${file.replace(/^.*\/test\//, 'test/')}`);
  const out = every.length - chosen.length;
  return [
    ...(files.length > 1 ? ['slowest files:', ...lines] : []),
    ...(out > 0 && parts.length === 0 ? [`${out} files of test/${SLOW.join(', test/')} left out: make test-all runs them too`] : []),
    `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`,
  ];
}
