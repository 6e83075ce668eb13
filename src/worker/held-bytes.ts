/** The memory of shards under way and of answers that leaders have not read, of all sessions, and its bounds. */

import type { SessionQueues, Task } from './queues.js';

/** No shard of a session with more unread bytes begins. */
const UNREAD_BYTES = 64 << 20;
/**
 * Bytes of samples under way and of answers unread, at least and for each slot: beyond it no shard of more than
 * LARGE_BYTES begins, and the session with the most bytes unread is ended.
 */
const HELD_BYTES = 512 << 20;
const HELD_BYTES_EACH = 128 << 20;
const LARGE_BYTES = 8 << 20;

export class HeldBytes {
  private held = 0;
  private readonly most: number;

  constructor(
    slots: number,
    private readonly sessions: readonly SessionQueues[],
  ) {
    this.most = Math.max(HELD_BYTES, slots * HELD_BYTES_EACH);
  }

  /** Whether there is memory for a shard and its answer. */
  fits({ job: { session }, size }: Task): boolean {
    const { held, most } = this;
    return session.unread <= UNREAD_BYTES && (size <= LARGE_BYTES || held === 0 || held + size <= most);
  }

  began({ size }: Task): void {
    this.held += size;
  }

  ended({ size }: Task): void {
    this.held -= size;
  }

  /** Adds unread bytes of a session, or subtracts them; if there are too many, the session with the most is ended. */
  unread(session: SessionQueues, bytes: number): void {
    session.unread += bytes;
    this.held += bytes;
    if (bytes <= 0 || this.held <= this.most) return;
    const largest = this.sessions.reduce((most, one) => (one.unread > most.unread ? one : most), session);
    largest.evict('the leader reads no answers');
  }
}
