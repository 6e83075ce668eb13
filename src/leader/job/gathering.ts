/** The results of a job until they are frames: answers that are not committed, and renders in progress. */

import type { Asset, Assignment, Result, Scene } from '../../cluster/messages.js';
import { FractalError } from '../../errors.js';
import { type Assembly, assemble, type Size } from '../../shard/assemble.js';
import type { Frame } from '../../shard/frame.js';
import { common } from '../../shard/missing.js';
import type { Answer, Rect } from '../../shard/shard.js';
import type { Command, Job, RenderShape } from '../schedule/events.js';
import type { Ledger } from './ledger.js';

/** One picture that a job computes. */
export interface Render extends RenderShape {
  /** Of raw samples. */
  readonly channels: Size['channels'];
  /** Whether its answers are pixels or samples. */
  readonly answer: Answer['kind'];
}

/** What is to be rendered: pictures of any size, in the order in which they are handed on, of one kind of work. */
export interface RenderJob extends Omit<Job, 'renders' | 'recalls' | 'mostScenes'> {
  readonly renders: readonly Render[];
  /** The data that shards share, by the `scene` of renders. */
  readonly scenes: readonly Scene[];
  /** Those that the scenes name. */
  readonly assets?: readonly Asset[];
  /** What is to be computed for a rectangle of a render. */
  taskOf(render: number, rect: Rect): Assignment['work'];
  /** Why a worker's answer for a rectangle of a render is not valid, if so. */
  validate(answer: Answered, rect: Rect, render: number): string | undefined;
  readonly archive?: Archive;
  /** A render in messages for users; absent: it is the frame of its index. */
  nameOf?(render: number): string;
  /** What a sample of a render is estimated to cost, relative to other renders; absent: all the same. */
  costOf?(render: number): number;
}

export type Answered = Pick<Result, 'bytes' | 'uncertain' | 'seconds' | 'setup'>;

/** Where finished shards are kept and found again. It never fails: data that cannot be kept is not found later. */
export interface Archive {
  /** Puts the rectangles of a render that are kept, one by one; resolves with those that are missing. */
  recall(render: number, put: (piece: Piece) => void): Promise<readonly Rect[]>;
  /**
   * A shard of a render that was recalled; its bytes must not change any more. `by`: the worker that alone computed it,
   * should it be outvoted.
   */
  keep(render: number, piece: Piece, by?: string): void;
  /** Removes what only this worker computed, and keeps nothing more of it. */
  disown(by: string): void;
  /** Nothing is missing of the render any more. */
  complete(render: number): void;
}

/** A finished rectangle of a render, and how many of its pixels are uncertain. */
export interface Piece {
  readonly rect: Rect;
  readonly bytes: Uint8Array;
  readonly uncertain: number;
}

/** A picture that is not complete. */
export interface Incomplete {
  /** Zero where nothing is computed. Its numbers still change. */
  readonly frame: Frame;
  /** What is computed. */
  readonly placed: readonly Rect[];
}

/** At most so many frames with shards of an outvoted worker are named. */
const MAX_NAMED = 5;

/** A job of pictures of one size with one scene: a still, or a film frame by frame. */
export function uniformRenders(count: number, render: Omit<Render, 'scene'>): Render[] {
  return new Array<Render>(count).fill({ ...render, scene: 0 });
}

export class Gathering {
  /** Valid answers to shards that are not committed, by shard and epoch. */
  private readonly answers = new Map<number, Map<number, { readonly worker: string; readonly result: Result }>>();
  private readonly assemblies = new Map<number, Assembly>();
  /** Handed on with shards of a worker that was outvoted later. */
  private readonly doubtful = new Set<number>();

  /** @throws Error for a job with packed answers that cannot have them */
  constructor(
    private readonly job: RenderJob,
    private readonly ledger: Ledger,
  ) {
    if (job.renders.some(({ answer }) => answer === 'packed')) checkPacked(job);
  }

