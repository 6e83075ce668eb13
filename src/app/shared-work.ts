/** Work that several callers wait for: begun once, and ended when none of them waits any more. */

import { orAborted } from './stage.js';

export class SharedWork<T> {
  private readonly ending = new AbortController();
  private readonly result: Promise<T>;
  private waiting = 0;
  private state: 'going on' | 'done' | 'failed' = 'going on';

  constructor(begin: (signal: AbortSignal) => Promise<T>) {
    this.result = begin(this.ending.signal);
    const over = (state: 'done' | 'failed') => () => {
      this.state = state;
    };
    // Callers that stopped waiting do not see its failure.
    this.result.then(over('done'), over('failed'));
  }

  /** It has failed, or was ended: another caller has to begin it again. */
  get isLost(): boolean {
    return this.state === 'failed' || this.ending.signal.aborted;
  }

  /** Throws what the work throws, or the signal's reason. */
  async wait(signal: AbortSignal): Promise<T> {
    this.waiting++;
    try {
      return await orAborted(signal, this.result);
    } finally {
      this.waiting--;
      if (this.waiting === 0 && this.state === 'going on')
        this.ending.abort(new Error('the result is not waited for any more'));
    }
  }
}
