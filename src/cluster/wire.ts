/** The one place that translates between the program's messages and those of proto/fractal/v1/peer.proto. */

import { crc32 } from 'node:zlib';
import type { Assign as WireAssign } from '../../gen/fractal/v1/Assign.js';
import type { ToLeader__Output, ToLeader as WireToLeader } from '../../gen/fractal/v1/ToLeader.js';
import type { ToWorker__Output, ToWorker as WireToWorker } from '../../gen/fractal/v1/ToWorker.js';
import type { View__Output, View as WireView } from '../../gen/fractal/v1/View.js';
import { FractalError } from '../errors.js';
import type { Formula, Sampling, View } from '../view/view.js';
import type { ReferenceOrbit, Scene, Table, ToLeader, ToWorker } from './messages.js';
import { cut, Joiner } from './pieces.js';

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
        tiny?: Uint8Array | string;
        deep?: boolean;
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

const MAX_SCENE_BYTES = 1 << 30;
const MAX_RESULT_BYTES = 1 << 30;

export function* wireToWorker(message: ToWorker, codec: SceneCodec): Generator<WireToWorker> {
  switch (message.kind) {
    case 'hello':
      yield { hello: message };
      return;
    case 'scene':
      for (const piece of cut(codec.encode(wireScene(message.scene)))) {
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
      yield { refused: message };
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
      yield { failed: message };
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

/** Takes a leader's wire messages one by one; gives a message whenever one is complete. */
export function workerInbox(codec: SceneCodec): (wire: ToWorker__Output) => ToWorker | undefined {
  const scenes = new Joiner('scene', MAX_SCENE_BYTES);
  return (wire) => {
    if (wire.hello) return { kind: 'hello', ...wire.hello };
    if (wire.scene) {
      const { scene: id, piece } = wire.scene;
      if (!piece) throw missing('piece of a scene');
      const bytes = scenes.add(id, piece);
      return bytes && { kind: 'scene', id, scene: sceneOf(codec.decode(bytes)) };
    }
    if (wire.assign) {
      const { shard, epoch, scene, frame, view, x, y, width, height } = wire.assign;
      if (!view) throw missing('view of an assignment');
      const assignment = { shard, epoch, scene, frame, view: viewOf(view), rect: { x, y, width, height } };
      if (checksumOf(wire.assign, view) === wire.assign.checksum) return { kind: 'assign', assignment };
      throw new FractalError('PROTOCOL', `assignment ${epoch}: the checksum does not match`);
    }
    if (wire.cancel) return { kind: 'cancel', epochs: wire.cancel.epochs };
    if (wire.finish) return { kind: 'finish', metrics: wire.finish.metrics };
    throw missing('message that this version knows');
  };
}

/** The same for a worker's messages. */
export function leaderInbox(): (wire: ToLeader__Output) => ToLeader | undefined {
  const results = new Joiner('result of assignment', MAX_RESULT_BYTES);
  return (wire) => {
    if (wire.ready) return { kind: 'ready', ...wire.ready };
    if (wire.refused) return { kind: 'refused', reason: wire.refused.reason };
    if (wire.result) {
      const { shard, epoch, piece, seconds, iterations, uncertain } = wire.result;
      if (!piece) throw missing('piece of a result');
      const bytes = results.add(epoch, piece);
      return bytes && { kind: 'result', shard, epoch, bytes, seconds, iterations, uncertain };
    }
    if (wire.failed) return { kind: 'failed', ...wire.failed };
    if (wire.beat) return { kind: 'beat', epochs: wire.beat.epochs };
    if (wire.draining) return { kind: 'draining' };
    if (wire.report) return { kind: 'report', figures: wire.report.figures };
    throw missing('message that this version knows');
  };
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
  const tables = (wire.tables ?? []).map(({ name = '', type, data }) => [name, tableOf(type, data as Uint8Array)]);
  return {
    samples: wire.samples ?? false,
    paint: paintOf(wire.paint || '{}'),
    tables: Object.fromEntries(tables) as Record<string, Table>,
    ...(wire.reference ? { reference: referenceOf(wire.reference) } : {}),
  };
}

function wireReference({ formula, orbit, tiny, ...rest }: ReferenceOrbit): NonNullable<WireScene['reference']> {
  return { ...rest, ...wireFormula(formula), orbit: bufferOf(orbit), tiny: bufferOf(tiny) };
}

function referenceOf(wire: NonNullable<WireScene['reference']>): ReferenceOrbit {
  const { re = '', im = '', deep = false, start = 0, ...rest } = wire;
  const doubles = (bytes: Uint8Array, a: number, least: number) => {
    if (bytes.length < least || bytes.length % a !== 0) throw missing('whole reference orbit');
    return new Float64Array(new Uint8Array(bytes).buffer);
  };
  const orbit = doubles(rest.orbit as Uint8Array, 16, 32);
  if (2 * start >= orbit.length) throw missing(`reference orbit that reaches its start ${start}`);
  return { formula: formulaOf(rest), re, im, orbit, tiny: doubles(rest.tiny as Uint8Array, 40, 0), start, deep };
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
