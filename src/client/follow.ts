/** The events of a job, past and to come, over connections that may break. */

import { setTimeout as sleep } from 'node:timers/promises';
import { FractalError } from '../errors.js';
import type { EventBody, JobState } from '../service/job.js';
import type { Api } from './api.js';

export type Happened = EventBody & { readonly time: string };

export const ENDINGS: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];
const AGAIN_MS = 500;
/** Of a line; longer ones are not from a service. */
const LONGEST = 1 << 20;

/** Those that have happened. @throws FractalError JOB_MISSING */
export async function pastEvents(api: Api, id: string): Promise<readonly Happened[]> {
  const accept = { headers: { accept: 'application/json' } };
  return (await api.json<{ events: readonly Happened[] }>(`/v1/jobs/${id}/events`, accept)).events;
}

/** All events, one after another, without end: the reader stops. Goes on behind the latest one when a connection breaks. */
export async function* follow(api: Api, id: string): AsyncGenerator<Happened> {
  let last = '0';
  for (;;) {
    const headers = { accept: 'text/event-stream', 'last-event-id': last };
    const response = await api.send(`/v1/jobs/${id}/events`, { headers });
    try {
      for await (const { event, id: seq, data } of messages(response.body)) {
        if (seq === '') continue;
        last = seq;
        yield { kind: event, ...(JSON.parse(data) as object) } as Happened;
      }
    } catch (error) {
      if (error instanceof FractalError || api.signal.aborted) throw error;
    }
    await sleep(AGAIN_MS, undefined, { signal: api.signal }).catch(() => undefined);
    api.signal.throwIfAborted();
  }
}

interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The messages of a stream of server-sent events; comments are left out. */
async function* messages(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST) throw new FractalError('PROTOCOL', 'the service sends events without end');
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const fields = new Map(
        part.split('\n').flatMap((line) => {
          const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
          return name === undefined || value === undefined ? [] : [[name, value] as const];
        }),
      );
      const of = (name: string) => fields.get(name) ?? '';
      if (fields.size > 0) yield { id: of('id'), event: of('event'), data: of('data') };
    }
  }
}
