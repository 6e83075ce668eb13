/** Jobs as JSON. */

import type { Job } from '../job.js';
import type { JobView } from './api/schemas.js';

export function jobView({ order, submittedAt, startedAt, endedAt, deadline, outputs, runner, ...job }: Job): JobView {
  return {
    ...job,
    submitted: isoTime(submittedAt),
    ...times({ started: startedAt, ended: endedAt, deadline }),
    request: order,
    outputs: outputs.map((one) => ({ ...one, href: `/v1/jobs/${job.id}/files/${encodeURIComponent(one.name)}` })),
  };
}

/** Those that are there. */
function times<Name extends string>(given: Readonly<Record<Name, number | undefined>>): { [name in Name]?: string } {
  const there = Object.entries<number | undefined>(given).flatMap(([name, time]) =>
    time === undefined ? [] : [[name, isoTime(time)]],
  );
  return Object.fromEntries(there);
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
