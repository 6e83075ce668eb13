/**
 * /v1/jobs/{id}/events: server-sent events. Those with an id are kept with the job, and Last-Event-ID goes on behind one;
 * `progress` has only the latest figures. What is new since the position of a client is read when its connection can take it.
 */

import type { JobEvent, Progress } from '../job.js';
import type { Service } from '../service.js';
import type { Changes } from './changes.js';
import { badRequest, needs, type Routes, routes } from './env.js';
import { eventStream, eventText, type News, STREAM_HEADERS } from './stream.js';

const PAGE = 100;

export function eventRoutes(service: Pick<Service, 'get' | 'events'>, changes: Changes): Routes {
  const app = routes();
  app.get('/:id/events', needs('view'), async (context) => {
    const { id } = await service.get(context.req.param('id'));
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
  return eventText(kind, { time: new Date(time).toISOString(), ...data }, seq);
}
