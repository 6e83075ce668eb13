/**
 * Server-sent events. Nothing is queued for a client: each time that its connection can take more, what is new is read, so
 * that a slow one costs no memory.
 */

export interface News {
  /** Empty: nothing is new. */
  readonly text: string;
  /** There is more than this. */
  readonly more?: boolean;
}

export interface StreamOptions {
  /** What is new since it was called last. Rejects when there will be nothing any more. */
  news(): Promise<News>;
  /** Calls `act` when something may be new, and at the end. Returns a function that ends this. */
  on(act: () => void): () => void;
  /** The service ends. */
  closed(): boolean;
}

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** Without events a comment is sent so often: it keeps connections open, and finds those that are gone. */
const HEARTBEAT_MS = 15_000;

export function eventStream({ news, on, closed }: StreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isNew = true;
  let ended = false;
  let wake = () => {};
  let off: (() => void) | undefined;
  /** undefined: there is nothing any more. */
  const read = async (): Promise<string | undefined> => {
    const { text, more = false } = await news();
    isNew ||= more;
    return text;
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
        off ??= on(() => {
          isNew = true;
          wake();
        });
        let text: string | undefined = '';
        while (text === '' && !ended) {
          const changed = isNew || (await change());
          isNew = false;
          text = closed() ? undefined : changed ? await read().catch(() => undefined) : ': still here\n\n';
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

export function eventText(event: string, data: unknown, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
