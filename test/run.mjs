/**
 * Runs every compiled test file with Node's own runner and ends with the plain line `N passed, N failed`.
 * usage: node test/run.mjs [part of a path ...]   only the files whose path contains one of the parts
 */
import { readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const root = new URL('../dist/test/', import.meta.url).pathname;
const parts = process.argv.slice(2);
const files = readdirSync(root, { recursive: true })
  .filter((name) => name.endsWith('.test.js'))
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  .map((name) => root + name)
  .sort();

const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files, concurrency: 2, timeout: 600_000 });
const isSuite = (data) => data.details?.type === 'suite' || files.includes(data.name);
stream.on('test:pass', (data) => {
  if (isSuite(data)) return;
  if (data.skip !== undefined) {
    counts.skipped++;
    console.log(`SKIPPED ${data.name}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}`);
  } else counts.passed++;
});
stream.on('test:fail', (data) => {
  if (data.details?.type !== 'suite') counts.failed++;
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  process.exitCode = counts.failed > 0 ? 1 : 0;
  setImmediate(() =>
    console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`),
  );
});
