/**
 * Drives a job: the scheduler decides, the peers compute, frames come out in order. What happens becomes an event of
 * schedule.ts, what it answers is done here.
 */

import { createHash } from 'node:crypto';
import type { Asset, Assignment, Ready, Scene, ToLeader } from '../cluster/messages.js';
import { type Address, addressText } from '../cluster/transport.js';
import { FractalError } from '../errors.js';
import { bytesOfPixel } from '../shard/assemble.js';
import type { Frame } from '../shard/frame.js';
import type { Rect } from '../shard/shard.js';
import { type Archive, type GatheredJob, Gathering, type Result } from './gathering.js';
import { Ledger, type Report } from './ledger.js';
import { noKernel, noWorker } from './no-worker.js';
import { Peer, type PeerOptions } from './peer.js';
import { type Command, type Event, schedule } from './schedule.js';

/** What is to be rendered: the frames, and the data that all their shards share, of one kind of work. */
export interface RenderJob extends GatheredJob {
  readonly scene: Scene;
  /** Those that the scene names. */
  readonly assets?: readonly Asset[];
  /** What is to be computed for a rectangle of a frame. */
  taskOf(frame: number, rect: Rect): Assignment['work'];
  /** What is wrong with a worker's answer for a rectangle, if anything. */
  validate(answer: Pick<Result, 'bytes' | 'uncertain'>, rect: Rect): string | undefined;
  /** What a sample of a frame is estimated to cost, relative to other frames; absent: all the same. */
  costOf?(frame: number): number;
}

/** A worker to be dialled, as a hostfile names it. */
export interface Target {
  readonly address: Address;
  /** At most so many of its slots; 0: all that it has. */
  readonly slots: number;
}

export interface RunOptions extends Omit<PeerOptions, 'fingerprint'> {
  /** What the kernel's fingerprint must be; undefined: what the first worker's is. */
  readonly fingerprint?: string;
  /** At most so many slots altogether; 0: all. */
  readonly maxSlots: number;
  /** Nothing is handed out before so many workers are ready. */
  readonly minWorkers: number;
  /** Every worker must answer. */
  readonly strict: boolean;
  /** The workers, too, print their metrics. */
  readonly metrics: boolean;
  /** Ends the run; its reason is what `frames` throws. */
  readonly signal: AbortSignal;
  /** A line worth telling: a worker came, went, was left out. */
  note(text: string): void;
  progress(progress: Progress): void;
  /** The last frame is gathered, but not yet handed on. */
  gathered(report: Report): void;
}

export interface Progress {
  readonly framesDone: number;
  readonly samplesDone: number;
  /** What the samples computed so far were estimated to cost, and those found in the store. */
  readonly cost: number;
  readonly costRecalled: number;
  readonly shardsDone: number;
  readonly iterations: number;
  readonly workers: number;
  readonly workersKnown: number;
}

export interface Run {
  /** Frames in order, to be read once. Throws NO_WORKER, WORKER_MISSING, SHARD_FAILED, FRAMES_DOUBTFUL, or the signal's reason. */
  readonly frames: AsyncIterable<Frame>;
  /** One more worker to dial, or one that is there again; why it may not take part, if so. */
  add(target: Target): string | undefined;
  /** All workers are added: from now on nobody left to dial means NO_WORKER. */
  sealed(): void;
}

/** How long the workers may take to report once the last frame is gathered. */
const REPORT_MS = 2_000;
const MOST_WORKERS = 65_536;
/** How often the scheduler looks for what is late. */
const TICK_MS = 100;

