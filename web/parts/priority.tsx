/** The priority of a job, which can be changed until it has ended. */

import { ENDED, type Job } from '../answers.js';
import { messageOf, patch } from '../api.js';
import { titleOf } from '../format.js';
import { useLive } from '../live.js';
import { useSettled } from '../settled.js';
import { mayChange } from './actions.js';

export function Priority({ job, changed }: { job: Job; changed(job: Job): void }) {
  const { access, notice } = useLive();
  const settled = useSettled(String(job.priority));
  if (ENDED.includes(job.state) || !mayChange(access, job)) return <span class="number">{job.priority}</span>;
  const change = async (input: HTMLInputElement) => {
    const priority = input.valueAsNumber;
    if (priority === job.priority) return;
    try {
      changed(await patch<Job>(`/v1/jobs/${job.id}`, { priority }));
      notice(`${titleOf(job)}: priority ${priority}`);
    } catch (error) {
      input.value = String(job.priority);
      notice(messageOf(error), 'error');
    }
  };
  return (
    <input
      {...settled}
      class="priority"
      type="number"
      min={0}
      max={100}
      step={1}
      aria-label={`Priority of ${titleOf(job)}, 0 to 100`}
      onChange={({ currentTarget }) => change(currentTarget)}
    />
  );
}
