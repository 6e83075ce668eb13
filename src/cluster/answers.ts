/** The answers that a worker owes to its leader in one session: each assignment explains one, of a known length. */

import { FractalError } from '../errors.js';
import { samplesPerPixel } from '../view/view.js';
import type { Assignment, ToWorker } from './messages.js';

export class Answers {
  /** Bytes of each, by epoch. Cancelled ones too: the answer may be on its way. */
  private readonly due = new Map<number, number>();
  /** Of each scene, whether samples are wanted. */
  private readonly samples = new Map<number, boolean>();

  /** A message goes to the worker. */
  sent(message: ToWorker): void {
    if (message.kind === 'scene') this.samples.set(message.id, message.scene.samples);
    if (message.kind === 'assign') this.due.set(message.assignment.epoch, this.bytesOf(message.assignment));
  }

  /** A piece of an answer came. @throws FractalError PROTOCOL when it is not due, or has another length */
  check(epoch: number, total?: number): void {
    const bytes = this.due.get(epoch);
    if (bytes === undefined)
      throw new FractalError('PROTOCOL', `the peer answers assignment ${epoch}, which it does not have`);
    if (total !== undefined && total !== bytes) {
      throw new FractalError('PROTOCOL', `the answer to assignment ${epoch} has ${total} bytes, not ${bytes}`);
    }
  }

  /** The answer is there. */
  settled(epoch: number): void {
    this.due.delete(epoch);
  }

  private bytesOf({ scene, view, rect }: Assignment): number {
    const pixels = rect.width * rect.height;
    if (!this.samples.get(scene)) return 3 * pixels;
    return (view.distance ? 24 : 8) * pixels * samplesPerPixel(view.sampling);
  }
}
