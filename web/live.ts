/** What pages share while they are open: one stream of events, and notices. */

import { createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { Access } from './answers.js';
import { type Connection, follow } from './stream.js';

export interface Live {
  readonly access: Access;
  setConnection(connection: Connection): void;
  /** Shown for some seconds, and read out. */
  notice(text: string, kind?: 'error'): void;
}

export const LiveContext = createContext<Live>({
  access: { role: 'view', owner: '' },
  setConnection() {},
  notice() {},
});

export const useLive = (): Live => useContext(LiveContext);

/** Calls `act` for each event of a path, with `open` after each connection, and with `refused` and the error at the end. */
export function useStream(path: string, act: (name: string, data: unknown) => void): void {
  const { setConnection } = useLive();
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const ended = new AbortController();
    follow(path, {
      event: (name, data) => latest.current(name, data),
      state(connection) {
        setConnection(connection);
        if (connection === 'open') latest.current('open', undefined);
      },
      refused(error) {
        setConnection('open');
        latest.current('refused', error);
      },
      signal: ended.signal,
    });
    return () => ended.abort();
  }, [path]);
}

/** Names the page in the title of the window. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – fractal`;
  }, [title]);
}