export function run(job: RenderJob, options: RunOptions): Run {
  const { archive } = job;
  const plan = schedule({ ...job, ...(archive ? { recalls: true } : {}) });
  const ledger = new Ledger(options.now, job.costOf);
  const peers = new Map<string, Peer>();
  /** Ready, with the slots that this run uses; until `begun` not yet known to the scheduler. */
  const members = new Map<string, { readonly slots: number; readonly speed: number; readonly instance: string }>();
  /** Who cannot be waited for any more, and why. */
  const missing = new Map<string, string>();
  const drained = new Set<string>();
  const gathering = new Gathering(job, ledger);
  const frames: Frame[] = [];
  const reports = new Map<string, () => void>();
  let fingerprint = options.fingerprint;
  let begun = false;
  let complete = false;
  /** Frames that the consumer is through with. */
  let taken = 0;
  /** As far as is known, there is something to compute. */
  let needed = !archive;
  let isSealed = false;
  let failure: { readonly reason: unknown } | undefined;
  let wake = () => {};
  let proceed = () => {};

  const peerOptions: PeerOptions = { ...options, fingerprint: () => fingerprint };
  const peerEvents = { joined, message: guarded, left, gone, doubted };
  const ticking = setInterval(() => feed({ kind: 'tick' }), TICK_MS);
  options.signal.addEventListener('abort', () => fail(options.signal.reason), { once: true });
  if (options.signal.aborted) fail(options.signal.reason);
  if (archive) recallAll(archive).catch(fail);

  function add({ address, slots }: Target): string | undefined {
    if (failure || complete) return 'the job is over';
    const name = addressText(address);
    const known = peers.get(name);
    if (known?.stopped) return missing.get(name);
    if (known) known.nudge();
    else if (peers.size >= MOST_WORKERS) return `${peers.size} workers are known already`;
    else {
      const peer = new Peer(address, slots, peerOptions, peerEvents);
      peers.set(name, peer);
      peer.dial();
    }
    return undefined;
  }

  function sealed(): void {
    isSealed = true;
    checkHope();
  }

  function joined(peer: Peer, ready: Ready): void {
    const used = [...members.values()].reduce((sum, { slots }) => sum + slots, 0);
    const slots = options.maxSlots > 0 ? Math.min(ready.slots, options.maxSlots - used) : ready.slots;
    if (complete || failure) return peer.stop();
    const twin = [...members].find(([name, { instance }]) => name !== peer.name && instance === ready.instance)?.[0];
    if (twin !== undefined && ready.instance !== '') {
      // Counted twice it would confirm its own answers.
      options.note(`${peer.name} is left out: it is the same worker as ${twin}`);
      return leaveOut(peer.name, `it is the same worker as ${twin}`);
    }
    if (slots <= 0) return leaveOut(peer.name, 'the job has all the slots that it may use');
    fingerprint ??= ready.fingerprint;
    missing.delete(peer.name);
    drained.delete(peer.name);
    members.set(peer.name, { slots, speed: ready.speed, instance: ready.instance });
    ledger.joined(peer.name, slots, ready);
    options.note(`${peer.name} joined: ${slots} slot${slots > 1 ? 's' : ''}, ${ready.detail}`);
    for (const asset of job.assets ?? []) void peer.send({ kind: 'asset', ...asset });
    void peer.send({ kind: 'scene', id: 0, scene: job.scene });
    if (begun) enlist(peer.name);
    else if (members.size >= options.minWorkers) {
      begun = true;
      for (const name of [...members.keys()]) enlist(name);
    }
    tell();
  }

  function enlist(name: string): void {
    const member = members.get(name);
    if (member) feed({ kind: 'joined', peer: name, slots: member.slots, speed: member.speed });
  }

  /** A defect of the leader's own must not look like one of the worker's. */
  function guarded(peer: Peer, heard: ToLeader): void {
    try {
      message(peer, heard);
    } catch (error) {
      fail(error);
    }
  }

  function message({ name }: Peer, heard: ToLeader): void {
    switch (heard.kind) {
      case 'result':
        return result(name, heard);
      case 'failed':
        return feed({ kind: 'failed', peer: name, epoch: heard.epoch, reason: heard.reason });
      case 'beat':
        return feed({ kind: 'beat', peer: name, epochs: heard.epochs });
      case 'draining':
        options.note(`${name} says goodbye`);
        drained.add(name);
        return feed({ kind: 'draining', peer: name });
      case 'report':
        ledger.figures(name, heard.figures);
        return;
      default:
        return;
    }
  }

  function result(name: string, heard: Result): void {
    const { shard: id, epoch, bytes, seconds } = heard;
    peers.get(name)?.praise();
    const shard = plan.leased(name, epoch);
    if (shard?.id !== id) {
      ledger.late++;
      return;
    }
    const wrong = job.validate(heard, shard);
    if (wrong) return feed({ kind: 'failed', peer: name, epoch, reason: wrong });
    ledger.worked(name, seconds);
    gathering.hold(name, heard);
    const digest = job.verify ? createHash('sha256').update(bytes).update(String(heard.uncertain)).digest('hex') : '';
    feed({ kind: 'finished', peer: name, epoch, seconds, digest });
    tell();
  }

  function left({ name }: Peer, reason: string, fault: boolean): void {
    reports.get(name)?.();
    if (complete || failure) return;
    members.delete(name);
    ledger.left(name, !drained.has(name));
    options.note(drained.has(name) ? `${name} left` : `${name} was lost (${reason}): its shards go to others`);
    if (begun && fault) feed({ kind: 'blamed', peer: name, reason });
    if (begun) feed({ kind: 'left', peer: name });
    tell();
  }

  function doubted({ name }: Peer, reason: string): void {
    options.note(`${name} cannot join so far: ${reason}`);
  }

  function gone({ name }: Peer, reason: string, refused: boolean): void {
    members.delete(name);
    missing.set(name, reason);
    if (complete || failure) return;
    if (refused) options.note(`${name} is left out: ${reason}`);
    if (options.strict && !drained.has(name)) {
      fail(new FractalError('WORKER_MISSING', `${name} is missing (${reason}), and --strict wants every worker`));
    } else checkHope();
    tell();
  }

  /** It may not take part any more, and is not dialled again. */
  function leaveOut(name: string, reason: string): void {
    members.delete(name);
    missing.set(name, reason);
    peers.get(name)?.stop();
    checkHope();
  }

  /** With too few left to wait for, the job cannot go on. */
  function checkHope(): void {
    const fewest = begun ? 1 : Math.max(1, options.minWorkers);
    const left = peers.size - missing.size;
    if (!isSealed || !needed || complete || failure || left >= fewest) return;
    const lacking = begun || options.kernel === 'simd' ? undefined : noKernel(missing, options.kernel);
    fail(lacking ?? noWorker(missing, left, fewest));
  }

  function feed(event: Event): void {
    if (complete || failure) return;
    for (const command of plan.on(event, options.now())) obey(command);
  }

  function obey(command: Command): void {
    switch (command.kind) {
      case 'assign':
        return assign(command);
      case 'cancel':
        void peers.get(command.peer)?.send({ kind: 'cancel', epochs: command.epochs });
        return;
      case 'commit':
        return gathering.commit(command);
      case 'contradicted':
        return takeBack(command);
      case 'expelled':
        ledger.expelled(command.peer, command.reason);
        options.note(`${command.peer} is left out: ${command.reason}`);
        return leaveOut(command.peer, command.reason);
      case 'frame':
        frames.push(gathering.frame(command.frame));
        return wake();
      case 'failed': {
        const { x, y, width, height, frame } = command.shard;
        const where = `${width}x${height} pixels at (${x}, ${y}) of frame ${frame}`;
        // Nobody knows who is right: what stands on the word of one of them alone must not turn up in a later run.
        for (const name of command.liars ?? []) archive?.disown(name);
        return fail(new FractalError('SHARD_FAILED', `${where} cannot be computed: ${command.reason}`));
      }
      case 'done':
        complete = true;
        return wake();
    }
  }

  function assign({ peer, shard, epoch, why }: Command & { kind: 'assign' }): void {
    ledger.handed(why);
    const { id, frame, x, y, width, height } = shard;
    const work = job.taskOf(frame, { x, y, width, height });
    const answerBytes = width * height * bytesOfPixel(job.answer, job);
    void peers
      .get(peer)
      ?.send({ kind: 'assign', assignment: { shard: id, epoch, scene: 0, frame, work }, answerBytes });
  }

  function takeBack(command: Command & { kind: 'contradicted' }): void {
    gathering.takeBack(command);
    const { peer, revoked } = command;
    const shards = `${revoked.length} shard${revoked.length > 1 ? 's' : ''}`;
    const again = revoked.length > 0 ? `: computing anew what it alone had computed, ${shards}` : '';
    options.note(`${peer} was wrong where two others agreed${again}`);
  }

  /** Finds out, one frame after the other, what is there already: as far ahead as frames may be under way. */
  async function recallAll(known: Archive): Promise<void> {
    for (let frame = 0; frame < job.frames; frame++) {
      while (frame >= taken + job.window && !complete && !failure)
        await new Promise<void>((resolve) => (proceed = resolve));
      if (complete || failure) return;
      const missing = await gathering.recall(known, frame);
      feed({ kind: 'recalled', frame, missing });
      if (missing.length > 0 && !needed) {
        needed = true;
        checkHope();
      }
      tell();
    }
  }

  function fail(reason: unknown): void {
    if (complete || failure) return;
    failure = { reason };
    letGo();
    wake();
    proceed();
  }

  function letGo(): void {
    clearInterval(ticking);
    for (const peer of peers.values()) peer.stop();
  }

  function tell(): void {
    const { frames: framesDone, shards: shardsDone, iterations, cost, costRecalled } = ledger;
    const samplesDone = ledger.samples + ledger.recalled;
    const [workers, workersKnown] = [members.size, peers.size - missing.size];
    options.progress({ framesDone, samplesDone, cost, costRecalled, shardsDone, iterations, workers, workersKnown });
  }

  /** The next frame; the last one only once the workers reported, so that metrics come before encoding. */
  async function nextFrame(index: number): Promise<Frame> {
    while (true) {
      if (failure) throw failure.reason;
      const frame = frames[0];
      if (frame && (index < job.frames - 1 || complete)) {
        frames.shift();
        return frame;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async function conclude(): Promise<void> {
    clearInterval(ticking);
    ledger.gathered();
    const parted = [...peers.values()].map(async (peer) => {
      if (!peer.ready) return peer.stop();
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, REPORT_MS);
        reports.set(peer.name, resolve);
        void peer.finish(options.metrics);
      });
      clearTimeout(timer);
      peer.stop();
    });
    await Promise.all(parted);
    for (const { name, sent, received } of peers.values()) if (members.has(name)) ledger.traffic(name, sent, received);
    options.gathered(ledger.report());
  }

  async function* inOrder(): AsyncGenerator<Frame> {
    try {
      for (let index = 0; index < job.frames; index++) {
        const frame = await nextFrame(index);
        if (complete && index === job.frames - 1) await conclude();
        yield frame;
        taken = index + 1;
        feed({ kind: 'taken', frame: index });
        proceed();
      }
      gathering.distrust();
    } finally {
      complete = true;
      proceed();
      letGo();
    }
  }

  return { frames: inOrder(), add, sealed };
}
