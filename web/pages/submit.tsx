/** A form for a new job. Its fields are those that the service takes. */

import { useEffect, useState } from 'preact/hooks';
import { get, type Job, messageOf, post } from '../api.js';
import { isFilm } from '../format.js';
import { useLive, usePageTitle } from '../live.js';
import { type FieldInfo, Fields, type Values } from '../parts/fields.js';
import { Place } from '../parts/place.js';
import { jobPath } from '../route.js';

type Kind = 'still' | 'film';

const PLACE = ['formula', 'xpos', 'ypos', 'zoom', 'rotate', 'iters'];
const COLOURS = ['palette', 'color-mode', 'density', 'offset'];
const SIZE = ['width', 'height', 'samples', 'outfile'];
const FILM = ['zoom-end', 'seconds', 'frames', 'fps', 'ease'];
const JOB = ['priority', 'deadline', 'webhook', 'owner'];
const SHOWN = [...PLACE, ...COLOURS, ...SIZE, ...FILM, ...JOB];
const OUTFILES = { still: 'picture.png', film: 'film.mp4' } as const;

export function SubmitPage({ from }: { from: string | undefined }) {
  const { notice, access } = useLive();
  const [fields, setFields] = useState<readonly FieldInfo[]>();
  const [values, setValues] = useState<Values>({});
  const [kind, setKind] = useState<Kind>('still');
  const [wrong, setWrong] = useState<{ name: string | undefined; text: string }>();
  const [sending, setSending] = useState(false);
  usePageTitle('New job');
  useEffect(() => {
    get<{ fields: readonly FieldInfo[] }>('/v1/fields').then(
      (answer) => setFields(answer.fields.filter(({ name }) => name !== 'owner' || access.role === 'operate')),
      (error) => notice(messageOf(error), 'error'),
    );
  }, []);
  useEffect(() => {
    if (from === undefined) return;
    get<Job>(`/v1/jobs/${encodeURIComponent(from)}`).then(
      (job) => {
        setValues({ ...job.request, priority: String(job.priority) });
        setKind(isFilm(job) ? 'film' : 'still');
      },
      (error) => notice(messageOf(error), 'error'),
    );
  }, [from]);
  if (!fields) return <p class="about">Loading</p>;

  const filmFields = new Set(fields.filter(({ group }) => group === 'Film').map(({ name }) => name));
  const order: Record<string, string> = { outfile: OUTFILES[kind] };
  for (const [name, value] of Object.entries(values)) {
    if (value !== '' && (kind === 'film' || !filmFields.has(name))) order[name] = value;
  }
  const submit = async () => {
    setSending(true);
    setWrong(undefined);
    try {
      const job = await post<Job>('/v1/jobs', order, { 'idempotency-key': keyOf() });
      notice(`${order.outfile} is submitted`);
      location.hash = jobPath(job.id);
    } catch (error) {
      const text = messageOf(error);
      const name = /--([a-z-]+)/.exec(text)?.[1];
      setWrong({ name, text });
      setSending(false);
      document.getElementById(`field-${name}`)?.focus();
    }
  };
  const some = (names: readonly string[]) => names.flatMap((name) => fields.filter((one) => one.name === name));
  const shared = {
    values,
    wrong,
    change: (name: string, value: string) => setValues((now) => ({ ...now, [name]: value })),
  };
  const others = fields.filter(({ name }) => !SHOWN.includes(name) && (kind === 'film' || !filmFields.has(name)));
  const groups = [...new Set(others.map(({ group }) => group))];
  return (
    <form
      class="submit"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="heading">
        <h1>New job</h1>
        <fieldset class="switch">
          <legend class="hidden">Kind</legend>
          {(['still', 'film'] as const).map((one) => (
            <label key={one}>
              <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
              <span>{one === 'still' ? 'Still' : 'Film'}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <div class="columns">
        <div class="main">
          <Fields title="Place" fields={some(PLACE)} {...shared} />
          {kind === 'film' && <Fields title="Film" fields={some(FILM)} {...shared} />}
          <Fields title="Colours" fields={some(COLOURS)} {...shared} />
          <Fields title="Picture" fields={some(SIZE)} {...shared} usual={{ outfile: OUTFILES[kind] }} />
          <Fields title="Job" fields={some(JOB)} {...shared} />
          <details class="card">
            <summary>All other options</summary>
            {groups.map((group) => (
              <Fields key={group} title={group} fields={others.filter((one) => one.group === group)} {...shared} />
            ))}
          </details>
        </div>
        <aside aria-label="Preview and submit">
          <Place order={order} fields={fields} />
          {wrong && (
            <p class="failure" role="alert">
              {wrong.text}
            </p>
          )}
          <button type="submit" class="primary wide" disabled={sending}>
            {sending ? 'Submitting' : 'Submit'}
          </button>
        </aside>
      </div>
    </form>
  );
}

/** Random: a form that is sent twice in one go makes one job, since the browser repeats the request with the same key. */
function keyOf(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
