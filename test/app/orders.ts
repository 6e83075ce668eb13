/** Orders for the commands, and workers in this process, for tests that call them directly. */

import type { TestContext } from 'node:test';
import type { AppEvent, Stage } from '../../src/app/events.js';
import { type LocalWorkers, openLocalWorkers } from '../../src/app/local-workers.js';
import type { RenderOrder, RenderWorkers } from '../../src/app/render.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';

/** Ended after the test. */
export function localWorkers(t: TestContext, count: number): LocalWorkers {
  const workers = openLocalWorkers(count);
  t.after(() => workers.close());
  return workers;
}

export function inProcess(local: LocalWorkers): RenderWorkers {
  return { hosts: [], access: {}, local };
}

/** 64 x 36 pixels; `store`: a folder, or none. */
export function orderOf(raw: RawRequest, store?: string): RenderOrder {
  return {
    request: parseRequest({ width: '64', height: '36', ...raw }),
    notes: [],
    store: {
      place: store === undefined ? undefined : { kind: 'folder', folder: store },
      size: 2 ** 30,
      samples: false,
    },
    cluster: { np: 0, minWorkers: 1, strict: false, retries: 0, assembleOn: 'auto', verify: 0, insecure: false },
    metrics: false,
  };
}

export const never = new AbortController().signal;

export interface Recorder {
  readonly events: AppEvent[];
  readonly emit: (event: AppEvent) => void;
  /** Stages that began, in order. */
  stages(): Stage[];
  /** Lines of the log. */
  lines(): string[];
}

export function recorder(act: (event: AppEvent) => void = () => undefined): Recorder {
  const events: AppEvent[] = [];
  return {
    events,
    emit(event) {
      events.push(event);
      act(event);
    },
    stages: () => events.flatMap((e) => (e.kind === 'stage' && e.state === 'begun' ? [e.stage] : [])),
    lines: () => events.flatMap((e) => (e.kind === 'log' ? [e.text] : [])),
  };
}
