/** What the service answers. Types of the program that need nothing of Node are taken from it; the others are described here. */

import type { JobError, JobState, Order, Output, Progress } from '../src/service/job.js';
import type { Point } from '../src/service/point.js';

export type { JobState, Progress };
export const ENDED: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

/** Times are ISO 8601. */
export interface Job {
  readonly id: string;
  readonly version: number;
  readonly state: JobState;
  readonly priority: number;
  readonly owner: string;
  readonly attempt: number;
  readonly submitted: string;
  readonly started?: string;
  readonly ended?: string;
  readonly deadline?: string;
  readonly progress?: Progress;
  readonly error?: JobError;
  readonly request: Order;
  readonly outputs: readonly (Output & { readonly href: string })[];
  readonly expired?: true;
}

/** A page of the list of jobs. `next`: the cursor of the next one. */
export interface JobList {
  readonly jobs: readonly Job[];
  readonly next?: string;
}

/** Of all jobs, as an event. `more`: others have changed, too. */
export interface JobChanges {
  readonly jobs: readonly Job[];
  readonly removed: readonly string[];
  readonly more?: true;
}

/** Sums since the begin of the latest attempt. */
export interface JobActivity {
  readonly points: readonly { readonly time: number; readonly shards: number; readonly samples: number }[];
  readonly workers: readonly {
    readonly name: string;
    readonly shards: number;
    readonly samples: number;
    readonly busySeconds: number;
  }[];
}

export interface Worker {
  readonly name: string;
  readonly state: string;
  readonly slots: number;
  readonly version?: string;
  readonly reason?: string;
  readonly samplesPerSecond?: number;
  readonly busySlots?: number;
}

export interface Activity {
  readonly recent: readonly Point[];
  readonly day: readonly Point[];
  readonly slots: number;
}

export interface Status {
  readonly jobs: Readonly<Record<JobState, number>>;
  readonly slots: number;
  readonly point?: Point;
}

export interface Access {
  readonly role: 'view' | 'submit' | 'operate';
  readonly owner: string;
}
