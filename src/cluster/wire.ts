/** The one place that translates between the program's messages and those of proto/fractal/v1/peer.proto. */

import { crc32 } from 'node:zlib';
import type { Assign as WireAssign } from '../../gen/fractal/v1/Assign.js';
import type { ToLeader__Output, ToLeader as WireToLeader } from '../../gen/fractal/v1/ToLeader.js';
import type { ToWorker__Output, ToWorker as WireToWorker } from '../../gen/fractal/v1/ToWorker.js';
import type { View__Output, View as WireView } from '../../gen/fractal/v1/View.js';
import { FractalError, oneLine } from '../errors.js';
import { MAX_DIGITS } from '../view/bounds.js';
import type { Formula, Sampling, View } from '../view/view.js';
import { Answers } from './answers.js';
import { BOUNDS, checkCount, checkNumber, checkText } from './bounds.js';
import { Budget } from './budget.js';
import type { ReferenceOrbit, Scene, Table, ToLeader, ToWorker } from './messages.js';
import { cut, Joiner, PIECE_BYTES } from './pieces.js';
import { checkFields } from './shape.js';

/** Turns a scene into bytes and back: protobuf's own work, handed in by whoever loaded the proto file. */
export interface SceneCodec {
  encode(scene: WireScene): Uint8Array;
  decode(bytes: Uint8Array): WireScene;
}

export interface WireScene {
  samples?: boolean;
  paint?: string;
  tables?: { name?: string; type?: string; data?: Uint8Array | string }[];
  reference?:
    | ({
        re?: string;
        im?: string;
        orbit?: Uint8Array | string;
        underflow?: Uint8Array | string;
        extended?: boolean;
        start?: number;
      } & Partial<WireFormula>)
    | null;
}

/** A formula among the fields of a view or a reference. */
interface WireFormula {
  step: string;
  power: number;
  julia: boolean;
  juliaRe: string;
  juliaIm: string;
}

const MAX_RESULT_BYTES = 1 << 30;
/** Fields of a Scene that are messages: its tables, its reference. */
const SCENE_MESSAGES = [3, 4];
/** Bytes that count as one more message of a peer. */
const UNIT_BYTES = 4096;
const BYTES_OF_EPOCH = 5;
const MESSAGES = 'messages that no assignment explains';

/** A leader sends the same scene to all its workers. */
const encoded = new WeakMap<Scene, Uint8Array>();

