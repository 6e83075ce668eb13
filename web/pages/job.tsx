/** One job: its picture, how far it is, the workers that computed it, its log and files. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Job, JobActivity, Progress } from '../answers.js';
import { ApiError, get, messageOf } from '../api.js';
import { exploreLink } from '../explore/job-link.js';
import { isFilm, isScene, percentOf, sizeOf, titleOf } from '../format.js';
import { useLive, usePageTitle, useStream } from '../live.js';
import type { Values } from '../order.js';
import { Actions } from '../parts/actions.js';
import { Downloads } from '../parts/downloads.js';
import { Facts } from '../parts/facts.js';
import { type Line, Log, lineOf } from '../parts/log.js';
import { Picture } from '../parts/picture.js';
import { ProgressBar } from '../parts/progress.js';
import { State } from '../parts/state.js';
import { Work } from '../parts/work.js';

const ACTIVITY_MS = 2_000;
const LINES = 1_000;

export function JobPage({ id }: { id: string }) {
  const { notice, access } = useLive();
  const [job, setJob] = useState<Job>();
  const [missing, setMissing] = useState(false);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [activity, setActivity] = useState<JobActivity>();
  const asked = useRef(0);
  usePageTitle(job ? windowTitle(job) : 'Job');
  const path = `/v1/jobs/${encodeURIComponent(id)}`;

  const failed = (error: unknown) => {
    if (error instanceof ApiError && error.status === 404) setMissing(true);
    else notice(messageOf(error), 'error');
  };
  const load = () => get<Job>(path).then(setJob, failed);
  const loadActivity = () => get<JobActivity>(`${path}/activity`).then(setActivity, () => undefined);
  useEffect(() => {
    load();
    loadActivity();
  }, [path]);
  useStream(`${path}/events`, (name, data) => {
    if (name === 'progress') {
      setJob((now) => now && { ...now, progress: data as Progress });
      if (Date.now() - asked.current < ACTIVITY_MS) return;
      asked.current = Date.now();
      loadActivity();
    } else if (name === 'open') {
      load();
    } else if (name === 'refused') {
      failed(data);
    } else {
      setLines((now) => [...now, lineOf(name, data)].slice(-LINES));
      if (name !== 'log') load();
      if (name === 'state') loadActivity();
    }
  });
  if (missing) return <Missing />;
  if (!job) return <p class="about">Loading</p>;
  const explore = exploreLink(job.request as Values);
  return (
    <article class="job">
      <div class="heading">
        <div>
          <p class="crumbs">
            <a href="#/jobs">Jobs</a>
          </p>
          <h1>{titleOf(job)}</h1>
          <p class="about">
            {isFilm(job) ? 'Film' : 'Still'}
            {isScene(job) && ' of a POV-Ray scene'}, {sizeOf(job)}
          </p>
        </div>
        <div class="buttons">
          {explore !== undefined && (
            <a class="button" href={explore}>
              Explore from here
            </a>
          )}
          {access.role !== 'view' && !isScene(job) && (
            <a class="button" href={`#/submit?from=${job.id}`}>
              Same again with…
            </a>
          )}
          <Actions job={job} changed={setJob} removed={() => (location.hash = '#/jobs')} />
        </div>
      </div>
      <div class="columns">
        <div class="main">
          <div class="card status">
            <div aria-live="polite">
              <State state={job.state} />
            </div>
            <ProgressBar job={job} label="Progress" />
            {job.error && (
              <p class="failure" role="alert">
                {job.error.message} <span class="code">{job.error.code}</span>
              </p>
            )}
          </div>
          <Picture job={job} />
          {activity && <Work activity={activity} />}
          <Log lines={lines} />
        </div>
        <aside aria-label="About the job">
          <Downloads job={job} />
          <Facts job={job} changed={setJob} />
        </aside>
      </div>
    </article>
  );
}

function windowTitle(job: Job): string {
  return job.state === 'running' && job.progress ? `${percentOf(job.progress)} ${titleOf(job)}` : titleOf(job);
}

function Missing() {
  return (
    <section class="empty">
      <h1>There is no such job</h1>
      <p>
        It was deleted, or was never submitted. Go to the <a href="#/jobs">list of jobs</a>.
      </p>
    </section>
  );
}
