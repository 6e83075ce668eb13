/**
 * The only file that translates between the program's messages and those of proto/fractal/v1/peer.proto; what lies inside
 * of scenes and assignments is translated by wire-work.ts.
 */

import type { ToLeader__Output, ToLeader as WireToLeader } from '../../gen/fractal/v1/ToLeader.js';
import type { ToWorker__Output, ToWorker as WireToWorker } from '../../gen/fractal/v1/ToWorker.js';
import { FractalError, oneLine } from '../errors.js';
import { Answers } from './answers.js';
import { BOUNDS, checkCount, checkNumber, checkText } from './bounds.js';
import { Budget } from './budget.js';
import { CHUNK_BYTES, cut, Joiner } from './chunks.js';
import type { ToLeader, ToWorker, UnderWay } from './messages.js';
import { tracer } from './trace.js';
import { assetInbox, wireAsset } from './wire-asset.js';
import { bufferOf, missing } from './wire-bytes.js';
import { digestsOf, wireDigests } from './wire-digests.js';
import { checkedRank } from './wire-rank.js';
import { assignmentOf, type SceneCodec, sceneBytes, sceneOf, wireAssign } from './wire-work.js';

const MAX_RESULT_BYTES = 1 << 30;
/** Bytes that count as one more message of a peer. */
const UNIT_BYTES = 4096;
const BYTES_OF_EPOCH = 5;
const MESSAGES = 'messages that answer no assignment';

/** Both directions at one end of a session. */
export interface Wire<Out, WireOut, WireIn, In> {
  toWire(message: Out): Iterable<WireOut>;
  /** Takes wire messages one by one; returns a message whenever one is complete. @throws FractalError PROTOCOL */
  inbox(wire: WireIn): In | undefined;
}

/**
 * The leader's end: its assignments decide which answers are valid. `peer`: names the worker in a trace. `now`: monotonic
 * milliseconds.
 */
export function leaderWire(
  codec: SceneCodec,
  peer: string,
  now: () => number = () => performance.now(),
): Wire<ToWorker, WireToWorker, ToLeader__Output, ToLeader> {
  const trace = tracer(peer);
  const answers = new Answers();
  const { atOnce, perSecond } = BOUNDS.unexplained;
  const inbox = leaderInbox(answers, new Budget(atOnce, perSecond, now));
  return {
    toWire(message) {
      trace?.('sent', message);
      answers.sent(message);
      return wireToWorker(message, codec);
    },
    inbox(wire) {
      const message = inbox(wire);
      if (message) trace?.('received', message);
      return message;
    },
  };
}

/** The worker's end. `peer`: names the leader in a trace. `holds`: as of `workerInbox`. */
export function workerWire(
  codec: SceneCodec,
  peer: string,
  holds?: (bytes: number) => void,
): Wire<ToLeader, WireToLeader, ToWorker__Output, ToWorker> {
  const trace = tracer(peer);
  const inbox = workerInbox(codec, holds);
  return {
    toWire(message) {
      trace?.('sent', message);
      return wireToLeader(message);
    },
    inbox(wire) {
      const message = inbox(wire);
      if (message) trace?.('received', message);
      return message;
    },
  };
}

export function* wireToWorker(message: ToWorker, codec: SceneCodec): Generator<WireToWorker> {
  switch (message.kind) {
    case 'hello':
      yield { hello: message };
      return;
    case 'open':
      yield { open: { ...message, assets: wireDigests(message.assets) } };
      return;
    case 'priority':
      yield { priority: message };
      return;
    case 'scene': {
      const { job, id } = message;
      for (const chunk of cut(sceneBytes(message.scene, codec))) {
        yield { scene: { job, scene: id, chunk: { ...chunk, data: bufferOf(chunk.data) } } };
      }
      return;
    }
    case 'asset':
      for (const asset of wireAsset(message, message.job)) yield { asset };
      return;
    case 'dropScene':
      yield { dropScene: { job: message.job, scene: message.id } };
      return;
    case 'assign':
      yield { assign: wireAssign(message.assignment, message.job) };
      return;
    case 'cancel':
      yield { cancel: { job: message.job, epochs: [...message.epochs] } };
      return;
    case 'close':
      yield { close: message };
  }
}