/** The leader's end of one session: what it sends says what the worker may answer. `now`: monotonic milliseconds. */
export function leaderWire(codec: SceneCodec, now: () => number = () => performance.now()) {
  const answers = new Answers();
  const { atOnce, perSecond } = BOUNDS.unexplained;
  return {
    toWire(message: ToWorker): Iterable<WireToWorker> {
      answers.sent(message);
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
    case 'assign': {
      const { shard, epoch, scene, frame, view, rect } = message.assignment;
      const assign = { shard, epoch, scene, frame, view: wireView(view), ...rect };
      yield { assign: { ...assign, checksum: checksumOf(assign, assign.view) } };
      return;
    }
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

function sceneBytes(scene: Scene, codec: SceneCodec): Uint8Array {
  const bytes = encoded.get(scene) ?? codec.encode(wireScene(scene));
  encoded.set(scene, bytes);
  return bytes;
}

/**
 * Takes a leader's wire messages one by one; gives a message whenever one is complete. `holds`: called with the bytes
 * of scenes that lie incomplete, whenever they change; what it throws ends the session.
 */
export function workerInbox(
  codec: SceneCodec,
  holds?: (bytes: number) => void,
): (wire: ToWorker__Output) => ToWorker | undefined {
  const scenes = new Joiner('scene', BOUNDS.sceneBytes, PIECE_BYTES, holds);
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
      if (!bytes) return undefined;
      checkFields(bytes, SCENE_MESSAGES);
      return { kind: 'scene', id, scene: sceneOf(codec.decode(bytes)) };
    }
    if (wire.assign) {
      const { shard, epoch, scene, frame, view, x, y, width, height } = wire.assign;
      if (!view) throw missing('view of an assignment');
      for (const text of [view.re, view.im, view.juliaRe, view.juliaIm, view.zoom]) {
        checkCount('characters of a coordinate', text.length, 2 * MAX_DIGITS);
      }
      const assignment = { shard, epoch, scene, frame, view: viewOf(view), rect: { x, y, width, height } };
      if (checksumOf(wire.assign, view) === wire.assign.checksum) return { kind: 'assign', assignment };
      throw new FractalError('PROTOCOL', `assignment ${epoch}: the checksum does not match`);
    }
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

function missing(what: string, cause?: unknown): FractalError {
  return new FractalError('PROTOCOL', `the peer sent no ${what}`, { cause });
}

/** All fields of a view on the wire, in one order on both sides; the compiler asks for those that are new. */
const VIEW_FIELDS: readonly (keyof View__Output)[] = Object.keys({
  step: 0,
  power: 0,
  julia: 0,
  juliaRe: 0,
  juliaIm: 0,
  re: 0,
  im: 0,
  zoom: 0,
  rotation: 0,
  width: 0,
  height: 0,
  iterations: 0,
  bailout: 0,
  whole: 0,
  jittered: 0,
  grid: 0,
  seed: 0,
  distance: 0,
  perturbed: 0,
  exact: 0,
} satisfies Record<keyof View__Output, 0>) as (keyof View__Output)[];

function checksumOf({ shard, epoch, scene, frame, x, y, width, height }: WireAssign, view: WireView): number {
  let text = `${shard} ${epoch} ${scene} ${frame} ${x} ${y} ${width} ${height}`;
  for (const field of VIEW_FIELDS) text += `\n${view[field]}`;
  return crc32(text);
}

function wireView(view: View): WireView {
  const { formula, sampling, count, ...rest } = view;
  return {
    ...rest,
    ...wireFormula(formula),
    whole: count === 'whole',
    jittered: sampling.kind === 'jittered' ? sampling.count : 0,
    grid: sampling.kind === 'grid' ? sampling.side : 0,
    seed: sampling.kind === 'jittered' ? sampling.seed : 0,
    distance: view.distance === true,
    perturbed: view.perturbed === true,
    exact: view.exact === true,
  };
}

function viewOf(wire: View__Output): View {
  const { step, power, julia, juliaRe, juliaIm, whole, jittered, grid, seed, distance, perturbed, exact, ...rest } =
    wire;
  const sampling: Sampling = jittered > 0 ? { kind: 'jittered', count: jittered, seed } : { kind: 'grid', side: grid };
  return {
    ...rest,
    formula: formulaOf({ step, power, julia, juliaRe, juliaIm }),
    count: whole ? 'whole' : 'smooth',
    sampling,
    ...(distance ? { distance } : {}),
    ...(perturbed ? { perturbed } : {}),
    ...(exact ? { exact } : {}),
  };
}

function wireFormula({ step, power, julia }: Formula): WireFormula {
  return { step, power, julia: julia !== undefined, juliaRe: julia?.re ?? '', juliaIm: julia?.im ?? '' };
}

function formulaOf({ step, power = 0, julia, juliaRe = '', juliaIm = '' }: Partial<WireFormula>): Formula {
  if (step !== 'holomorphic' && step !== 'burning-ship' && step !== 'tricorn') throw missing(`known formula: ${step}`);
  return julia ? { step, power, julia: { re: juliaRe, im: juliaIm } } : { step, power };
}

function wireScene(scene: Scene): WireScene {
  return {
    samples: scene.samples,
    paint: JSON.stringify(scene.paint),
    tables: Object.entries(scene.tables).map(([name, table]) => ({
      name,
      type: table instanceof Uint8Array ? 'u8' : table instanceof Float32Array ? 'f32' : 'f64',
      data: bufferOf(table),
    })),
    reference: scene.reference ? wireReference(scene.reference) : null,
  };
}

function sceneOf(wire: WireScene): Scene {
  checkCount('tables', wire.tables?.length ?? 0, BOUNDS.tables);
  checkCount('characters of a paint', wire.paint?.length ?? 0, BOUNDS.paint);
  const tables = (wire.tables ?? []).map(({ name = '', type, data }) => [name, tableOf(type, data as Uint8Array)]);
  return {
    samples: wire.samples ?? false,
    paint: paintOf(wire.paint || '{}'),
    tables: Object.fromEntries(tables) as Record<string, Table>,
    ...(wire.reference ? { reference: referenceOf(wire.reference) } : {}),
  };
}

function wireReference({ formula, orbit, underflow, ...rest }: ReferenceOrbit): NonNullable<WireScene['reference']> {
  return { ...rest, ...wireFormula(formula), orbit: bufferOf(orbit), underflow: bufferOf(underflow) };
}

function referenceOf(wire: NonNullable<WireScene['reference']>): ReferenceOrbit {
  const { re = '', im = '', extended = false, start = 0, ...rest } = wire;
  const doubles = (bytes: Uint8Array, a: number, least: number) => {
    if (bytes.length < least || bytes.length % a !== 0) throw missing('whole reference orbit');
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length / 8);
  };
  const orbit = doubles(rest.orbit as Uint8Array, 16, 32);
  if (2 * start >= orbit.length) throw missing(`reference orbit that reaches its start ${start}`);
  return {
    formula: formulaOf(rest),
    re,
    im,
    orbit,
    underflow: doubles(rest.underflow as Uint8Array, 40, 0),
    start,
    extended,
  };
}

function paintOf(text: string): Record<string, unknown> {
  let paint: unknown;
  try {
    paint = JSON.parse(text);
  } catch (error) {
    throw missing('paint in JSON', error);
  }
  if (typeof paint !== 'object' || paint === null || Array.isArray(paint)) throw missing('paint that is a record');
  return paint as Record<string, unknown>;
}

/** A table in memory that the threads of a worker share. */
function tableOf(type: string | undefined, data: Uint8Array): Table {
  if (data.length % (type === 'f64' ? 8 : type === 'f32' ? 4 : 1) > 0) throw missing('whole table');
  const shared = new SharedArrayBuffer(data.length);
  new Uint8Array(shared).set(data);
  if (type === 'u8') return new Uint8Array(shared);
  if (type === 'f32') return new Float32Array(shared);
  if (type === 'f64') return new Float64Array(shared);
  throw missing(`known type of table: ${type}`);
}

/** The same bytes as a Buffer, not a copy. */
function bufferOf({ buffer, byteOffset, byteLength }: Table): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
