/** A client of server-sent events. */

export interface SentEvent {
  readonly id?: number;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly data: any;
}

export interface EventSource {
  /** The events until one fulfils a condition, that one included; those until the end when the server ends first. */
  until(wanted: (event: SentEvent) => boolean): Promise<SentEvent[]>;
  close(): Promise<void>;
}

export async function eventSource(url: string, lastId?: number): Promise<EventSource> {
  const ending = new AbortController();
  const headers = lastId === undefined ? {} : { 'last-event-id': String(lastId) };
  const { body } = await fetch(url, { headers, signal: ending.signal });
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<SentEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        if (!block.startsWith(':')) return parsed(block);
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  return {
    async until(wanted) {
      const events: SentEvent[] = [];
      for (let event = await next(); event; event = await next()) {
        events.push(event);
        if (wanted(event)) break;
      }
      return events;
    },
    async close() {
      ending.abort();
      await reader.cancel().catch(() => undefined);
    },
  };
}

function parsed(block: string): SentEvent {
  const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  const id = fields.get('id');
  const kind = fields.get('event') ?? '';
  return { ...(id === undefined ? {} : { id: Number(id) }), kind, data: JSON.parse(fields.get('data') ?? 'null') };
}
