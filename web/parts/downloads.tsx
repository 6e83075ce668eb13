/** The files of a job. */

import { ENDED, type Job } from '../answers.js';
import { messageOf, send, token } from '../api.js';
import { bytes } from '../format.js';
import { useLive } from '../live.js';

export function Downloads({ job }: { job: Job }) {
  const { outputs } = job;
  return (
    <section class="card">
      <h2>Files</h2>
      {outputs.length > 0 ? (
        <ul class="files">
          {outputs.map((one) => (
            <li key={one.name}>
              <Download {...one} />
              <span class="number">{bytes(one.bytes)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="about">{emptyText(job)}</p>
      )}
    </section>
  );
}

function emptyText({ expired, state }: Job): string {
  if (expired) return 'Removed to save space.';
  if (state === 'succeeded') return 'None.';
  return ENDED.includes(state) ? `None: the job has ${verb(state)}.` : 'They appear when the job has succeeded.';
}

const verb = (state: string) => (state === 'cancelled' ? 'been cancelled' : 'failed');

function Download({ name, href }: { name: string; href: string }) {
  const { notice } = useLive();
  // A link sends no token.
  const load = async (event: Event) => {
    if (token() === null) return;
    event.preventDefault();
    try {
      const url = URL.createObjectURL(await (await send(href)).blob());
      const link = Object.assign(document.createElement('a'), { href: url, download: name });
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  return (
    <a href={href} download={name} onClick={load}>
      {name}
    </a>
  );
}
