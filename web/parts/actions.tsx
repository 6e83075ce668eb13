/** What can be done with a job in its state, by who may. */

import { useEffect, useRef } from 'preact/hooks';
import { type Access, ENDED, type Job } from '../answers.js';
import { messageOf, post, remove } from '../api.js';
import { titleOf } from '../format.js';
import { useLive } from '../live.js';
import { Confirm } from './confirm.js';

const COMMANDS = {
  pause: { label: 'Pause', done: 'paused', states: ['queued', 'running'] },
  resume: { label: 'Resume', done: 'resumed', states: ['paused', 'pausing'] },
  requeue: { label: 'Requeue', done: 'queued again', states: ENDED },
} as const;

export interface ActionsProps {
  readonly job: Job;
  changed(job: Job): void;
  removed(): void;
}

export function Actions({ job, changed, removed }: ActionsProps) {
  const { access, notice } = useLive();
  const box = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  // The button that was pressed is gone: the keyboard goes on at the one in its place.
  useEffect(() => {
    if (pressed.current && document.activeElement === document.body) box.current?.querySelector('button')?.focus();
    pressed.current = false;
  }, [job.state]);
  if (!mayChange(access, job)) return null;
  const name = titleOf(job);
  const path = `/v1/jobs/${job.id}`;
  const act = async (work: () => Promise<void>, done: string) => {
    pressed.current = true;
    try {
      await work();
      notice(`${name}: ${done}`);
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  const command = (verb: string, done: string) => act(async () => changed(await post<Job>(`${path}/${verb}`)), done);
  return (
    <div class="actions" ref={box}>
      {Object.entries(COMMANDS).map(
        ([verb, { label, done, states }]) =>
          states.some((one) => one === job.state) && (
            <button key={verb} type="button" onClick={() => command(verb, done)}>
              {label}
              <span class="hidden"> {name}</span>
            </button>
          ),
      )}
      {ENDED.includes(job.state) ? (
        <Confirm
          text="Delete"
          question="Delete with files?"
          about={name}
          act={() =>
            act(async () => {
              await remove(path);
              removed();
            }, 'deleted')
          }
        />
      ) : (
        <Confirm text="Cancel" question="Really cancel?" about={name} act={() => command('cancel', 'cancelled')} />
      )}
    </div>
  );
}

export function mayChange({ role, owner }: Access, job: Job): boolean {
  return role === 'operate' || (role === 'submit' && owner === job.owner);
}
