/**
 * /v1/jobs/{id}/events: server-sent events. Those with an id are kept with the job, and Last-Event-ID goes on behind one;
 * `progress` has only the latest figures. Nothing is queued for a client: each time that its connection can take more, what
 * is new since its position is read, so that a slow one costs no memory. With `Accept: application/json` the events so far.
 */

import type { JobEvent, Progress } from '../job.js';
import { MOST_EVENTS } from '../queue.js';
import type { Service } from '../service.js';
import type { Changes } from './changes.js';
import { badRequest, needs, type Routes, routes } from './env.js';

/** Without events a comment is sent so often: it keeps connections open, and finds those that are gone. */
const HEARTBEAT_MS = 15_000;
const PAGE = 100;

export function eventRoutes(service: Pick<Service, 'get' | 'events'>, changes: Changes): Routes {
  const app = routes();
  app.get('/:id/events', needs('view'), async (context) => {
    const { id } = await service.get(context.req.param('id'));
    if (/\bapplication\/json\b/.test(context.req.header('accept') ?? '')) {
      const events = await service.events(id, 0, MOST_EVENTS);
      return context.json({ events: events.map(({ time, ...event }) => ({ time: isoTime(time), ...event })) });
    }
    const last = context.req.header('last-event-id') ?? '0';
    if (!/^\d{1,15}$/.test(last)) throw badRequest(`Last-Event-ID ${last} is not the number of an event`);
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return context.body(eventStream(id, Number(last), service, changes), 200, headers);
  });
  return app;
}

function eventStream(
  id: string,
  after: number,
  service: Pick<Service, 'get' | 'events'>,
  changes: Changes,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let position = after;
  let shown: Progress | undefined;
  let isNew = true;
  let ended = false;
  let wake = () => {};
  let off: (() => void) | undefined;
  /** What is new, as text; undefined: the job is removed, or the service ends. */
  const news = async (): Promise<string | undefined> => {
    const [job, events] = await Promise.all([service.get(id), service.events(id, position, PAGE)]);
    position = events.at(-1)?.seq ?? position;
    isNew ||= events.length === PAGE;
    const { progress } = job;
    const moved = progress !== undefined && progress !== shown;
    shown = progress;
    return events.map(eventText).join('') + (moved ? progressText(progress) : '');
  };
  const change = () =>
    new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), HEARTBEAT_MS);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Not before: a stream that is never read is never cancelled.
        off ??= changes.on(id, () => {
          isNew = true;
          wake();
        });
        let text: string | undefined = '';
        while (text === '' && !ended) {
          const changed = isNew || (await change());
          isNew = false;
          text = changes.closed ? undefined : changed ? await news().catch(() => undefined) : ': still here\n\n';
        }
        if (ended) return;
        if (text) controller.enqueue(encoder.encode(text));
        else {
          off();
          controller.close();
        }
      },
      cancel() {
        ended = true;
        off?.();
        wake();
      },
    },
    { highWaterMark: 0 },
  );
}

function eventText({ seq, time, kind, ...data }: JobEvent): string {
  return `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify({ time: isoTime(time), ...data })}\n\n`;
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}

function progressText(progress: Progress): string {
  return `event: progress\ndata: ${JSON.stringify(progress)}\n\n`;
}
