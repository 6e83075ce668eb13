/** What happened to a job, line by line. */

import { clock } from '../format.js';

export interface Line {
  readonly time: string;
  readonly text: string;
  readonly level: 'warn' | 'info';
}

/** `name`: of the event. */
export function lineOf(name: string, data: unknown): Line {
  const { time, ...event } = data as Record<string, string> & { error?: { message: string } };
  const base = { time: time ?? '' };
  if (name === 'log') return { ...base, text: event.text ?? '', level: event.level === 'warn' ? 'warn' : 'info' };
  if (name === 'changed') return { ...base, text: `priority ${event.priority}, owner ${event.owner}`, level: 'info' };
  const { error } = event;
  return {
    ...base,
    text: error ? `${event.state}: ${error.message}` : (event.state ?? name),
    level: error ? 'warn' : 'info',
  };
}

export function Log({ lines }: { lines: readonly Line[] }) {
  return (
    <section class="card">
      <h2 id="log">Log</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <ol class="log" tabIndex={0} aria-labelledby="log">
        {lines.map(({ time, text, level }, k) => (
          <li key={k} class={level}>
            <time dateTime={time}>{clock(time)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
