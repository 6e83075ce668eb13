/** Virtual time: what happens when, in order; and things that do one piece of work after the other. Seconds. */

export interface Calendar {
  /** Calls `act` at this time, or now if that is past. */
  at(time: number, act: () => unknown): void;
  now(): number;
  /** Until it is over. @throws Error when nothing is left to happen */
  run(isOver: () => boolean): void;
}

interface Entry {
  readonly time: number;
  /** Of two entries of one time the one that was made first comes first. */
  readonly order: number;
  act(): unknown;
}

const LONGEST = 1e7;

export function calendar(): Calendar {
  const heap: Entry[] = [];
  let [time, order] = [0, 0];
  const before = (a: Entry, b: Entry) => a.time < b.time || (a.time === b.time && a.order < b.order);

  function rise(from: number): void {
    const entry = heap[from] as Entry;
    let at = from;
    for (let up = (at - 1) >> 1; at > 0 && before(entry, heap[up] as Entry); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Entry;
      at = up;
    }
    heap[at] = entry;
  }

  function sink(entry: Entry): void {
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!before(heap[child] as Entry, entry)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = entry;
  }

  function first(): Entry {
    const [top] = heap;
    const last = heap.pop();
    if (!top || !last) throw new Error('nothing is left to happen');
    if (heap.length > 0) sink(last);
    return top;
  }

  return {
    at(when, act) {
      heap.push({ time: Math.max(when, time), order: order++, act });
      rise(heap.length - 1);
    },
    now: () => time,
    run(isOver) {
      while (!isOver()) {
        const next = first();
        time = next.time;
        if (time > LONGEST) throw new Error('the job does not end');
        next.act();
      }
    },
  };
}

/** A thread, a link, a consumer. */
export interface Serial {
  /** Work of so many seconds that is there from this time on; returns when it is done. */
  use(from: number, seconds: number): number;
  /** Seconds of work in all. */
  readonly busy: number;
}

export function serial(): Serial {
  let [free, busy] = [0, 0];
  return {
    use(from, seconds) {
      free = Math.max(free, from) + seconds;
      busy += seconds;
      return free;
    },
    get busy() {
      return busy;
    },
  };
}
