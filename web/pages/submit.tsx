/** A form for a new job. Its fields are those that the service takes. */

import { useEffect, useState } from 'preact/hooks';
import type { Field } from '../../src/request/field.js';
import type { Job } from '../answers.js';
import { ApiError, get, messageOf, post } from '../api.js';
import { isFilm } from '../format.js';
import { useLive, usePageTitle } from '../live.js';
import { type Kind, orderOf, usualOf, type Values } from '../order.js';
import { Fields, type Wrong } from '../parts/fields.js';
import { Place } from '../parts/place.js';
import { Switch } from '../parts/switch.js';
import { jobPath } from '../route.js';

const KINDS = { still: 'Still', film: 'Film' } as const;
const PLACE = ['xpos', 'ypos', 'zoom', 'rotate', 'iters', 'formula'];
/** Fields of one formula only. */
const OF_FORMULA: Readonly<Record<string, readonly string[]>> = {
  julia: ['julia-re', 'julia-im'],
  multibrot: ['power'],
};
const COLOURS = ['palette', 'color-mode', 'density', 'offset'];
const SIZE = ['width', 'height', 'samples', 'outfile'];
const FILM = ['zoom-end', 'seconds', 'frames', 'fps', 'ease', 'rotate-end', 'shutter', 'path'];
const JOB = ['priority', 'owner', 'deadline', 'webhook'];

export function SubmitPage({ from }: { from: string | undefined }) {
  const { notice, access } = useLive();
  const [fields, setFields] = useState<readonly Field[]>();
  const [values, setValues] = useState<Values>({});
  const [kind, setKind] = useState<Kind>('still');
  /** What the service refused, and why there is no preview. */
  const [refused, setRefused] = useState<Wrong>();
  const [unseen, setUnseen] = useState<Wrong>();
  const [sending, setSending] = useState(false);
  usePageTitle('New job');
  useEffect(() => {
    get<{ fields: readonly Field[] }>('/v1/fields').then(
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

  const order = orderOf(kind, values, fields);
  const submit = async () => {
    setSending(true);
    setRefused(undefined);
    try {
      const job = await post<Job>('/v1/jobs', order, { 'idempotency-key': keyOf() });
      notice(`${order.outfile} is submitted`);
      location.hash = jobPath(job.id);
    } catch (error) {
      const wrong = wrongOf(error, fields);
      setRefused(wrong);
      setSending(false);
      if (wrong.name !== undefined) show(wrong.name);
    }
  };
  const change = (name: string, value: string) => {
    setValues((now) => ({ ...now, [name]: value }));
    if (refused?.name === undefined || refused.name === name) setRefused(undefined);
  };
  const shared = { values, wrong: refused ?? unseen, usual: usualOf(kind, values), change };
  const cards = [
    { title: 'Place', names: [...PLACE, ...(OF_FORMULA[values.formula ?? ''] ?? [])] },
    ...(kind === 'film' ? [{ title: 'Film', names: FILM }] : []),
    { title: 'Colours', names: COLOURS },
    { title: 'Picture', names: SIZE },
    { title: 'Job', names: JOB },
  ];
  const shown = new Set([...cards.flatMap(({ names }) => names), ...FILM]);
  const others = fields.filter(({ name, group }) => !shown.has(name) && (kind === 'film' || group !== 'Film'));
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
        <Switch label="Kind" name="kind" options={KINDS} chosen={kind} choose={setKind} />
      </div>
      <div class="columns">
        <div class="main">
          {cards.map(({ title, names }) => (
            <Fields
              key={title}
              title={title}
              fields={names.flatMap((name) => fields.filter((one) => one.name === name))}
              {...shared}
            />
          ))}
          <details class="card">
            <summary>All other options</summary>
            {groups.map((group) => (
              <Fields key={group} title={group} fields={others.filter((one) => one.group === group)} {...shared} />
            ))}
          </details>
        </div>
        <aside aria-label="Preview and submit">
          <Place
            order={order}
            fields={fields}
            isFilm={kind === 'film'}
            shown={() => setUnseen(undefined)}
            failed={(error) => {
              const wrong = wrongOf(error, fields);
              setUnseen(wrong);
              return wrong.name === undefined ? wrong.text : 'No preview: see the marked field';
            }}
          />
          {refused && refused.name === undefined && (
            <p class="failure" role="alert">
              {refused.text}
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

/** The field that an error is about is the first one that it names. */
function wrongOf(error: unknown, fields: readonly Field[]): Wrong {
  const text = messageOf(error);
  const named = [...text.matchAll(/--([a-z-]+)/g)].map(([, name]) => name);
  const field = fields.find(({ name }) => name === named[0]) ?? fields.find(({ name }) => named.includes(name));
  const ofFile = error instanceof ApiError && error.code.startsWith('OUTFILE') ? 'outfile' : undefined;
  return { name: field?.name ?? ofFile, text };
}

/** It may be among the options that are folded away. */
function show(name: string): void {
  const field = document.getElementById(`field-${name}`);
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
}

/** Random: a form that is sent twice in one go makes one job, since the browser repeats the request with the same key. */
function keyOf(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
