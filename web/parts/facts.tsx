/** What is known of a job, and what was asked for. */

import type { ComponentChildren } from 'preact';
import type { Job } from '../answers.js';
import { compact, duration, moment, sceneText } from '../format.js';
import { Priority } from './priority.js';

export function Facts({ job, changed }: { job: Job; changed(job: Job): void }) {
  const { submitted, started, ended, deadline, progress, attempt, owner, request } = job;
  const seconds = started && ((ended ? Date.parse(ended) : Date.now()) - Date.parse(started)) / 1000;
  return (
    <>
      <section class="card">
        <h2>Job</h2>
        <dl class="facts">
          <Fact name="Owner">{owner}</Fact>
          <Fact name="Priority">
            <Priority job={job} changed={changed} />
          </Fact>
          <Fact name="Submitted">{moment(submitted)}</Fact>
          {started && <Fact name="Started">{moment(started)}</Fact>}
          {ended && <Fact name="Ended">{moment(ended)}</Fact>}
          {typeof seconds === 'number' && (ended || job.state === 'running') && (
            <Fact name={ended ? 'Took' : 'Runs for'}>{duration(seconds)}</Fact>
          )}
          {deadline && <Fact name="Deadline">{moment(deadline)}</Fact>}
          {attempt > 1 && <Fact name="Attempt">{attempt}</Fact>}
          {progress && <Fact name="Samples">{compact(progress.samples)}</Fact>}
          {progress && job.state === 'running' && <Fact name="Slots now">{progress.slots}</Fact>}
          <Fact name="Id">
            <span class="code">{job.id}</span>
          </Fact>
        </dl>
      </section>
      <section class="card">
        <h2>Request</h2>
        <dl class="facts request">
          {Object.entries(request).map(([name, value]) => (
            <Fact key={name} name={name}>
              <span class="code">{name === 'scene' ? sceneText(value) : value}</span>
            </Fact>
          ))}
        </dl>
      </section>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
