/** What came of a job, until it is a frame: answers that wait for the schedule's word, and frames as far as they are. */

import type { ToLeader } from '../cluster/messages.js';
import { FractalError } from '../errors.js';
import { type Assembly, assemble, type Size } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import type { Answer, Rect } from '../shard/shard.js';
import type { Ledger } from './ledger.js';
import type { Command, Job } from './schedule.js';

/** Where finished shards are kept and found again. It never fails: what cannot be kept or found is not there. */
export interface Archive {
  /** Puts what is there of a frame, a rectangle at a time; resolves with what is missing. */
  recall(frame: number, put: (piece: Piece) => void): Promise<readonly Rect[]>;
  /**
   * A shard of a frame that was recalled; its bytes must not change any more. `by`: whose word alone it is, should that
   * be found wrong.
   */
  keep(frame: number, piece: Piece, by?: string): void;
  /** Forgets what was kept on nobody else's word than this one's, and keeps nothing more of it. */
  disown(by: string): void;
  /** Nothing is missing of the frame any more. */
  complete(frame: number): void;
}

/** A finished rectangle of a frame, and how many of its pixels are uncertain. */
export interface Piece {
  readonly rect: Rect;
  readonly bytes: Uint8Array;
  readonly uncertain: number;
}

export interface GatheredJob extends Job, Size {
  /** What answers are put together to. */
  readonly answer: Answer['kind'];
  readonly archive?: Archive;
}

export type Result = ToLeader & { readonly kind: 'result' };

/** Of the frames that a worker's word alone had a part in, so many are named. */
const NAMED = 5;

export class Gathering {
  /** Good answers to shards that are not committed, by shard and epoch. */
  private readonly answers = new Map<number, Map<number, { readonly name: string; readonly result: Result }>>();
  private readonly assemblies = new Map<number, Assembly>();
  /** Handed on with shards of a worker whose word counts no more. */
  private readonly doubtful = new Set<number>();

  constructor(
    private readonly job: GatheredJob,
    private readonly ledger: Ledger,
  ) {}

  /** Puts what is kept of a frame; resolves with what is missing. */
  async recall(archive: Archive, frame: number): Promise<readonly Rect[]> {
    let pieces = 0;
    return archive.recall(frame, ({ rect, bytes, uncertain }) => {
      this.assemblyOf(frame).put({ ...rect, frame, id: --pieces }, bytes);
      this.ledger.uncertain += uncertain;
      this.ledger.found(frame, rect.width * rect.height * this.job.perPixel);
    });
  }

  /** A good answer of this worker. */
  hold(name: string, result: Result): void {
    const held = this.answers.get(result.shard) ?? new Map();
    this.answers.set(result.shard, held.set(result.epoch, { name, result }));
  }

  commit({ shard, epoch, verified }: Command & { kind: 'commit' }): void {
    const answer = this.answers.get(shard.id)?.get(epoch);
    this.answers.delete(shard.id);
    if (!answer) throw new Error(`nothing is there to commit for shard ${shard.id}, epoch ${epoch}`);
    const { name, result: good } = answer;
    const { archive, perPixel, verify } = this.job;
    this.assemblyOf(shard.frame).put(shard, good.bytes);
    // Nobody compared what should have been: it may be in this picture, which says so, but not in later ones.
    const { bytes, uncertain } = good;
    const { x, y, width, height } = shard;
    const piece = { rect: { x, y, width, height }, bytes, uncertain };
    if (verified !== false) archive?.keep(shard.frame, piece, verified || !verify ? undefined : name);
    this.ledger.committed(name, shard, perPixel, good, verified);
  }

  /** What this worker alone had said counts no more, and comes anew. */
  takeBack({ peer, revoked, late }: Command & { kind: 'contradicted' }): void {
    this.job.archive?.disown(peer);
    for (const shard of revoked) this.ledger.revoked(peer, shard, this.job.perPixel);
    for (const frame of late) this.doubtful.add(frame);
  }

  /** Every shard of the frame is committed: it is handed on. */
  frame(index: number): Frame {
    const frame = this.assemblyOf(index).frame();
    this.assemblies.delete(index);
    this.job.archive?.complete(index);
    this.ledger.handedOn(index);
    return frame;
  }

  /**
   * Frames for which the word of a worker was taken back too late must not pass for good.
   * @throws FractalError FRAMES_DOUBTFUL
   */
  distrust(): void {
    const frames = [...this.doubtful].sort((a, b) => a - b);
    if (frames.length === 0) return;
    const more = frames.length > NAMED ? ` and ${frames.length - NAMED} more` : '';
    const what = 'have pixels of a worker that two others contradicted later';
    const way = 'run it again: of the other frames, what is in the store is not computed anew';
    throw new FractalError('FRAMES_DOUBTFUL', `frames ${frames.slice(0, NAMED).join(', ')}${more} ${what}; ${way}`);
  }

  private assemblyOf(frame: number): Assembly {
    const { job, assemblies } = this;
    const assembly = assemblies.get(frame) ?? assemble(job, frame, job.answer);
    assemblies.set(frame, assembly);
    return assembly;
  }
}
