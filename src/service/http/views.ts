/** Jobs as JSON. */

import type { Job } from '../job.js';

export function jobView({ order, submittedAt, startedAt, endedAt, deadline, outputs, runner, ...job }: Job): object {
  return {
    ...job,
    ...timeView({ submitted: submittedAt, started: startedAt, ended: endedAt, deadline }),
    request: order,
    outputs: outputs.map((one) => ({ ...one, href: `/v1/jobs/${job.id}/files/${encodeURIComponent(one.name)}` })),
  };
}

function timeView(times: Readonly<Record<string, number | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(times).flatMap(([name, time]) => (time === undefined ? [] : [[name, new Date(time).toISOString()]])),
  );
}
