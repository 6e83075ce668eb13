/** Values over time as lines. The figure under the pointer is shown; screen readers get the latest ones. */

import { useState } from 'preact/hooks';
import { clock } from '../format.js';

export interface ChartLine {
  readonly name: string;
  /** In the order of time, in milliseconds since 1970. */
  readonly values: readonly (readonly [time: number, value: number])[];
}

export interface ChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  format(value: number): string;
  /** The axis reaches at least this. */
  readonly most?: number;
}

const [WIDTH, HEIGHT] = [640, 160];

export function Chart({ title, lines, format, most = 1 }: ChartProps) {
  const [at, setAt] = useState<number>();
  const times = lines.flatMap(({ values }) => values.map(([time]) => time));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const top = roundUp(Math.max(most, ...lines.flatMap(({ values }) => values.map(([, value]) => value))));
  const x = (time: number) => (to > from ? ((time - from) / (to - from)) * WIDTH : 0);
  const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
  const shown = at === undefined ? to : from + at * (to - from);
  const figures = lines.map(({ name, values }) => ({ name, value: nearest(values, shown) }));
  const words = figures.map(({ name, value }) => `${name} ${format(value)}`).join(', ');
  return (
    <section class="card chart">
      <div class="title">
        <h2>{title}</h2>
        <p class="legend">
          {figures.map(({ name, value }, k) => (
            <span key={name} data-line={k}>
              {name} <b>{format(value)}</b>
            </span>
          ))}
        </p>
      </div>
      <div class="plot">
        <span class="scale upper">{format(top)}</span>
        {format(top / 2) !== format(top) && <span class="scale middle">{format(top / 2)}</span>}
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title} from ${clock(from)} to ${clock(to)}; now ${words}`}
          onPointerMove={({ currentTarget, clientX }) => {
            const box = currentTarget.getBoundingClientRect();
            setAt(Math.min(1, Math.max(0, (clientX - box.left) / box.width)));
          }}
          onPointerLeave={() => setAt(undefined)}
        >
          {[0, 0.5, 1].map((part) => (
            <line key={part} class="grid" x1={0} x2={WIDTH} y1={y(part * top)} y2={y(part * top)} />
          ))}
          {lines.map(({ name, values }, k) => (
            <g key={name} data-line={k}>
              {k === 0 && <path class="area" d={`${path(values, x, y)}L${x(to)} ${HEIGHT}L${x(from)} ${HEIGHT}Z`} />}
              <path class="line" d={path(values, x, y)} />
            </g>
          ))}
          {at !== undefined && <line class="cursor" x1={at * WIDTH} x2={at * WIDTH} y1={0} y2={HEIGHT} />}
        </svg>
      </div>
      <p class="times" aria-hidden="true">
        <time>{clock(from)}</time>
        {at !== undefined && <time>{clock(shown)}</time>}
        <time>{clock(to)}</time>
      </p>
    </section>
  );
}

function path(values: ChartLine['values'], x: (time: number) => number, y: (value: number) => number): string {
  return values
    .map(([time, value], k) => `${k === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}

function nearest(values: ChartLine['values'], time: number): number {
  let best = values[0];
  for (const one of values) if (Math.abs(one[0] - time) <= Math.abs((best?.[0] ?? 0) - time)) best = one;
  return best?.[1] ?? 0;
}

/** To a number of one digit, whose half is whole from 2 on. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}
