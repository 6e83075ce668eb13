/** Jobs as a table; on narrow screens each row is a block. */

import type { Job } from '../answers.js';
import { isFilm, isScene, moment, sizeOf, titleOf } from '../format.js';
import { jobPath } from '../route.js';
import { Actions } from './actions.js';
import { Priority } from './priority.js';
import { ProgressBar } from './progress.js';
import { State } from './state.js';
import { Table } from './table.js';

export interface JobTableProps {
  readonly jobs: readonly Job[];
  /** Which one is shown. */
  readonly time: 'submitted' | 'ended';
  changed(job: Job): void;
  removed(id: string): void;
}

export function JobTable({ jobs, time, changed, removed }: JobTableProps) {
  const label = { submitted: 'Submitted', ended: 'Ended' }[time];
  const columns = [
    { label: 'Job' },
    { label: 'State' },
    { label: 'Priority', number: true },
    { label, number: true },
    { label: 'Actions', hidden: true },
  ] as const;
  return (
    <Table class="jobs" caption="Jobs" columns={columns}>
      {jobs.map((job) => (
        <tr key={job.id}>
          <th scope="row" class="name">
            <a href={jobPath(job.id)}>{titleOf(job)}</a>
            <span class="about">
              {isScene(job) && 'POV-Ray '}
              {isFilm(job) ? 'film' : 'still'}, {sizeOf(job)}, {job.owner}
            </span>
          </th>
          <td class="what">
            <State state={job.state} />
            <ProgressBar job={job} label={`Progress of ${titleOf(job)}`} />
            {job.error && <span class="about">{job.error.message}</span>}
          </td>
          <td class="number" data-label="Priority">
            <Priority job={job} changed={changed} />
          </td>
          <td class="number" data-label={label}>
            {job[time] === undefined ? '' : <time dateTime={job[time]}>{moment(job[time])}</time>}
          </td>
          <td class="acts">
            <Actions
              job={job}
              changed={changed}
              removed={() => {
                removed(job.id);
                document.getElementById('main')?.focus();
              }}
            />
          </td>
        </tr>
      ))}
    </Table>
  );
}
