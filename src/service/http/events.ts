/**
 * /v1/jobs/{id}/events: server-sent events. Those with an id are kept with the job, and Last-Event-ID goes on behind one;
 * `progress` has only the latest figures. Nothing is queued for a client: each time that its connection can take more, what
 * is new since its position is read, so that a slow one costs no memory. With `Accept: application/json` the events so far.
 */

import type { JobEvent, Progress } from '../job.js';
import { MOST_EVENTS } from '../queue.js';
import type { Service } from '../service.js';
import { JOB_EVENTS } from './api/outputs.js';
import type { Changes } from './changes.js';
import { badRequest } from './env.js';
import { type Routes, routes } from './routes.js';
import { eventStream, eventText, type News, STREAM_HEADERS } from './stream.js';

const PAGE = 100;

export function eventRoutes(service: Pick<Service, 'get' | 'events'>, changes: Changes): Routes {
  const app = routes();
  app.add(JOB_EVENTS, async (context) => {
    const { id } = await service.get(context.req.param('id'));
    if (/\bapplication\/json\b/.test(context.req.header('accept') ?? '')) {
      const events = await service.events(id, 0, MOST_EVENTS);
      return context.json({ events: events.map(({ time, ...event }) => ({ time: isoTime(time), ...event })) });
    }
    const last = context.req.header('last-event-id') ?? '0';
    if (!/^\d{1,15}$/.test(last)) throw badRequest(`Last-Event-ID ${last} is not the number of an event`);
    const news = newsOf(id, Number(last), service);
    const stream = eventStream({ news, on: (act) => changes.on(id, act), closed: () => changes.closed });
    return context.body(stream, 200, STREAM_HEADERS);
  });
  return app;
}

/** What is new, as text, each time that it is called. */
function newsOf(id: string, after: number, service: Pick<Service, 'get' | 'events'>): () => Promise<News> {
  let position = after;
  let shown: Progress | undefined;
  return async () => {
    const [job, events] = await Promise.all([service.get(id), service.events(id, position, PAGE)]);
    position = events.at(-1)?.seq ?? position;
    const { progress } = job;
    const moved = progress !== undefined && progress !== shown;
    shown = progress;
    const text = events.map(textOf).join('') + (moved ? eventText('progress', progress) : '');
    return { text, more: events.length === PAGE };
  };
}

function textOf({ seq, time, kind, ...data }: JobEvent): string {
  return eventText(kind, { time: isoTime(time), ...data }, seq);
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