  /** Puts what is kept of a render; resolves with the wanted rectangles that are missing. */
  async recall(archive: Archive, render: number): Promise<readonly Rect[]> {
    const { perPixel, parts } = this.renderAt(render);
    let pieces = 0;
    const missing = await archive.recall(render, ({ rect, bytes, uncertain }) => {
      this.assemblyOf(render).put({ ...rect, render, id: --pieces }, bytes);
      this.ledger.uncertain += uncertain;
      this.ledger.found(render, rect.width * rect.height * perPixel);
    });
    return parts ? common(missing, parts) : missing;
  }

  /** A valid answer of this worker. */
  addAnswer(worker: string, result: Result): void {
    const held = this.answers.get(result.shard) ?? new Map();
    this.answers.set(result.shard, held.set(result.epoch, { worker, result }));
  }

  commit({ shard, epoch, verified }: Command & { kind: 'commit' }): void {
    const answer = this.answers.get(shard.id)?.get(epoch);
    this.answers.delete(shard.id);
    if (!answer) throw new Error(`no answer to commit for shard ${shard.id}, epoch ${epoch}`);
    const { worker, result } = answer;
    const { archive, verify } = this.job;
    this.assemblyOf(shard.render).put(shard, result.bytes);
    // An answer that should have been compared and was not is used in this picture, as the report states, but is not kept.
    const { bytes, uncertain } = result;
    const { x, y, width, height } = shard;
    const piece = { rect: { x, y, width, height }, bytes, uncertain };
    if (verified !== false) archive?.keep(shard.render, piece, verified || !verify ? undefined : worker);
    this.ledger.committed(worker, shard, this.renderAt(shard.render).perPixel, result, verified);
  }

  /** What this worker alone had computed is computed again. */
  outvoted({ peer, revoked, late }: Command & { kind: 'outvoted' }): void {
    this.job.archive?.disown(peer);
    for (const shard of revoked) this.ledger.revoked(peer, shard, this.renderAt(shard.render).perPixel);
    for (const render of late) this.doubtful.add(render);
  }

  /** Every shard of the render is committed: it is handed on. */
  frame(render: number): Frame {
    const frame = this.assemblyOf(render).frame();
    this.assemblies.delete(render);
    this.job.archive?.complete(render);
    this.ledger.handedOn(render);
    return frame;
  }

  /** The first picture in progress; undefined: there is none. */
  partial(): Incomplete | undefined {
    const first = this.assemblies.get(Math.min(...this.assemblies.keys()));
    return first && { frame: first.frame(), placed: first.placed };
  }

  /**
   * Frames with shards of a worker that was outvoted too late are an error.
   * @throws FractalError FRAMES_DOUBTFUL
   */
  checkDoubtful(): void {
    const renders = [...this.doubtful].sort((a, b) => a - b);
    if (renders.length === 0) return;
    const { nameOf } = this.job;
    const more = renders.length > MAX_NAMED ? ` and ${renders.length - MAX_NAMED} more` : '';
    const named = renders.slice(0, MAX_NAMED);
    const list = nameOf ? named.map((render) => nameOf(render)).join('; ') : `frames ${named.join(', ')}`;
    const what = 'have pixels of a worker that two others contradicted later';
    const way = 'run it again: of the others, what is in the store is not computed again';
    throw new FractalError('FRAMES_DOUBTFUL', `${list}${more} ${what}; ${way}`);
  }

  private assemblyOf(render: number): Assembly {
    const shape = this.renderAt(render);
    const assembly = this.assemblies.get(render) ?? assemble(shape, render, shape.answer);
    this.assemblies.set(render, assembly);
    return assembly;
  }

  renderAt(render: number): Render {
    const found = this.job.renders[render];
    if (!found) throw new Error(`the job has no render ${render}`);
    return found;
  }
}

/**
 * Packed answers are whole renders, whose bytes may differ between workers though their samples do not: they are neither
 * compared with one another nor kept as raw samples are.
 */
function checkPacked({ grain, verify, archive, renders }: RenderJob): void {
  const divided = grain !== 'undivided' || renders.some(({ parts }) => parts);
  const wrong = divided ? 'divided' : verify ? 'verified' : archive ? 'archived' : undefined;
  if (wrong) throw new Error(`a job with packed answers is not ${wrong}`);
}
