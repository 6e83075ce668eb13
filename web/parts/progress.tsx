/** How far a job is: a bar with percent, frames and the time left. */

import type { Job } from '../answers.js';
import { duration, percentOf, secondsLeft, share, whole } from '../format.js';

export function ProgressBar({ job, label }: { job: Job; label: string }) {
  const { progress, state } = job;
  if (!progress || state === 'succeeded') return null;
  const part = share(progress);
  const left = secondsLeft(job);
  const frames = progress.frames > 1 ? `${whole(progress.framesDone)} of ${whole(progress.frames)} frames` : '';
  return (
    <div class="progress">
      <progress max={1} value={part} aria-label={label} />
      <span class="figures">
        <span class="percent">{percentOf(progress)}</span>
        {frames !== '' && <span>{frames}</span>}
        {left !== undefined && <span>{duration(left)} left</span>}
        {state === 'running' && progress.slots === 0 && <span>no slot at work</span>}
      </span>
    </div>
  );
}
