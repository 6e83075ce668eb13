/** The picture of a job: the finished file, or the part of it that there is. */

import { useEffect, useState } from 'preact/hooks';
import type { Job } from '../answers.js';
import { send, token } from '../api.js';
import { share, titleOf } from '../format.js';

const SHOWN = /\.(png|apng|gif|webp|jpe?g)$/i;
const FILM = /\.(mp4|webm|mov)$/i;
/** The service makes no more than one preview a second. */
const AGAIN_MS = 2_000;

export function Picture({ job }: { job: Job }) {
  const { request } = job;
  const film = job.outputs.find(({ name }) => FILM.test(name));
  const still = job.outputs.find(({ name }) => SHOWN.test(name));
  const finished = film ?? still;
  const preview = usePreview(job, finished === undefined && job.expired === undefined);
  const file = useFile(finished?.href);
  const source = file ?? preview;
  const [width, height] = [Number(request.width ?? 1280), Number(request.height ?? 720)];
  const over = job.state === 'failed' || job.state === 'cancelled';
  if (over && !source) return null;
  return (
    <figure class={over ? 'picture part' : 'picture'}>
      <svg class="room" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true" />
      {film && file ? (
        // biome-ignore lint/a11y/useMediaCaption: films of this program have no speech
        <video src={file} controls loop playsInline aria-label={`Film ${titleOf(job)}`} />
      ) : source ? (
        <img src={source} alt={altOf(job, source === file)} />
      ) : (
        <figcaption>{emptyText(job, finished !== undefined)}</figcaption>
      )}
    </figure>
  );
}

function altOf(job: Job, complete: boolean): string {
  if (complete) return titleOf(job);
  return `${titleOf(job)} ${job.state === 'succeeded' ? 'as a small picture' : 'so far'}`;
}

function emptyText({ state, outputs, expired, progress }: Job, loading: boolean): string {
  if (loading) return 'Loading';
  if (expired)
    return 'The files were removed: they were too old, or took too much space. Requeue the job to make them again.';
  if (outputs.length > 0) return 'This kind of file is not shown here: download it.';
  if (state === 'running')
    return progress && share(progress) > 0 ? 'The picture is being computed.' : 'The job starts.';
  if (state === 'queued') return 'The job waits for its turn.';
  return 'The picture appears here when the job goes on.';
}

/** A URL of a file. One that needs the token is read into memory first. */
function useFile(href: string | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const direct = token() === null;
    setUrl(direct ? href : undefined);
    if (href === undefined || direct) return;
    const ended = new AbortController();
    let made: string | undefined;
    send(href, { signal: ended.signal })
      .then((response) => response.blob())
      .then((blob) => setUrl((made = URL.createObjectURL(blob))))
      .catch(() => undefined);
    return () => {
      ended.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [href]);
  return url;
}

/** The picture as far as it is, again and again while the job runs; small, if browsers do not show its files. */
function usePreview({ id, state, attempt }: Job, wanted: boolean): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!wanted || state === 'queued') return;
    const ended = new AbortController();
    let timer = 0;
    let made: string | undefined;
    let etag = '';
    const load = async () => {
      try {
        const headers: Record<string, string> = etag === '' ? {} : { 'if-none-match': etag };
        const response = await send(`/v1/jobs/${id}/preview`, { headers, signal: ended.signal });
        etag = response.headers.get('etag') ?? '';
        const blob = await response.blob();
        if (ended.signal.aborted) return;
        const old = made;
        setUrl((made = URL.createObjectURL(blob)));
        if (old) URL.revokeObjectURL(old);
      } catch {
        // Nothing new, or nothing yet.
      }
      if (!ended.signal.aborted && (state === 'running' || state === 'pausing'))
        timer = window.setTimeout(load, AGAIN_MS);
    };
    load();
    return () => {
      ended.abort();
      clearTimeout(timer);
      if (made) URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [id, state, attempt, wanted]);
  return url;
}
