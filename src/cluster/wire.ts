/**
 * Translates between the program's messages and those of proto/fractal/v1/peer.proto; what travels inside a Scene and an
 * Assign is translated by wire-work.ts.
 */

import type { ToLeader__Output, ToLeader as WireToLeader } from '../../gen/fractal/v1/ToLeader.js';
import type { ToWorker__Output, ToWorker as WireToWorker } from '../../gen/fractal/v1/ToWorker.js';
import { FractalError, oneLine } from '../errors.js';
import { Answers } from './answers.js';
import { BOUNDS, checkCount, checkNumber, checkText } from './bounds.js';
import { Budget } from './budget.js';
import type { ToLeader, ToWorker } from './messages.js';
import { cut, Joiner, PIECE_BYTES } from './pieces.js';
import { assetInbox, wireAsset } from './wire-asset.js';
import { bufferOf, missing } from './wire-bytes.js';
import { assignmentOf, type SceneCodec, sceneBytes, sceneOf, wireAssign } from './wire-work.js';

const MAX_RESULT_BYTES = 1 << 30;
/** Bytes that count as one more message of a peer. */
const UNIT_BYTES = 4096;
const BYTES_OF_EPOCH = 5;
const MESSAGES = 'messages that no assignment explains';

/** The leader's end of one session: what it sends says what the worker may answer. `now`: monotonic milliseconds. */
export function leaderWire(codec: SceneCodec, now: () => number = () => performance.now()) {
  const answers = new Answers();
  const assets = new Set<string>();
  const { atOnce, perSecond } = BOUNDS.unexplained;
  return {
    toWire(message: ToWorker): Iterable<WireToWorker> {
      answers.sent(message);
      if (message.kind === 'asset') {
        // The worker keeps it until the end of the session.
        if (assets.has(message.digest)) return [];
        assets.add(message.digest);
      }
      return wireToWorker(message, codec);
    },
    inbox: leaderInbox(answers, new Budget(atOnce, perSecond, now)),
  };
}

export function* wireToWorker(message: ToWorker, codec: SceneCodec): Generator<WireToWorker> {
  switch (message.kind) {
    case 'hello':
      yield { hello: message };
      return;
    case 'scene':
      for (const piece of cut(sceneBytes(message.scene, codec))) {
        yield { scene: { scene: message.id, piece: { ...piece, data: bufferOf(piece.data) } } };
      }
      return;
    case 'asset':
      for (const asset of wireAsset(message)) yield { asset };
      return;
    case 'assign':
      yield { assign: wireAssign(message.assignment) };
      return;
    case 'cancel':
      yield { cancel: { epochs: [...message.epochs] } };
      return;
    case 'finish':
      yield { finish: { metrics: message.metrics } };
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
    case 'result': {
      const { shard, epoch, seconds, iterations, uncertain } = message;
      for (const piece of cut(message.bytes)) {
        yield {
          result: { shard, epoch, piece: { ...piece, data: bufferOf(piece.data) }, seconds, iterations, uncertain },
        };
      }
      return;
    }
    case 'failed':
      yield { failed: { ...message, reason: oneLine(message.reason) } };
      return;
    case 'beat':
      yield { beat: { epochs: [...message.epochs] } };
      return;
    case 'draining':
      yield { draining: {} };
      return;
    case 'report':
      yield { report: { figures: [...message.figures] } };
  }
}

/**
 * Takes a leader's wire messages one by one; gives a message whenever one is complete. `holds`: called with the bytes
 * of scenes and assets that lie incomplete, whenever they change; what it throws ends the session.
 */
