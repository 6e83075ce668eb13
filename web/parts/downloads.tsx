/** The files of a job. */

import { type Job, messageOf, send, token } from '../api.js';
import { bytes } from '../format.js';
import { useLive } from '../live.js';

export function Downloads({ job: { outputs, expired, state } }: { job: Job }) {
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
        <p class="about">
          {expired
            ? 'Removed to save space.'
            : state === 'succeeded'
              ? 'None.'
              : 'They appear when the job has succeeded.'}
        </p>
      )}
    </section>
  );
}

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
