/** Runs that tests end themselves, in the place of renders. */

import type { Job, Output } from '../../src/service/job.js';
import type { RunReports, StartRun } from '../../src/service/run.js';

export interface TestRun {
  readonly job: Job;
  readonly reports: RunReports;
  readonly stops: string[];
  readonly revisions: Job[];
  /** What is to be seen of it. */
  picture?: Uint8Array;
  succeed(outputs?: readonly Output[]): void;
  fail(error: unknown): void;
  /** As a run does that was told to stop. */
  endStopped(): void;
}

export interface TestRuns {
  readonly start: StartRun;
  /** In the order in which they began. */
  readonly all: readonly TestRun[];
  /** The latest run of a job, once it has begun. */
  of(id: string): Promise<TestRun>;
}

export function testRuns(): TestRuns {
  const all: TestRun[] = [];
  const waiting = new Set<() => void>();
  return {
    all,
    start(job, reports) {
      const stops: string[] = [];
      const revisions: Job[] = [];
      const result = new Promise<readonly Output[] | 'stopped'>((succeed, fail) => {
        const ends = { succeed: (outputs: readonly Output[] = []) => succeed(outputs), fail };
        all.push({ job, reports, stops, revisions, ...ends, endStopped: () => succeed('stopped') });
      });
      const run = all.at(-1);
      for (const look of waiting) look();
      return {
        result,
        stop: (how) => stops.push(how),
        revised: (latest) => revisions.push(latest),
        picture: async () => run?.picture,
      };
    },
    of(id) {
      return new Promise((resolve) => {
        const look = () => {
          const run = all.findLast(({ job }) => job.id === id);
          if (!run) return;
          waiting.delete(look);
          resolve(run);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

/** Resolves when a condition holds; it is looked at in each turn of the event loop. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate);
}
