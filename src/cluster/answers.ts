/** The answers that a worker owes to its leader in one session: each assignment explains one, of a known length. */

import { FractalError } from '../errors.js';
import type { ToWorker } from './messages.js';

export class Answers {
  /** Bytes of each, by epoch; undefined: of any length. Cancelled ones too: the answer may be on its way. */
  private readonly due = new Map<number, number | undefined>();

  /** A message goes to the worker. */
  sent(message: ToWorker): void {
    if (message.kind === 'assign') this.due.set(message.assignment.epoch, message.answerBytes);
  }

  /** A piece of an answer came. @throws FractalError PROTOCOL when it is not due, or has another length */
  check(epoch: number, total?: number): void {
    const bytes = this.due.get(epoch);
    if (!this.due.has(epoch))
      throw new FractalError('PROTOCOL', `the peer answers assignment ${epoch}, which it does not have`);
    if (total !== undefined && bytes !== undefined && total !== bytes) {
      throw new FractalError('PROTOCOL', `the answer to assignment ${epoch} has ${total} bytes, not ${bytes}`);
    }
  }

  /** The answer is there. */
  settled(epoch: number): void {
    this.due.delete(epoch);
  }
}
