/** The kernels that a pool offers: each is opened and measured once, by one of its threads. */

import { FractalError } from '../errors.js';
import { ON_REQUEST } from '../work/kinds.js';
import type { JobKernel } from './queues.js';
import type { FromThread, Offer } from './thread-messages.js';
import type { Thread, Threads } from './threads.js';

/** A kernel that is being opened and measured. */
interface Opening {
  readonly thread: Thread;
  readonly kernel: string;
  resolve(offer: Offer): void;
  reject(error: FractalError): void;
}

export class Offers {
  private readonly offers = new Map<string, Promise<Offer>>();
  private readonly openings = new Set<Opening>();

  constructor(
    private readonly threads: Threads,
    /** The only kernel to offer, beside those that the worker was asked for, or `auto`: all. */
    private readonly offered: string,
  ) {}

  /** @throws FractalError KERNEL_MISSING */
  async of(job: JobKernel): Promise<Offer> {
    const { kernel } = job;
    if (this.offered !== 'auto' && kernel !== this.offered && !Object.hasOwn(ON_REQUEST, kernel)) {
      throw new FractalError('KERNEL_MISSING', `this worker offers the ${this.offered} kernel only, not ${kernel}`);
    }
    let offer = this.offers.get(kernel);
    if (!offer) this.offers.set(kernel, (offer = this.measure(job)));
    return offer;
  }

  /** A thread answered. */
  opened(thread: Thread, message: FromThread & { readonly kind: 'opened' | 'unavailable' }): void {
    for (const opening of this.openings) {
      if (opening.thread !== thread || opening.kernel !== message.kernel) continue;
      this.openings.delete(opening);
      if (message.kind === 'opened') opening.resolve(message);
      else opening.reject(new FractalError('KERNEL_MISSING', message.reason));
    }
  }

  /** The kernels that a thread, or any thread, was opening are not available; they may be requested again. */
  fail(error: FractalError, thread?: Thread): void {
    for (const opening of this.openings) {
      if (thread && opening.thread !== thread) continue;
      this.openings.delete(opening);
      this.offers.delete(opening.kernel);
      opening.reject(error);
    }
  }

  /** The first thread drives devices; other kernels are measured by any free thread. */
  private measure(job: JobKernel): Promise<Offer> {
    const thread = job.use.device ? this.threads.first : (this.threads.free()[0] ?? this.threads.first);
    if (!thread) return Promise.reject(new FractalError('KERNEL_MISSING', 'no thread could be started'));
    return new Promise((resolve, reject) => {
      this.openings.add({ thread, kernel: job.kernel, resolve, reject });
      this.threads.open(thread, job);
    });
  }
}
