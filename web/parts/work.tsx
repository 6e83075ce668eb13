/** A job's shards over time, and what each worker has done of it. */

import type { JobActivity } from '../answers.js';
import { compact, duration, whole } from '../format.js';
import { Chart } from './chart.js';
import { Table } from './table.js';

const SHOWN = 50;
const COLUMNS = [
  { label: 'Worker' },
  { label: 'Share' },
  { label: 'Shards', number: true },
  { label: 'Samples', number: true },
  { label: 'Slot time', number: true },
] as const;

export function Work({ activity: { points, workers } }: { activity: JobActivity }) {
  if (points.length < 2 || points.at(-1)?.shards === 0) return null;
  const all = Math.max(
    1,
    workers.reduce((sum, one) => sum + one.samples, 0),
  );
  const ranked = [...workers].sort((a, b) => b.samples - a.samples);
  return (
    <>
      <Chart
        title="Shards"
        lines={[{ name: 'shards done', values: points.map(({ time, shards }) => [time, shards] as const) }]}
        format={whole}
      />
      <section class="card">
        <h2>Workers</h2>
        <Table class="shares" caption="Shares of the workers" columns={COLUMNS}>
          {ranked.slice(0, SHOWN).map(({ name, shards, samples, busySeconds }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <meter min={0} max={1} value={samples / all} aria-label={`Share of ${name}`} />
                <span class="number percent">{Math.round((100 * samples) / all)} %</span>
              </td>
              <td class="number">{whole(shards)}</td>
              <td class="number">{compact(samples)}</td>
              <td class="number">{duration(busySeconds)}</td>
            </tr>
          ))}
        </Table>
        {ranked.length > SHOWN && <p class="about">and {ranked.length - SHOWN} more</p>}
      </section>
    </>
  );
}
