/** Payload of a session: the bytes of scenes, assets and results, in all and by job. */

export interface Bytes {
  readonly sent: number;
  readonly received: number;
}

export class Traffic implements Bytes {
  sent = 0;
  received = 0;
  private readonly jobs = new Map<number, { sent: number; received: number }>();

  /** So many bytes of this job were sent or received. */
  count(direction: keyof Bytes, job: number, bytes: number): void {
    if (bytes === 0) return;
    this[direction] += bytes;
    const ofJob = this.jobs.get(job) ?? { sent: 0, received: 0 };
    ofJob[direction] += bytes;
    this.jobs.set(job, ofJob);
  }

  ofJob(job: number): Bytes {
    return this.jobs.get(job) ?? { sent: 0, received: 0 };
  }

  /** The traffic of this job is not read any more. */
  forget(job: number): void {
    this.jobs.delete(job);
  }
}

/** Of a wire message with a chunk: its job and the bytes of the chunk. */
export function countWire(traffic: Traffic, direction: keyof Bytes, wire: object): void {
  const { scene, asset, result } = wire as {
    [key: string]: { job?: number; chunk?: { data?: Uint8Array } | null } | null;
  };
  const carrier = scene ?? asset ?? result;
  if (carrier?.chunk?.data) traffic.count(direction, carrier.job ?? 0, carrier.chunk.data.length);
}
