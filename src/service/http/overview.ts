/** What dashboards show of the whole service: changes of all jobs as server-sent events, rates over time, fields of a form. */

import { submissionFields } from '../../request/fields.js';
import type { Job } from '../job.js';
import type { Service } from '../service.js';
import { GET_JOB_ACTIVITY } from './api/outputs.js';
import { ALL_EVENTS, GET_ACCESS, GET_ACTIVITY, LIST_FIELDS } from './api/service.js';
import type { Changes } from './changes.js';
import type { ClusterView, HttpOptions } from './env.js';
import { type Routes, routes } from './routes.js';
import { eventStream, eventText, type News, STREAM_HEADERS } from './stream.js';
import { jobView } from './views.js';

/** Jobs in an event. When more have changed, `more` says that the list is to be read again. */
const MOST_JOBS = 100;

export function overviewRoutes({ service, cluster }: HttpOptions, changes: Changes): Routes {
  const app = routes();
  app.add(ALL_EVENTS, (context) => {
    const changed = new Changed();
    const stream = eventStream({
      news: () => newsOf(changed, service, cluster),
      on(wake) {
        const ends = [
          changes.onAny((ids) => {
            changed.jobs(ids);
            wake();
          }),
          service.meter.watch(() => {
            changed.rates = true;
            wake();
          }),
        ];
        return () => {
          for (const end of ends) end();
        };
      },
      closed: () => changes.closed,
    });
    return context.body(stream, 200, STREAM_HEADERS);
  });
  app.add(GET_ACTIVITY, (context) => {
    const { recent, day } = service.meter;
    return context.json({ recent, day, slots: slotsOf(cluster) });
  });
  app.add(GET_JOB_ACTIVITY, async (context) => {
    const { id } = await service.get(context.req.param('id'));
    return context.json(service.meter.jobs(id) ?? { points: [], workers: [] });
  });
  app.add(LIST_FIELDS, async (context) => context.json({ fields: await submissionFields() }));
  app.add(GET_ACCESS, (context) => context.json(context.var.grant));
  return app;
}

/** What a client has not been sent yet, in bounded space. */
class Changed {
  private ids = new Set<string>();
  private more = false;
  rates = true;

  jobs(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.ids.size < MOST_JOBS) this.ids.add(id);
      else this.more ||= !this.ids.has(id);
    }
  }

  take(): { readonly ids: readonly string[]; readonly more: boolean; readonly rates: boolean } {
    const taken = { ids: [...this.ids], more: this.more, rates: this.rates };
    this.ids.clear();
    this.more = false;
    this.rates = false;
    return taken;
  }
}

async function newsOf(
  changed: Changed,
  service: Pick<Service, 'get' | 'counts' | 'meter'>,
  cluster: ClusterView,
): Promise<News> {
  const { ids, more, rates } = changed.take();
  const found = await Promise.all(ids.map((id) => service.get(id).catch(() => undefined)));
  const jobs = found.filter((job): job is Job => job !== undefined).map(jobView);
  const removed = ids.filter((_, k) => found[k] === undefined);
  const ofJobs = ids.length > 0 ? eventText('jobs', { jobs, removed, ...(more ? { more } : {}) }) : '';
  if (!rates && ids.length === 0) return { text: '' };
  const status = { jobs: await service.counts(), slots: slotsOf(cluster), point: service.meter.recent.at(-1) };
  return { text: ofJobs + eventText('status', status) };
}

/** Of the workers that are ready. */
function slotsOf(cluster: ClusterView): number {
  return cluster.workers().reduce((sum, { state, slots }) => sum + (state === 'ready' ? slots : 0), 0);
}
