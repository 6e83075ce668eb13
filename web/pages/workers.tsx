/** The workers: their slots, how busy they are, and how fast. */

import { useEffect, useState } from 'preact/hooks';
import type { Worker } from '../answers.js';
import { get, messageOf, send } from '../api.js';
import { compact, counted, whole } from '../format.js';
import { useLive, usePageTitle, useStream } from '../live.js';
import { Confirm } from '../parts/confirm.js';
import { State } from '../parts/state.js';
import { Table } from '../parts/table.js';

const COLUMNS = [
  { label: 'Worker' },
  { label: 'State' },
  { label: 'Busy' },
  { label: 'Samples a second', number: true },
  { label: 'Version', number: true },
  { label: 'Actions', hidden: true },
] as const;

export function WorkersPage() {
  const { notice, access } = useLive();
  const [workers, setWorkers] = useState<readonly Worker[]>();
  usePageTitle('Workers');
  const load = () =>
    get<{ workers: readonly Worker[] }>('/v1/workers').then(
      (answer) => setWorkers(answer.workers),
      (error) => notice(messageOf(error), 'error'),
    );
  useEffect(() => {
    load();
  }, []);
  useStream('/v1/events', (name) => {
    if (name === 'status' || name === 'open') load();
  });
  const drain = async (name: string, method: 'POST' | 'DELETE' = 'POST') => {
    try {
      await send(`/v1/workers/${encodeURIComponent(name)}/drain`, { method });
      notice(`${name} ${method === 'POST' ? 'finishes its shards, and gets no more' : 'gets shards again'}`);
      load();
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  const ready = workers?.filter(({ state }) => state === 'ready') ?? [];
  return (
    <>
      <div class="heading">
        <h1>Workers</h1>
        {workers && (
          <p class="counts">
            <span>
              <b>{whole(ready.length)}</b> ready, {counted(sumOf(ready), 'slot')} in all
            </span>
          </p>
        )}
      </div>
      {workers?.length === 0 && (
        <section class="empty">
          <h2>No workers</h2>
          <p>
            Start the service with <code>--local</code>, <code>--hostfile</code> or <code>--listen</code>; a worker
            joins with <code>fractal worker --join HOST:PORT</code>.
          </p>
        </section>
      )}
      {workers && workers.length > 0 && (
        <Table class="workers" caption="Workers" columns={COLUMNS}>
          {workers.map((worker) => (
            <Row key={worker.name} worker={worker} drain={access.role === 'operate' ? drain : undefined} />
          ))}
        </Table>
      )}
    </>
  );
}

const sumOf = (workers: readonly Worker[]) => workers.reduce((sum, { slots }) => sum + slots, 0);

type Drain = (name: string, method?: 'POST' | 'DELETE') => void;

function Row({ worker, drain }: { worker: Worker; drain: Drain | undefined }) {
  const { name, state, slots, version, reason, samplesPerSecond = 0, busySlots = 0 } = worker;
  const busy = Math.min(slots, busySlots);
  return (
    <tr>
      <th scope="row" class="name">
        {name}
        {reason && <span class="about">{reason}</span>}
      </th>
      <td>
        <State state={state} />
      </td>
      <td>
        {slots > 0 && (
          <>
            <meter min={0} max={slots} value={busy} aria-label={`Busy slots of ${name}`} />
            <span class="about">
              {Math.round(busy * 10) / 10} of {counted(slots, 'slot')}
            </span>
          </>
        )}
      </td>
      <td class="number" data-label="Samples a second">
        {samplesPerSecond > 0 ? compact(samplesPerSecond) : 'idle'}
      </td>
      <td class="number" data-label="Version">
        {version ?? ''}
      </td>
      <td class="acts">
        {drain && state === 'ready' && (
          <div class="actions">
            <Confirm text="Drain" question="Really drain?" about={name} act={() => drain(name)} />
          </div>
        )}
        {drain && state === 'draining' && (
          <div class="actions">
            <button type="button" onClick={() => drain(name, 'DELETE')}>
              Use again<span class="hidden"> {name}</span>
            </button>
          </div>
        )}
      </td>
    </tr>
  );
}
