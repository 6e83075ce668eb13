import { test } from 'node:test';
import { crowd } from './crowd.js';

test('1,000 clients get every event of a job, in order, without memory that grows', { timeout: 180_000 }, (t) =>
  crowd(t, { clients: 1_000, seconds: 10 }),
);
