/** Queue and history: filtered, sorted, page by page, and live. */

import type { Status } from '../answers.js';
import { useJobList } from '../job-list.js';
import { useLive, usePageTitle } from '../live.js';
import { Filters, filtersOf } from '../parts/filters.js';
import { JobTable } from '../parts/job-table.js';

export function JobsPage({ query }: { query: URLSearchParams }) {
  const { access } = useLive();
  usePageTitle('Jobs');
  const filters = filtersOf(query);
  const { jobs, hasMore, status, more, changed, removed } = useJobList(filters.search);
  return (
    <>
      <div class="heading">
        <h1>Jobs</h1>
        {status && <Counts status={status} />}
      </div>
      <Filters filters={filters} />
      {jobs && jobs.length > 0 && (
        <JobTable
          jobs={jobs}
          time={filters.sort === '-ended' ? 'ended' : 'submitted'}
          changed={changed}
          removed={removed}
        />
      )}
      {jobs?.length === 0 && <Empty filtered={filters.active} maySubmit={access.role !== 'view'} />}
      {hasMore && (
        <button type="button" class="more" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}

const COUNTED = ['running', 'queued', 'paused', 'failed'] as const;

function Counts({ status: { jobs, slots } }: { status: Status }) {
  return (
    <ul class="counts">
      {slots === 0 && (
        <li>
          <a class="count" href="#/workers">
            No worker is ready
          </a>
        </li>
      )}
      {COUNTED.filter((state) => jobs[state] > 0).map((state) => (
        <li key={state}>
          <a class="count" href={`#/jobs?state=${state}`}>
            <b>{jobs[state]}</b> {state}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Empty({ filtered, maySubmit }: { filtered: boolean; maySubmit: boolean }) {
  return (
    <section class="empty">
      <h2>{filtered ? 'No job matches' : 'No jobs yet'}</h2>
      {filtered ? (
        <p>
          Choose other filters, or <a href="#/jobs">show all jobs</a>.
        </p>
      ) : maySubmit ? (
        <>
          <p>Submit a picture or a film. It is computed by the workers, and its files are kept here.</p>
          <a class="button primary" href="#/submit">
            New job
          </a>
        </>
      ) : (
        <p>Jobs appear here when a client submits them.</p>
      )}
    </section>
  );
}
