/** Changes of jobs for many listeners: the first ones after a rest at once, those that follow within a short time as one. */

import type { Service } from '../service.js';

export interface Changes {
  /** Calls `act` after changes of a job, and once at the end. Returns a function that ends this. */
  on(id: string, act: () => void): () => void;
  /** After changes of any jobs, with their ids, and once at the end. */
  onAny(act: (ids: readonly string[]) => void): () => void;
  readonly closed: boolean;
  close(): void;
}

/** From one call to the next, and calls that may come sooner after a rest. */
const TOGETHER_MS = 100;
const AT_ONCE = 4;

/** `now`: monotonic milliseconds. */
export function changesOf(service: Pick<Service, 'watch'>, now: () => number): Changes {
  const listeners = new Map<string, Set<() => void>>();
  const general = new Set<(ids: readonly string[]) => void>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  /** When the next call would be due if all came at this distance. */
  let due = 0;
  let closed = false;
  const tell = (ids: readonly string[]) => {
    for (const id of ids) for (const act of listeners.get(id) ?? []) act();
    for (const act of general) act(ids);
  };
  const unwatch = service.watch((id) => {
    if (!listeners.has(id) && general.size === 0) return;
    changed.add(id);
    if (timer) return;
    const at = now();
    due = Math.max(due, at) + TOGETHER_MS;
    timer = setTimeout(
      () => {
        timer = undefined;
        const ids = [...changed];
        changed.clear();
        tell(ids);
      },
      due - at - AT_ONCE * TOGETHER_MS,
    );
  });
  return {
    on(id, act) {
      const own = listeners.get(id) ?? new Set();
      listeners.set(id, own.add(act));
      return () => {
        own.delete(act);
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id);
      };
    },
    onAny(act) {
      general.add(act);
      return () => general.delete(act);
    },
    get closed() {
      return closed;
    },
    close() {
      closed = true;
      unwatch();
      clearTimeout(timer);
      tell([...listeners.keys()]);
    },
  };
}
