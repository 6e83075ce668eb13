/**
 * How many bytes may be under way to a viewer: as many as its connection takes within its delay and a quarter of a second. Networks
 * and operating systems buffer megabytes; over a slow link these would stand for seconds before what the viewer looks at next.
 *
 * Each piece is followed by a ping, whose answer says that the piece was taken. Rate and delay are measured as in
 * N. Cardwell et al., BBR: congestion-based congestion control (2016): the largest rate of late, the least delay.
 *
 * A state machine without sockets or clock: times are arguments, in milliseconds.
 */

export interface Flow {
  readonly hasRoom: boolean;
  /** A piece was sent. Returns the number of its mark. */
  sent(bytes: number, now: number): number;
  /** The mark, and all before it, was answered. Others are ignored. */
  answered(mark: number, now: number): void;
}

/** Bytes before a rate is known; and at least. */
const FIRST = 256 << 10;
const LEAST = 32 << 10;
/** Of what lies in buffers, beyond what the link itself holds. */
const AHEAD_MS = 250;
/** Rates that are remembered. */
const RATES = 12;

interface Mark {
  readonly number: number;
  readonly bytes: number;
  readonly at: number;
  /** Bytes that were answered when it was sent, and when that was; or, if nothing was under way, when it was sent. */
  readonly before: number;
  readonly beforeAt: number;
  /** No more could be sent with it: the rate is that of the connection, not of what there was to send. */
  readonly isLimited: boolean;
}

export function openFlow(): Flow {
  const marks: Mark[] = [];
  const rates: number[] = [];
  let [last, underWay, taken, takenAt] = [0, 0, 0, 0];
  let delay = Infinity;
  let window = FIRST;
  /** A rate of the connection was measured. */
  let isKnown = false;
  return {
    get hasRoom() {
      return underWay < window;
    },
    sent(bytes, now) {
      const number = ++last;
      const beforeAt = underWay === 0 ? now : takenAt;
      underWay += bytes;
      marks.push({ number, bytes, at: now, before: taken, beforeAt, isLimited: underWay >= window });
      return number;
    },
    answered(number, now) {
      const index = marks.findIndex((one) => one.number === number);
      const mark = marks[index];
      if (!mark) return;
      for (const { bytes } of marks.splice(0, index + 1)) {
        underWay -= bytes;
        taken += bytes;
      }
      takenAt = now;
      delay = Math.min(delay, now - mark.at);
      const rate = (taken - mark.before) / Math.max(1, now - mark.beforeAt);
      if (mark.isLimited || rate > Math.max(0, ...rates)) rates.push(rate);
      if (rates.length > RATES) rates.shift();
      isKnown ||= mark.isLimited;
      window = Math.max(isKnown ? LEAST : FIRST, Math.max(0, ...rates) * (delay + AHEAD_MS));
    },
  };
}