export function* wireToLeader(message: ToLeader): Generator<WireToLeader> {
  switch (message.kind) {
    case 'ready':
      yield { ready: message };
      return;
    case 'refused':
      yield { refused: { reason: oneLine(message.reason) } };
      return;
    case 'opened':
      yield { opened: { ...message, held: wireDigests(message.held) } };
      return;
    case 'unavailable':
      yield { unavailable: { job: message.job, reason: oneLine(message.reason) } };
      return;
    case 'result': {
      const { job, shard, epoch, seconds, iterations, uncertain, setup = 0, samples = 0 } = message;
      for (const chunk of cut(message.bytes)) {
        const whole = { ...chunk, data: bufferOf(chunk.data) };
        yield { result: { job, shard, epoch, chunk: whole, seconds, iterations, uncertain, setup, samples } };
      }
      return;
    }
    case 'failed':
      yield { failed: { ...message, reason: oneLine(message.reason) } };
      return;
    case 'heartbeat':
      for (const jobs of inMessages(message.jobs)) yield { heartbeat: { jobs } };
      return;
    case 'draining':
      yield { draining: {} };
      return;
    case 'report':
      yield { report: { job: message.job, metrics: [...message.metrics] } };
  }
}

/** The jobs of a heartbeat, in as many messages as their epochs need: at least one. */
function* inMessages(jobs: readonly UnderWay[]): Generator<{ job: number; epochs: number[]; running: number }[]> {
  let part: { job: number; epochs: number[]; running: number }[] = [];
  let count = 0;
  for (const { job, epochs, running } of jobs) {
    if (part.length > 0 && count + epochs.length > BOUNDS.epochs) {
      yield part;
      [part, count] = [[], 0];
    }
    part.push({ job, epochs: [...epochs], running });
    count += epochs.length;
  }
  yield part;
}

/**
 * Takes a leader's wire messages one by one; returns a message whenever one is complete. `holds`: called with the bytes
 * of incomplete scenes and assets whenever they change; an error that it throws ends the session.
 */
export function workerInbox(
  codec: SceneCodec,
  holds: (bytes: number) => void = () => undefined,
): (wire: ToWorker__Output) => ToWorker | undefined {
  const held = { scenes: 0, assets: 0 };
  const countHeld = (what: keyof typeof held) => (bytes: number) => {
    held[what] = bytes;
    holds(held.scenes + held.assets);
  };
  const scenes = new Joiner('scene', BOUNDS.sceneBytes, CHUNK_BYTES, countHeld('scenes'));
  const assets = assetInbox(countHeld('assets'));
  return (wire) => {
    if (wire.hello) {
      const { protocol, version, build, session, slots } = wire.hello;
      for (const name of [version, build, session]) checkCount('characters in Hello', name.length, BOUNDS.text);
      return { kind: 'hello', protocol, version, build, session, slots };
    }
    if (wire.open) {
      const { job, name, kernel } = wire.open;
      for (const text of [name, kernel]) checkCount('characters in the name of a job', text.length, BOUNDS.text);
      const assets = digestsOf(wire.open.assets, BOUNDS.assets);
      return { kind: 'open', job, name, kernel, assets, ...checkedRank(wire.open) };
    }
    if (wire.priority) {
      return { kind: 'priority', job: wire.priority.job, ...checkedRank(wire.priority) };
    }
    if (wire.scene) {
      const { job, scene: id, chunk } = wire.scene;
      if (!chunk) throw missing('chunk of a scene');
      const bytes = scenes.add(`${id} of job ${job}`, chunk);
      return bytes && { kind: 'scene', job, id, scene: sceneOf(bytes, codec) };
    }
    if (wire.asset) {
      const asset = assets(wire.asset);
      return asset && { kind: 'asset', job: wire.asset.job, ...asset };
    }
    if (wire.dropScene) return { kind: 'dropScene', job: wire.dropScene.job, id: wire.dropScene.scene };
    if (wire.assign) return { kind: 'assign', job: wire.assign.job, assignment: assignmentOf(wire.assign) };
    if (wire.cancel) {
      checkCount('epochs in a cancellation', wire.cancel.epochs.length, BOUNDS.epochs);
      return { kind: 'cancel', job: wire.cancel.job, epochs: wire.cancel.epochs };
    }
    if (wire.close) return { kind: 'close', job: wire.close.job, metrics: wire.close.metrics };
    throw missing('message known to this version');
  };
}

/**
 * The same for a worker's messages. `answers`: those that are due; absent: any may come. Other messages are
 * charged to `budget`.
 */
