/** A small picture of the place in a form: a still of the highest priority, which is deleted when it is shown. */

import { useEffect, useState } from 'preact/hooks';
import { ApiError, ENDED, get, type Job, messageOf, post, remove, send } from '../api.js';
import type { FieldInfo } from './fields.js';

const WIDTH = 320;
const MOST_HEIGHT = 400;
const WAIT_MS = 600;
const LOOK_MS = 200;
/** Groups of fields that a small picture does not have. */
const LEFT_OUT = ['Film', 'Output', 'Output and shards', 'Job'];
const REPLACED = ['width', 'height', 'samples', 'smoothness', 'full-size', 'exact', 'verify', 'keep-samples'];

export interface PlaceProps {
  readonly order: Readonly<Record<string, string>>;
  readonly fields: readonly FieldInfo[];
}

export function Place({ order, fields }: PlaceProps) {
  const [url, setUrl] = useState<string>();
  const [note, setNote] = useState('');
  const small = JSON.stringify(smallOrder(order, fields));
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(async () => {
      setNote('Computing the preview');
      try {
        const made = await render(JSON.parse(small), ended.signal, setNote);
        if (!made) return;
        setUrl((old) => {
          if (old) URL.revokeObjectURL(old);
          return made;
        });
        setNote('');
      } catch (error) {
        if (!ended.signal.aborted) setNote(messageOf(error));
      }
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [small]);
  return (
    <figure class="picture place">
      {url && <img src={url} alt="The place, small" />}
      <figcaption aria-live="polite">{note || (url ? 'Preview of the place' : '')}</figcaption>
    </figure>
  );
}

function smallOrder(order: PlaceProps['order'], fields: PlaceProps['fields']): Record<string, string> {
  const names = fields.filter(({ group }) => !LEFT_OUT.includes(group)).map(({ name }) => name);
  const kept = names.filter((name) => name in order && !REPLACED.includes(name));
  const ratio = Number(order.height ?? 720) / Number(order.width ?? 1280);
  const height = Math.min(MOST_HEIGHT, Math.max(1, Math.round(WIDTH * ratio) || 180));
  return {
    ...Object.fromEntries(kept.map((name) => [name, order[name] as string])),
    ...{ width: String(WIDTH), height: String(height), outfile: 'place.png', priority: '100' },
  };
}

/** The URL of the picture; undefined: the signal came. The job is deleted in every case. */
async function render(order: object, signal: AbortSignal, note: (text: string) => void): Promise<string | undefined> {
  const { id } = await post<Job>('/v1/jobs', order);
  const path = `/v1/jobs/${id}`;
  let ended = false;
  const leave = () => void send(`${path}/cancel`, { method: 'POST', keepalive: true }).catch(() => undefined);
  addEventListener('pagehide', leave);
  try {
    for (;;) {
      if (signal.aborted) return undefined;
      const job = await get<Job>(path);
      ended = ENDED.includes(job.state);
      if (job.error) throw new ApiError(200, job.error.code, job.error.message);
      if (ended) {
        const [output] = job.outputs;
        return output && URL.createObjectURL(await (await send(output.href)).blob());
      }
      note(job.state === 'queued' ? 'The preview waits: other jobs take all places' : 'Computing the preview');
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    removeEventListener('pagehide', leave);
    if (!ended) await post(`${path}/cancel`).catch(() => undefined);
    await remove(path).catch(() => undefined);
  }
}
