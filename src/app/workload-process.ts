/**
 * A process of low priority that estimates jobs, so that the service answers meanwhile, whatever a job asks for. It gets
 * orders, one after another, and sends core-seconds, or null for a job that fails before it computes anything.
 */

import { setPriority } from 'node:os';
import { orderedRequest } from '../request/submission.js';
import type { RawFlags } from '../request/values.js';
import { workloadOf } from './workload.js';

const LOWEST_PRIORITY = 19;

setPriority(LOWEST_PRIORITY);
const forever = new AbortController().signal;
process.on('disconnect', () => process.exit());
process.on('message', async (order: RawFlags) => {
  const seconds = await workloadOf(orderedRequest(order), forever).catch(() => null);
  process.send?.(seconds);
});
