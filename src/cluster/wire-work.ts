/**
 * What travels inside a Scene and an Assign of proto/fractal/v1/peer.proto, translated both ways: views, formulas, paint,
 * tables, the reference orbit. The messages around them are those of wire.ts.
 */

import { crc32 } from 'node:zlib';
import type { Assign__Output, Assign as WireAssign } from '../../gen/fractal/v1/Assign.js';
import type { View__Output, View as WireView } from '../../gen/fractal/v1/View.js';
import { FractalError } from '../errors.js';
import { MAX_DIGITS } from '../view/bounds.js';
import type { Formula, Sampling, View } from '../view/view.js';
import { BOUNDS, checkCount } from './bounds.js';
import type { Assignment, ReferenceOrbit, Scene, Table } from './messages.js';
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

/** Fields of a Scene that are messages: its tables, its reference. */
const SCENE_MESSAGES = [3, 4];

/** A leader sends the same scene to all its workers. */
const encoded = new WeakMap<Scene, Uint8Array>();

export function sceneBytes(scene: Scene, codec: SceneCodec): Uint8Array {
  const bytes = encoded.get(scene) ?? codec.encode(wireScene(scene));
  encoded.set(scene, bytes);
  return bytes;
}

export function wireAssign({ shard, epoch, scene, frame, view, rect }: Assignment, job: number): WireAssign {
  const assign = { job, shard, epoch, scene, frame, view: wireView(view), ...rect };
  return { ...assign, checksum: checksumOf(assign, assign.view) };
}

/** @throws FractalError PROTOCOL */
export function assignmentOf(wire: Assign__Output): Assignment {
  const { shard, epoch, scene, frame, view, x, y, width, height } = wire;
  if (!view) throw missing('view of an assignment');
  for (const text of [view.re, view.im, view.juliaRe, view.juliaIm, view.zoom]) {
    checkCount('characters of a coordinate', text.length, 2 * MAX_DIGITS);
  }
  const assignment = { shard, epoch, scene, frame, view: viewOf(view), rect: { x, y, width, height } };
  if (checksumOf(wire, view) === wire.checksum) return assignment;
  throw new FractalError('PROTOCOL', `assignment ${epoch}: the checksum does not match`);
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

function checksumOf({ job, shard, epoch, scene, frame, x, y, width, height }: WireAssign, view: WireView): number {
  let text = `${job} ${shard} ${epoch} ${scene} ${frame} ${x} ${y} ${width} ${height}`;
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

/** @throws FractalError PROTOCOL */
export function sceneOf(bytes: Uint8Array, codec: SceneCodec): Scene {
  checkFields(bytes, SCENE_MESSAGES);
  const wire = codec.decode(bytes);
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

function wireReference({ formula, orbit, tiny, ...rest }: ReferenceOrbit): NonNullable<WireScene['reference']> {
  return { ...rest, ...wireFormula(formula), orbit: bufferOf(orbit), tiny: bufferOf(tiny) };
}

function referenceOf(wire: NonNullable<WireScene['reference']>): ReferenceOrbit {
  const { re = '', im = '', deep = false, start = 0, ...rest } = wire;
  const doubles = (bytes: Uint8Array, a: number, least: number) => {
    if (bytes.length < least || bytes.length % a !== 0) throw missing('whole reference orbit');
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length / 8);
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
export function bufferOf({ buffer, byteOffset, byteLength }: Table): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

export function missing(what: string, cause?: unknown): FractalError {
  return new FractalError('PROTOCOL', `the peer sent no ${what}`, { cause });
}
