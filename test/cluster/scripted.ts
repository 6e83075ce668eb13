/** One end of a session that a test drives by hand: received messages wait until the test takes them. */

import assert from 'node:assert/strict';
import type { ToLeader, ToWorker } from '../../src/cluster/messages.js';
import type { Link } from '../../src/cluster/transport.js';

export type ScriptedLeader = Scripted<ToWorker, ToLeader>;
export type ScriptedWorker = Scripted<ToLeader, ToWorker>;

export class Scripted<Out, In extends { readonly kind: string }> {
  /** Received, and not yet taken. */
  readonly received: In[] = [];
  /** Kept apart, since they may arrive at any time. */
  readonly heartbeats: In[] = [];
  /** Resolves when the link ended; with the reason unless the end was orderly. */
  readonly ended: Promise<Error | undefined>;
  private over = false;
  private wake = () => {};

  constructor(readonly link: Link<Out, In>) {
    this.ended = new Promise((resolve) => {
      link.listen({
        message: (message) => {
          (message.kind === 'heartbeat' ? this.heartbeats : this.received).push(message);
          this.wake();
        },
        ended: (error) => {
          assert.ok(!this.over, 'a link ends once');
          this.over = true;
          this.wake();
          resolve(error);
        },
      });
    });
  }

  send(message: Out): Promise<void> {
    return this.link.send(message);
  }

  /** The next message, which must be of this kind. */
  async next<Kind extends In['kind']>(kind: Kind): Promise<In & { kind: Kind }> {
    const message = await this.any();
    if (message?.kind !== kind)
      assert.fail(`${kind} was expected, not ${message ? JSON.stringify(message) : 'the end'}`);
    return message as In & { kind: Kind };
  }

  /** The next message; undefined: the link ended. */
  async any(): Promise<In | undefined> {
    while (this.received.length === 0 && !this.over) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.received.shift();
  }

  /** The messages until the link ends. */
  async rest(): Promise<In[]> {
    const messages: In[] = [];
    for (let message = await this.any(); message; message = await this.any()) messages.push(message);
    return messages;
  }
}
