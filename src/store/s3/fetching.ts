/** The objects of one key, fetched ahead of the one that is read, as far as memory is allowed for them. */

import type { S3Object } from './listing.js';
import type { Requests } from './requests.js';

/** Objects that are fetched ahead, and their bytes. */
const AHEAD = 4;
const AHEAD_BYTES = 16 << 20;

const NOTHING = Promise.resolve(undefined);

export class Fetching {
  private readonly bodies: Promise<Buffer | undefined>[] = [];
  /** Of bodies that were not taken. */
  private bytes = 0;

  constructor(
    readonly objects: readonly S3Object[],
    private readonly requests: Pick<Requests, 'get'>,
  ) {
    this.fetchFrom(0);
  }

  /** The bytes of an object, once, in the order of the objects; undefined: it is not there any more. */
  take(at: number): Promise<Buffer | undefined> {
    this.fetchFrom(at);
    const body = this.bodies[at] ?? NOTHING;
    this.bodies[at] = NOTHING;
    this.bytes -= this.objects[at]?.bytes ?? 0;
    return body;
  }

  private fetchFrom(at: number): void {
    for (let next = this.bodies.length; next < this.objects.length; next++) {
      const { name, bytes } = this.objects[next] as S3Object;
      const far = next > at + AHEAD || this.bytes + bytes > AHEAD_BYTES;
      if (next > at && far) return;
      this.bytes += bytes;
      const body = this.requests.get(name, bytes);
      // Where the reader stops, nothing waits for it.
      body.catch(() => undefined);
      this.bodies.push(body);
    }
  }
}
