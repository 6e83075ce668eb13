/** One computing thread of a worker: a slot. It computes the shards that it is sent, one at a time, of any kind of work. */

import { parentPort, workerData } from 'node:worker_threads';
import { asResourceError, messageOf } from '../errors.js';
import { COMPUTING, lowerThread } from '../niceness.js';
import { type Computing, isFinal, type Starts, type ThreadScene } from '../work/kind.js';
import { collectGarbage } from './garbage.js';
import { pausing } from './pausing.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

/** Begins to answer the main thread. `starts`: the kinds of work, by name. To be called once, in a thread of a pool. */
export function computeIn(starts: Starts): void {
  const { slot, signals, shared, background } = workerData as ThreadData;
  if (background) lowerThread(COMPUTING);
  const port = parentPort;
  if (!port) throw new Error('a computing thread runs as a thread of a worker only');
  const kinds = new Map<string, Computing>();
  const scenes = new Map<string, ThreadScene>();

  function kindOf(name: string): Computing {
    const known = kinds.get(name) ?? starts[name]?.(shared[name], slot);
    if (!known) throw new Error(`work of the kind ${name} cannot be computed here`);
    kinds.set(name, known);
    return known;
  }

  function answer(message: FromThread): void {
    port?.postMessage(message, message.kind === 'done' ? [message.bytes.buffer] : []);
  }

  async function open({ work, kernel }: ToThread & { kind: 'open' }): Promise<FromThread> {
    try {
      return { kind: 'opened', kernel, ...(await kindOf(work).open(kernel)) };
    } catch (error) {
      return { kind: 'unavailable', kernel, reason: reasonOf(error) };
    }
  }

  function place({ work, prepared, assets }: ToThread & { kind: 'scene' }): ThreadScene {
    try {
      return kindOf(work).useScene(prepared, assets);
    } catch (error) {
      // Shards of this scene fail with the reason.
      return { compute: () => Promise.reject(error) };
    }
  }

  async function compute({ number, kernel, scene, task }: ToThread & { kind: 'compute' }): Promise<FromThread> {
    try {
      const threadScene = scenes.get(scene);
      if (!threadScene) throw new Error(`scene ${scene} was never sent`);
      const { stopped, seconds } = pausing(signals, slot, number);
      const computed = await threadScene.compute(kernel, task, stopped);
      if (!computed) return { kind: 'stopped' };
      return { kind: 'done', ...computed, seconds: seconds() };
    } catch (error) {
      const final = isFinal(error) ? ({ final: true } as const) : {};
      return { kind: 'failed', reason: reasonOf(error), ...final };
    }
  }

  port.on('message', async (message: ToThread) => {
    switch (message.kind) {
      case 'scene':
        scenes.set(message.key, place(message));
        return;
      case 'forget':
        scenes.delete(message.key);
        if (message.collect) collectGarbage();
        return answer({ kind: 'forgotten', key: message.key });
      case 'warm':
        return kindOf(message.work).warm?.(message.what);
      case 'close':
        for (const kind of kinds.values()) await kind.close();
        return answer({ kind: 'closed' });
      case 'open':
        return answer(await open(message));
      case 'compute':
        return answer(await compute(message));
    }
  });

  answer({ kind: 'started' });
}

function reasonOf(error: unknown): string {
  return messageOf(asResourceError(error) ?? error);
}
