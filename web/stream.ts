/** Server-sent events by fetch, which can send a token; EventSource cannot. */

import { ApiError, send } from './api.js';

export type Connection = 'connecting' | 'open' | 'lost';

export interface StreamOptions {
  /** `data`: parsed JSON. */
  event(name: string, data: unknown): void;
  state(connection: Connection): void;
  /** The service does not give this stream: it is gone, or wants another token. Nothing follows. */
  refused(error: ApiError): void;
  readonly signal: AbortSignal;
}

const FIRST_MS = 500;
const MOST_MS = 10_000;
/** The service sends a comment every 15 s: a silent connection is a lost one. */
const SILENT_MS = 40_000;

/** Connects again, ever more slowly, until the signal; behind the latest event. */
export async function follow(path: string, { event, state, refused, signal }: StreamOptions): Promise<void> {
  let last = '';
  let wait = FIRST_MS;
  state('connecting');
  while (!signal.aborted) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener('abort', stop);
    let timer = setTimeout(stop, SILENT_MS);
    try {
      const headers: Record<string, string> = last === '' ? {} : { 'last-event-id': last };
      const { body } = await send(path, { headers, signal: attempt.signal });
      state('open');
      wait = FIRST_MS;
      for await (const block of blocks(body as ReadableStream<Uint8Array>, () => {
        clearTimeout(timer);
        timer = setTimeout(stop, SILENT_MS);
      })) {
        last = block.id ?? last;
        if (block.data !== '') event(block.name, JSON.parse(block.data));
      }
    } catch (error) {
      if (isRefusal(error) && !signal.aborted) return refused(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
    if (signal.aborted) return;
    state('lost');
    await pause(wait, signal);
    wait = Math.min(MOST_MS, wait * 2);
  }
}

/** Another try has the same answer. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [401, 403, 404].includes(error.status);
}

interface Block {
  name: string;
  data: string;
  id?: string;
}

async function* blocks(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Block> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) yield blockOf(part);
  }
}

function blockOf(text: string): Block {
  const block: Block = { name: 'message', data: '' };
  for (const line of text.split('\n')) {
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') block.name = value;
    if (field === 'data') block.data += value;
    if (field === 'id') block.id = value;
  }
  return block;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
