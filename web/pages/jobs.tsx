/** Queue and history: filtered, sorted, page by page, and live. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, type Job, messageOf, type Status } from '../api.js';
import { useLive, usePageTitle, useStream } from '../live.js';
import { Filters, filtersOf } from '../parts/filters.js';
import { JobTable } from '../parts/job-table.js';

interface List {
  readonly jobs: readonly Job[];
  readonly next?: string;
}

interface Changes {
  readonly jobs: readonly Job[];
  readonly removed: readonly string[];
  readonly more?: true;
}

const AGAIN_MS = 500;

export function JobsPage({ query }: { query: URLSearchParams }) {
  const { notice, access } = useLive();
  usePageTitle('Jobs');
  const [list, setList] = useState<List>();
  const [status, setStatus] = useState<Status>();
  const filters = filtersOf(query);
  const path = `/v1/jobs?${filters.search}`;
  const timer = useRef<number>(0);

  const load = () => get<List>(path).then(setList, (error) => notice(messageOf(error), 'error'));
  const loadSoon = () => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(load, AGAIN_MS);
  };
  useEffect(() => {
    load();
    return () => clearTimeout(timer.current);
  }, [path]);
  useStream('/v1/events', (name, data) => {
    if (name === 'status') setStatus(data as Status);
    if (name === 'open') load();
    if (name !== 'jobs' || !list) return;
    const changes = data as Changes;
    const latest = new Map(changes.jobs.map((job) => [job.id, job]));
    const known = new Set(list.jobs.map(({ id }) => id));
    const moved = list.jobs.some(({ id, state, priority }) => {
      const now = latest.get(id);
      return now && (now.state !== state || now.priority !== priority);
    });
    setList({ ...list, jobs: list.jobs.map((job) => latest.get(job.id) ?? job) });
    if (changes.more || changes.removed.length > 0 || moved || changes.jobs.some(({ id }) => !known.has(id)))
      loadSoon();
  });
  const more = async () => {
    try {
      const page = await get<List>(`${path}&cursor=${list?.next}`);
      setList({ ...page, jobs: [...(list?.jobs ?? []), ...page.jobs] });
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  const changed = (job: Job) =>
    setList((now) => now && { ...now, jobs: now.jobs.map((one) => (one.id === job.id ? job : one)) });
  const removed = (id: string) => setList((now) => now && { ...now, jobs: now.jobs.filter((one) => one.id !== id) });
  return (
    <>
      <div class="heading">
        <h1>Jobs</h1>
        {status && <Counts status={status} />}
      </div>
      <Filters filters={filters} />
      {list && list.jobs.length > 0 && <JobTable jobs={list.jobs} changed={changed} removed={removed} />}
      {list && list.jobs.length === 0 && <Empty filtered={filters.active} maySubmit={access.role !== 'view'} />}
      {list?.next && (
        <button type="button" class="more" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}

function Counts({ status: { jobs } }: { status: Status }) {
  const shown = (['running', 'queued', 'paused', 'failed'] as const).filter((state) => jobs[state] > 0);
  return (
    <p class="counts">
      {shown.map((state) => (
        <span key={state}>
          <b>{jobs[state]}</b> {state}
        </span>
      ))}
    </p>
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
