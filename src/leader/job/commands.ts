/** Executes the commands of the scheduler: orders to workers, answers that become frames, the end of the job. */

import { FractalError } from '../../errors.js';
import { bytesOfPixel } from '../../shard/assemble.js';
import type { JobChannel } from '../fleet/fleet.js';
import type { Command } from '../schedule/events.js';
import type { FrameQueue } from './frame-queue.js';
import type { Gathering, Render, RenderJob } from './gathering.js';
import type { Ledger } from './ledger.js';
import type { JobScenes } from './scenes.js';
import type { JobWorkers } from './workers.js';

interface Parts {
  readonly job: RenderJob;
  readonly channel: JobChannel;
  readonly workers: JobWorkers;
  readonly scenes: JobScenes;
  readonly gathering: Gathering;
  readonly frames: FrameQueue;
  readonly ledger: Ledger;
  /** A line about the job. */
  note(text: string): void;
  fail(reason: unknown): void;
}

export function executor({ job, channel, workers, scenes, gathering, frames, ledger, note, fail }: Parts) {
  return function execute(command: Command): void {
    switch (command.kind) {
      case 'assign':
        return assign(command);
      case 'cancel':
        return void channel.send(command.peer, { kind: 'cancel', epochs: command.epochs });
      case 'commit':
        return gathering.commit(command);
      case 'outvoted':
        return outvoted(command);
      case 'expelled':
        ledger.expelled(command.peer, command.reason);
        return workers.expel(command.peer, command.reason);
      case 'render': {
        const frame = gathering.frame(command.render);
        scenes.handedOn(command.render);
        return frames.put(frame);
      }
      case 'failed':
        return failed(command);
      case 'done':
        return frames.complete();
    }
  };

  function assign({ peer, shard, epoch, why }: Command & { kind: 'assign' }): void {
    ledger.handed(why);
    scenes.provide(peer, shard.render);
    const { id, render, x, y, width, height } = shard;
    const work = job.taskOf(render, { x, y, width, height });
    const ordered = gathering.renderAt(render);
    const answerBytes = bytesOf(ordered, width * height);
    const assignment = { shard: id, epoch, scene: ordered.scene, render, work };
    void channel.send(peer, { kind: 'assign', assignment, answerBytes });
  }

  function outvoted(command: Command & { kind: 'outvoted' }): void {
    gathering.outvoted(command);
    const { peer, revoked } = command;
    const shards = `${revoked.length} shard${revoked.length > 1 ? 's' : ''}`;
    const again = revoked.length > 0 ? `: computing again what only it had computed, ${shards}` : '';
    note(`${peer} was wrong where two others agreed${again}`);
  }

  function failed({ shard, reason, disagreeing = [] }: Command & { kind: 'failed' }): void {
    const { x, y, width, height, render } = shard;
    const where = `${width}x${height} pixels at (${x}, ${y}) of ${job.nameOf?.(render) ?? `frame ${render}`}`;
    // It is not known which answer is right: what one of them alone computed must not be found by a later run.
    for (const name of disagreeing) job.archive?.disown(name);
    fail(new FractalError('SHARD_FAILED', `${where} cannot be computed: ${reason}`));
  }
}

/** The length of an answer for so many pixels; packed ones are hardly longer than raw ones. */
function bytesOf({ answer, ...size }: Render, pixels: number): number | { readonly most: number } {
  const bytes = pixels * bytesOfPixel(answer, size);
  return answer === 'packed' ? { most: PACKED_BYTES + Math.ceil(bytes * PACKED_SHARE) } : bytes;
}

/** Where nothing can be made smaller: the header, and what deflate adds. */
const PACKED_BYTES = 4_096;
const PACKED_SHARE = 17 / 16;
