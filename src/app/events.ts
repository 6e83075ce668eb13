/**
 * What a command reports while it runs: one stream of events, in the order in which things happen, given to one
 * function (docs/decisions/events.md). Events are data; `bin` prints them as the progress line, lines of text, JSON.
 */

import type { Address } from '../cluster/transport.js';
import type { Report } from '../leader/job/ledger.js';
import type { Metric } from '../metrics/index.js';
import type { SceneWork } from '../work/work.js';
import type { Outline } from './outline.js';

/** Called synchronously. It must not throw, and must return soon: the command waits for it. */
export type Emit = (event: AppEvent) => void;

export type AppEvent =
  | LogEvent
  | StageEvent
  | PreparedEvent
  | ProgressEvent
  | DialEvent
  | SceneEvent
  | RecalledEvent
  | GatheredEvent
  | KeptEvent
  | RegistrationEvent
  | ServingEvent
  | WorkerEvent
  | CertificateEvent;

/** A line of text. */
export interface LogEvent {
  readonly kind: 'log';
  readonly level: 'warn' | 'info';
  readonly text: string;
  /** Shown even with --quiet: a warning that the result probably differs from what was meant. */
  readonly always?: true;
}

/**
 * The stages of a command. render: all but `paint`, in this order; recolor: without `kernel` and `compute`; a worker: `kernel`,
 * `open`.
 */
export type Stage = 'open' | 'store' | 'prepare' | 'forecast' | 'kernel' | 'compute' | 'paint' | 'close';

export type StageEvent =
  | { readonly kind: 'stage'; readonly stage: Stage; readonly state: 'begun' }
  | { readonly kind: 'stage'; readonly stage: Stage; readonly state: 'done'; readonly seconds: number };

/** What preparing a job has found. */
export interface PreparedEvent {
  readonly kind: 'prepared';
  readonly iterations: number;
  /** log10 of the zoom from which views are perturbed; Infinity: none is. */
  readonly perturbedFrom: number;
  /** Entries of the reference orbit; absent: there is none. */
  readonly orbitLength?: number;
}

/** How far a job is. Sent often. */
export interface ProgressEvent extends Status {
  readonly kind: 'progress';
}

export interface Status {
  /** encoding: every frame is handed to the encoder. done: the files are complete. */
  readonly phase: 'connecting' | 'rendering' | 'encoding' | 'done';
  readonly outline: Outline;
  /** Frames written, and renders complete, both in order. */
  readonly framesDone: number;
  readonly rendersDone: number;
  readonly samplesDone: number;
  readonly samples: number;
  /** Estimated cost of the samples computed so far, and of those found in the store, in the unit of the outline. */
  readonly costDone: number;
  readonly costRecalled: number;
  /** Renders that the store was searched for, and the estimated cost of what it seems to have of the first so many. */
  readonly searched: number;
  readonly keptCostOf?: (renders: number) => number;
  /** Time that slots spent computing, and slots that take part now. */
  readonly busySeconds: number;
  readonly slots: number;
  readonly shardsDone: number;
  readonly iterations: number;
  /** Ready now, and being dialled or ready. */
  readonly workers: number;
  readonly workersKnown: number;
}

/** The leader dials a worker, or the session that began with a dial has ended. */
export interface DialEvent {
  readonly kind: 'dial';
  readonly worker: string;
  readonly state: 'begun' | 'ended';
  /** Unless it ended in order. */
  readonly reason?: string;
}

/** A scene was sent to a worker. */
export interface SceneEvent {
  readonly kind: 'scene';
  readonly worker: string;
  readonly scene: number;
  readonly work: SceneWork['kind'];
  /** Of the scene, as it travels, without its assets. */
  readonly bytes: number;
  /** Of its assets: those sent with it, their bytes, and those that the worker had. Absent: it names none. */
  readonly files?: { readonly sent: number; readonly bytes: number; readonly there: number };
}

/** The store was searched for a frame. */
export interface RecalledEvent {
  readonly kind: 'recalled';
  readonly frame: number;
  readonly pixels: number;
  /** Pixels that have to be computed. */
  readonly missing: number;
}

/** The last frame is gathered, and not yet written. */
export interface GatheredEvent {
  readonly kind: 'gathered';
  readonly report: Report;
  /** Pixels of the job. */
  readonly pixels: number;
}

export interface Completed {
  readonly done: number;
  readonly all: number;
}

/**
 * A job was ended by its signal: the samples that are kept. Sent before the command rejects; not sent if nothing was computed.
 */
export interface KeptEvent {
  readonly kind: 'kept';
  /** Samples computed or found so far, and wanted in all. */
  readonly samplesDone: number;
  readonly samples: number;
  /** Of a film: keyframes that are complete, and all of them; and frames that are computed one by one. */
  readonly keyframes?: Completed;
  readonly frames?: Completed;
  /** Which part of the computed samples is in the store. */
  readonly store: 'all' | 'some' | 'none';
}

/** Workers may register here from now on. */
export interface RegistrationEvent {
  readonly kind: 'registration';
  readonly address: Address;
}

/** The service answers here from now on. */
export interface ServingEvent {
  readonly kind: 'serving';
  readonly address: Address;
  /** With TLS. */
  readonly secure: boolean;
}

/** What happens on a worker, which is named by its address. */
export type WorkerEvent = { readonly kind: 'worker'; readonly worker: string } & (
  | { readonly state: 'draining' }
  /** The time for draining is over. */
  | { readonly state: 'dropping'; readonly seconds: number }
  /** A line of another part. */
  | { readonly state: 'notice'; readonly text: string }
  | { readonly state: 'connected'; readonly leader: string }
  | { readonly state: 'scene'; readonly leader: string; readonly scene: number; readonly bytes: number }
  | { readonly state: 'job-begun'; readonly job: string; readonly leader: string; readonly kernel: string }
  /** `wanted`: the leader asked for metrics. */
  | {
      readonly state: 'job-done';
      readonly job: string;
      readonly shards: number;
      readonly metrics: readonly Metric[];
      readonly wanted: boolean;
    }
  | {
      readonly state: 'job-ended';
      readonly job: string;
      readonly reason: string;
      readonly metrics: readonly Metric[];
    }
  /** `metrics`: those of a worker without a job. */
  | { readonly state: 'ended'; readonly metrics: readonly Metric[] }
);

/** A folder with the certificate of a host, or of the leader. */
export interface CertificateEvent {
  readonly kind: 'certificate';
  readonly folder: string;
  /** For which names it was made; absent: it was there already, and is kept. */
  readonly madeFor?: readonly string[];
  readonly validTo: Date;
}

/** Emits lines at a level. */
export function logTo(emit: Emit, level: LogEvent['level']): (text: string) => void {
  return (text) => emit({ kind: 'log', level, text });
}
