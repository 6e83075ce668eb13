/** A small picture of the place in a form: a still of the highest priority, which is deleted when it is shown. */

import { useEffect, useState } from 'preact/hooks';
import type { Field } from '../../src/request/field.js';
import { ENDED, type Job } from '../answers.js';
import { ApiError, get, post, remove, send } from '../api.js';
import { placeOf, type Values } from '../order.js';
import { Switch } from './switch.js';

/** Of the pictures in pixels: a coarse one comes first. */
const WIDTHS = [64, 320];
const WAIT_MS = 300;
const LOOK_MS = 100;
const ENDS = { first: 'First frame', last: 'Last frame' } as const;

export interface PlaceProps {
  readonly order: Values;
  readonly fields: readonly Field[];
  readonly isFilm: boolean;
  shown(): void;
  /** What stands in the place of the picture. */
  failed(error: unknown): string;
}

export function Place({ order, fields, isFilm, shown, failed }: PlaceProps) {
  const [url, setUrl] = useState<string>();
  const [note, setNote] = useState('');
  const [end, setEnd] = useState<keyof typeof ENDS>('first');
  const stills = JSON.stringify(WIDTHS.map((width) => placeOf(order, isFilm ? end : 'first', fields, width)));
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(async () => {
      setNote('Computing the preview');
      try {
        for (const still of JSON.parse(stills)) {
          const made = await render(still, ended.signal, setNote);
          if (!made) return;
          shown();
          setUrl((old) => {
            if (old) URL.revokeObjectURL(old);
            return made;
          });
        }
        setNote('');
      } catch (error) {
        if (!ended.signal.aborted) setNote(failed(error));
      }
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [stills]);
  return (
    <div class="place">
      <figure class="picture">
        {url && <img src={url} alt="The place, small" />}
        <figcaption aria-live="polite">{note}</figcaption>
      </figure>
      {isFilm && <Switch label="Preview of" name="end" options={ENDS} chosen={end} choose={setEnd} />}
    </div>
  );
}

/** The URL of the picture; undefined: the signal came. The job is deleted in every case. */
async function render(order: Values, signal: AbortSignal, note: (text: string) => void): Promise<string | undefined> {
  if (signal.aborted) return undefined;
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
      note(job.state === 'queued' ? 'The preview waits: as many jobs run as may at once' : 'Computing the preview');
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    removeEventListener('pagehide', leave);
    if (!ended) await post(`${path}/cancel`).catch(() => undefined);
    await remove(path).catch(() => undefined);
  }
}
