/** How much is computed, and how many jobs wait, over time. */

import { useEffect, useState } from 'preact/hooks';
import type { Point } from '../../src/service/point.js';
import type { Activity, Status } from '../answers.js';
import { get, messageOf } from '../api.js';
import { compact } from '../format.js';
import { useLive, usePageTitle, useStream } from '../live.js';
import { Chart } from '../parts/chart.js';
import { Switch } from '../parts/switch.js';

type Span = 'recent' | 'day';
const SPANS = { recent: 'Ten minutes', day: 'A day' } as const;
const RECENT = 300;

const one = (value: number) => String(Math.round(value * 10) / 10);

export function ActivityPage() {
  const { notice } = useLive();
  const [activity, setActivity] = useState<Activity>();
  const [span, setSpan] = useState<Span>('recent');
  usePageTitle('Activity');
  const load = () => get<Activity>('/v1/activity').then(setActivity, (error) => notice(messageOf(error), 'error'));
  useEffect(() => {
    load();
  }, []);
  useStream('/v1/events', (name, data) => {
    if (name === 'open') load();
    const { point, slots } = (data ?? {}) as Partial<Status>;
    if (name !== 'status' || !point) return;
    setActivity((now) => {
      if (!now || now.recent.at(-1)?.time === point.time) return now;
      return { ...now, slots: slots ?? now.slots, recent: [...now.recent, point].slice(-RECENT) };
    });
  });
  const points = activity?.[span] ?? [];
  const line = (name: string, of: (point: Point) => number) => ({
    name,
    values: points.map((point) => [point.time, of(point)] as const),
  });
  return (
    <>
      <div class="heading">
        <h1>Activity</h1>
        <Switch label="Time shown" name="span" options={SPANS} chosen={span} choose={setSpan} />
      </div>
      {points.length < 2 ? (
        <section class="empty">
          <h2>Nothing to draw yet</h2>
          <p>
            {span === 'day'
              ? 'A point is added every five minutes while the service runs.'
              : 'The first points appear some seconds after the service has started.'}
          </p>
        </section>
      ) : (
        <div class="charts">
          <Chart
            title="Throughput"
            lines={[line('samples a second', ({ samplesPerSecond }) => samplesPerSecond)]}
            format={compact}
          />
          <Chart
            title={`Slots that compute, of ${activity?.slots ?? 0}`}
            lines={[line('slots', ({ busySlots }) => Math.min(busySlots, activity?.slots ?? 0))]}
            format={one}
            most={activity?.slots || 1}
          />
          <Chart
            title="Jobs"
            lines={[line('waiting', ({ waiting }) => waiting), line('running', ({ running }) => running)]}
            format={one}
          />
        </div>
      )}
    </>
  );
}
