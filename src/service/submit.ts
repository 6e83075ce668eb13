/** The job that a submission makes. */

import { randomInt } from 'node:crypto';
import type { Job, Submission } from './job.js';

export function newJob(submission: Submission, now: number): Job {
  return { ...submission, id: newId(now), version: 1, state: 'queued', attempt: 0, submittedAt: now, outputs: [] };
}

let last = { time: 0, count: 0 };

/** Sorted as text, ids are in the order in which a process made them. 20 letters and digits, the last 8 at random. */
function newId(now: number): string {
  last = now > last.time ? { time: now, count: 0 } : { time: last.time, count: last.count + 1 };
  const digits = (value: number, length: number) => value.toString(36).padStart(length, '0').slice(-length);
  const random = () => digits(randomInt(36 ** 4), 4);
  return `${digits(last.time, 8)}${digits(last.count, 4)}${random()}${random()}`;
}
