/** Jobs as a table; on narrow screens each row is a block. */

import type { Job } from '../api.js';
import { isFilm, moment, sizeOf, titleOf } from '../format.js';
import { jobPath } from '../route.js';
import { Actions } from './actions.js';
import { Priority } from './priority.js';
import { ProgressBar } from './progress.js';
import { State } from './state.js';

export interface JobTableProps {
  readonly jobs: readonly Job[];
  changed(job: Job): void;
  removed(id: string): void;
}

export function JobTable({ jobs, changed, removed }: JobTableProps) {
  return (
    <table class="jobs">
      <caption class="hidden">Jobs</caption>
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Priority
          </th>
          <th scope="col" class="number">
            Submitted
          </th>
          <th scope="col">
            <span class="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row" class="name">
              <a href={jobPath(job.id)}>{titleOf(job)}</a>
              <span class="about">
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
            <td class="number" data-label="Submitted">
              <time dateTime={job.submitted}>{moment(job.submitted)}</time>
            </td>
            <td class="acts">
              <Actions job={job} changed={changed} removed={() => removed(job.id)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