export function workerInbox(
  codec: SceneCodec,
  holds: (bytes: number) => void = () => undefined,
): (wire: ToWorker__Output) => ToWorker | undefined {
  const held = { scenes: 0, assets: 0 };
  const hold = (what: keyof typeof held) => (bytes: number) => {
    held[what] = bytes;
    holds(held.scenes + held.assets);
  };
  const scenes = new Joiner('scene', BOUNDS.sceneBytes, PIECE_BYTES, hold('scenes'));
  const assets = assetInbox(hold('assets'));
  return (wire) => {
    if (wire.hello) {
      const { protocol, version, session, kernel, slots } = wire.hello;
      for (const name of [version, session, kernel]) checkCount('characters in a greeting', name.length, BOUNDS.text);
      return { kind: 'hello', protocol, version, session, kernel, slots };
    }
    if (wire.scene) {
      const { scene: id, piece } = wire.scene;
      if (!piece) throw missing('piece of a scene');
      const bytes = scenes.add(id, piece);
      return bytes && { kind: 'scene', id, scene: sceneOf(bytes, codec) };
    }
    if (wire.asset) {
      const asset = assets(wire.asset);
      return asset && { kind: 'asset', ...asset };
    }
    if (wire.assign) return { kind: 'assign', assignment: assignmentOf(wire.assign) };
    if (wire.cancel) {
      checkCount('epochs in a cancellation', wire.cancel.epochs.length, BOUNDS.epochs);
      return { kind: 'cancel', epochs: wire.cancel.epochs };
    }
    if (wire.finish) return { kind: 'finish', metrics: wire.finish.metrics };
    throw missing('message that this version knows');
  };
}

/**
 * The same for a worker's messages. `answers`: those that are due; absent: any may come. What they do not explain is
 * charged to `budget`.
 */
export function leaderInbox(answers?: Answers, budget?: Budget): (wire: ToLeader__Output) => ToLeader | undefined {
  const results = new Joiner('result of assignment', MAX_RESULT_BYTES);
  let drains = false;
  return (wire) => {
    if (wire.result) {
      const { shard, epoch, piece, seconds, iterations, uncertain } = wire.result;
      if (!piece) throw missing('piece of a result');
      checkNumber('seconds of a shard', seconds, BOUNDS.seconds);
      checkNumber('iterations of a shard', iterations, BOUNDS.iterations);
      answers?.check(epoch, piece.total);
      const bytes = results.add(epoch, piece);
      if (!bytes) return undefined;
      answers?.settled(epoch);
      return { kind: 'result', shard, epoch, bytes, seconds, iterations, uncertain };
    }
    if (wire.failed) {
      const { shard, epoch, reason } = wire.failed;
      checkText('reason', reason, BOUNDS.text);
      answers?.check(epoch);
      answers?.settled(epoch);
      return { kind: 'failed', shard, epoch, reason };
    }
    budget?.spend(1, MESSAGES);
    if (wire.ready) return { kind: 'ready', ...checkedReady(wire.ready) };
    if (wire.refused) {
      checkText('reason', wire.refused.reason, BOUNDS.text);
      return { kind: 'refused', reason: wire.refused.reason };
    }
    if (wire.beat) {
      const { epochs } = wire.beat;
      checkCount('epochs in a heartbeat', epochs.length, BOUNDS.epochs);
      budget?.spend((BYTES_OF_EPOCH * epochs.length) / UNIT_BYTES, MESSAGES);
      return { kind: 'beat', epochs };
    }
    if (wire.draining) {
      if (drains) throw new FractalError('PROTOCOL', 'the peer says twice that it is draining');
      drains = true;
      return { kind: 'draining' };
    }
    if (wire.report) return { kind: 'report', figures: checkedFigures(wire.report.figures) };
    throw missing('message that this version knows');
  };
}

function checkedReady(ready: NonNullable<ToLeader__Output['ready']>) {
  const { slots, credits, speed, detail, version, kernel, fingerprint, instance } = ready;
  checkNumber('slots', slots, BOUNDS.slots);
  checkNumber('credits', credits, BOUNDS.credits);
  checkNumber('speed', speed, BOUNDS.speed);
  checkText('kernel description', detail, BOUNDS.text);
  for (const [what, text] of Object.entries({ version, kernel, fingerprint, instance })) {
    checkText(what, text, BOUNDS.name);
  }
  return ready;
}

function checkedFigures(figures: readonly { name: string; value: number }[]) {
  checkCount('metrics in a report', figures.length, BOUNDS.figures);
  for (const { name, value } of figures) {
    checkText('name of a metric', name, BOUNDS.name);
    if (!Number.isFinite(value)) throw new FractalError('PROTOCOL', `the peer states ${value} for a metric`);
  }
  return figures;
}