export function leaderInbox(answers?: Answers, budget?: Budget): (wire: ToLeader__Output) => ToLeader | undefined {
  const results = new Joiner('result of assignment', MAX_RESULT_BYTES);
  let drains = false;
  return (wire) => {
    if (wire.result) {
      const { job, shard, epoch, chunk, seconds, iterations, uncertain, setup, samples } = wire.result;
      if (!chunk) throw missing('chunk of a result');
      checkNumber('seconds of a shard', seconds, BOUNDS.seconds);
      checkNumber('seconds of setup', setup, seconds);
      checkNumber('iterations of a shard', iterations, BOUNDS.iterations);
      checkNumber('samples of a shard', samples, BOUNDS.samples);
      answers?.check(job, epoch, chunk.total);
      const bytes = results.add(`${epoch} of job ${job}`, chunk);
      if (!bytes) return undefined;
      answers?.answered(job, epoch);
      return {
        ...{ kind: 'result', job, shard, epoch, bytes, seconds, iterations, uncertain },
        ...(setup > 0 ? { setup } : {}),
        ...(samples > 0 ? { samples } : {}),
      };
    }
    if (wire.failed) {
      const { job, shard, epoch, reason, final } = wire.failed;
      checkText('reason', reason, BOUNDS.text);
      answers?.check(job, epoch);
      answers?.answered(job, epoch);
      return { kind: 'failed', job, shard, epoch, reason, ...(final ? { final } : {}) };
    }
    budget?.spend(1, MESSAGES);
    if (wire.ready) return { kind: 'ready', ...checkedReady(wire.ready) };
    if (wire.refused) {
      checkText('reason', wire.refused.reason, BOUNDS.text);
      return { kind: 'refused', reason: wire.refused.reason };
    }
    if (wire.opened) {
      const held = digestsOf(wire.opened.held, BOUNDS.assets);
      answers?.checkOpened(wire.opened.job, held);
      return { kind: 'opened', ...checkedOpened(wire.opened), held };
    }
    if (wire.unavailable) {
      const { job, reason } = wire.unavailable;
      checkText('reason', reason, BOUNDS.text);
      answers?.checkLast(job, 'unavailable');
      return { kind: 'unavailable', job, reason };
    }
    if (wire.heartbeat) {
      const { jobs } = wire.heartbeat;
      checkCount('jobs in a heartbeat', jobs.length, BOUNDS.jobs);
      const epochs = jobs.reduce((sum, one) => sum + one.epochs.length, 0);
      checkCount('epochs in a heartbeat', epochs, BOUNDS.epochs);
      for (const one of jobs) checkNumber('shards that are computed', one.running, one.epochs.length);
      const unexplained = jobs.reduce((sum, one) => sum + (answers?.unexplained(one.job, one.epochs) ?? 0), 0);
      budget?.spend((BYTES_OF_EPOCH * unexplained) / UNIT_BYTES, MESSAGES);
      return { kind: 'heartbeat', jobs };
    }
    if (wire.draining) {
      if (drains) throw new FractalError('PROTOCOL', 'the peer sent Draining twice');
      drains = true;
      return { kind: 'draining' };
    }
    if (wire.report) {
      const { job, metrics } = wire.report;
      answers?.checkLast(job, 'report');
      return { kind: 'report', job, metrics: checkedMetrics(metrics) };
    }
    throw missing('message known to this version');
  };
}

function checkedReady(ready: NonNullable<ToLeader__Output['ready']>) {
  const { slots, credits, version, build, instance } = ready;
  checkNumber('slots', slots, BOUNDS.slots);
  checkNumber('credits', credits, BOUNDS.credits);
  checkText('version', version, BOUNDS.name);
  checkText('build', build, BOUNDS.name);
  checkText('instance', instance, BOUNDS.name);
  return ready;
}

function checkedOpened(opened: NonNullable<ToLeader__Output['opened']>) {
  const { speed, detail, kernel, fingerprint, slots } = opened;
  checkNumber('speed', speed, BOUNDS.speed);
  checkNumber('slots', slots, BOUNDS.slots);
  checkText('kernel description', detail, BOUNDS.text);
  checkText('kernel', kernel, BOUNDS.name);
  checkText('fingerprint', fingerprint, BOUNDS.name);
  return opened;
}

function checkedMetrics(metrics: readonly { name: string; value: number }[]) {
  checkCount('metrics in a report', metrics.length, BOUNDS.metrics);
  for (const { name, value } of metrics) {
    checkText('name of a metric', name, BOUNDS.name);
    if (!Number.isFinite(value)) throw new FractalError('PROTOCOL', `the peer states ${value} for a metric`);
  }
  return metrics;
}
