/** A job that was submitted here: how far it is, and its files. */

import { useEffect, useState } from 'preact/hooks';
import type { Job, Progress } from '../../answers.js';
import { get } from '../../api.js';
import { titleOf } from '../../format.js';
import { useStream } from '../../live.js';
import { Downloads } from '../../parts/downloads.js';
import { ProgressBar } from '../../parts/progress.js';
import { State } from '../../parts/state.js';
import { jobPath } from '../../route.js';
import type { Jobs } from '../jobs.js';

/** Most recent first. `kind`: which of them. */
export function JobCards({ jobs, kind }: { readonly jobs: Jobs; readonly kind: (job: Job) => boolean }) {
  const shown = jobs.all.filter(kind);
  if (shown.length === 0) return null;
  return (
    <section aria-label="Submitted jobs" class="submitted">
      {shown.map((job) => (
        <JobCard key={job.id} submitted={job} />
      ))}
    </section>
  );
}

function JobCard({ submitted }: { readonly submitted: Job }) {
  const [job, setJob] = useState(submitted);
  const path = `/v1/jobs/${encodeURIComponent(job.id)}`;
  const load = () => get<Job>(path).then(setJob, () => undefined);
  useEffect(() => {
    load();
  }, []);
  useStream(`${path}/events`, (name, data) => {
    if (name === 'progress') setJob((now) => ({ ...now, progress: data as Progress }));
    else if (name !== 'log' && name !== 'refused') load();
  });
  return (
    <div class="job-card">
      <p class="line">
        <a href={`./${jobPath(job.id)}`}>{titleOf(job)}</a>
        <State state={job.state} />
      </p>
      <ProgressBar job={job} label={`Progress of ${titleOf(job)}`} />
      {job.error && <p class="failure">{job.error.message}</p>}
      {job.outputs.length > 0 && <Downloads job={job} />}
    </div>
  );
}
