/** One end of a session that a test speaks for by hand: what it hears waits until the test asks for it. */

import assert from 'node:assert/strict';
import type { ToLeader, ToWorker } from '../../src/cluster/messages.js';
import type { Link } from '../../src/cluster/transport.js';

export type ScriptedLeader = Scripted<ToWorker, ToLeader>;
export type ScriptedWorker = Scripted<ToLeader, ToWorker>;

export class Scripted<Out, In extends { readonly kind: string }> {
  /** Heard, and not yet asked for. */
  readonly heard: In[] = [];
  /** These come whenever they are due, and disturb no order. */
  readonly heartbeats: In[] = [];
  /** Resolves when the link ended; with the reason unless the end was orderly. */
  readonly ended: Promise<Error | undefined>;
  private over = false;
  private wake = () => {};

  constructor(readonly link: Link<Out, In>) {
    this.ended = new Promise((resolve) => {
      link.listen({
        message: (message) => {
          (message.kind === 'heartbeat' ? this.heartbeats : this.heard).push(message);
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
      assert.fail(`${kind} was to come, not ${message ? JSON.stringify(message) : 'the end'}`);
    return message as In & { kind: Kind };
  }

  /** The next message; undefined: the link ended. */
  async any(): Promise<In | undefined> {
    while (this.heard.length === 0 && !this.over) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.heard.shift();
  }

  /** What comes until the link ends. */
  async rest(): Promise<In[]> {
    const messages: In[] = [];
    for (let message = await this.any(); message; message = await this.any()) messages.push(message);
    return messages;
  }
}
