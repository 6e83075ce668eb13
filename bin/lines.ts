/** Events as lines of text, each with the level from which it is printed. */

import type {
  AppEvent,
  DialEvent,
  GatheredEvent,
  PreparedEvent,
  SceneEvent,
  StageEvent,
  WorkerEvent,
} from '../src/app/events.js';
import { addressText } from '../src/cluster/transport.js';
import type { LogLevel } from './verbosity.js';

export interface Line {
  readonly level: LogLevel;
  readonly text: string;
  /** Printed with --quiet, too. */
  readonly always?: true | undefined;
}

/** undefined: an event that is not shown as one line. */
export function eventLine(event: AppEvent): Line | undefined {
  switch (event.kind) {
    case 'log': {
      const { level, text, always } = event;
      return { level, text: level === 'warn' ? `warning: ${text}` : text, always };
    }
    case 'registration':
      return { level: 'info', text: `workers may join at ${addressText(event.address)}` };
    case 'serving':
      return { level: 'info', text: `serving at ${event.secure ? 'https' : 'http'}://${addressText(event.address)}` };
    case 'worker':
      return workerLine(event);
    case 'stage':
      return stageLine(event);
    case 'prepared':
      return debug(preparedText(event));
    case 'dial':
      return debug(dialText(event));
    case 'scene':
      return debug(sceneText(event));
    case 'recalled': {
      const { frame, pixels, missing } = event;
      return debug(`store: frame ${frame}: ${pixels - missing} of ${pixels} pixels found`);
    }
    case 'progress':
    case 'gathered':
    case 'kept':
    case 'certificate':
      return undefined;
  }
}

/** What a user should notice at the end of a job, and where its shards were computed. */
export function gatheredLines({ report, pixels }: GatheredEvent): Line[] {
  const { workers, unverified, shards, reissued, copied, late } = report;
  const expelled = workers.flatMap(({ name, expelled: why }) => (why ? [info(`${name} was left out: ${why}`)] : []));
  const alone = `${unverified} shard${unverified > 1 ? 's' : ''} could not be verified: there was no second worker`;
  return [
    ...expelled,
    ...(unverified > 0 ? [info(alone)] : []),
    ...uncertainLines(report.uncertain, pixels),
    debug(`shards: ${shards} done, ${reissued} assigned again, ${copied} copied, ${late} answers too late`),
    ...workers.map(({ name, shards: done, busySeconds }) => {
      return debug(`shards: ${name}: ${done} done in ${busySeconds.toFixed(2)} s of its slots`);
    }),
  ];
}

/** A line when pixels are uncertain. `pixels`: of the whole job. */
export function uncertainLines(uncertain: number, pixels: number): Line[] {
  if (uncertain === 0) return [];
  const which = `${uncertain} of ${pixels} pixels ${uncertain > 1 ? 'are' : 'is'} uncertain`;
  const way = `exact iteration would take too long; --exact computes ${uncertain > 1 ? 'them' : 'it'}`;
  return [info(`note: ${which}: ${way}`)];
}

function info(text: string): Line {
  return { level: 'info', text };
}

function debug(text: string): Line {
  return { level: 'debug', text: `debug: ${text}` };
}

function stageLine(event: StageEvent): Line {
  if (event.state === 'begun') return debug(`stage ${event.stage} begins`);
  return debug(`stage ${event.stage} took ${event.seconds.toFixed(3)} s`);
}

function dialText({ worker, state, reason }: DialEvent): string {
  if (state === 'begun') return `dialling ${worker}`;
  return `session with ${worker} ended${reason === undefined ? '' : `: ${reason}`}`;
}

const CONTENT = {
  fractal: ' of tables and orbits',
  film: ' of tiles of keyframes',
  povray: ' that describe the picture',
  custom: '',
} as const;

function sceneText({ scene, worker, work, bytes, files }: SceneEvent): string {
  const text = `scene ${scene} sent to ${worker}: ${bytes} bytes${CONTENT[work]}`;
  if (!files) return text;
  return `${text}; of its files ${files.sent} sent, ${files.bytes} bytes, and ${files.there} were there`;
}

function preparedText({ iterations, perturbedFrom, orbitLength }: PreparedEvent): string {
  const orbit = orbitLength === undefined ? '' : `, reference orbit of ${orbitLength} entries`;
  const depth = Number.isFinite(perturbedFrom)
    ? `from a zoom of 1e${perturbedFrom.toFixed(2)} on perturbed`
    : undefined;
  const method = orbitLength === undefined ? 'iterated directly' : (depth ?? 'perturbed');
  return `method: ${method}${orbit}; at most ${iterations} iterations`;
}

function workerLine(event: WorkerEvent): Line | undefined {
  const { worker } = event;
  switch (event.state) {
    case 'connected':
      return debug(`worker ${worker}: ${event.leader} connected`);
    case 'scene':
      return debug(`worker ${worker}: scene ${event.scene} of ${event.leader}: ${event.bytes} bytes`);
    case 'ended':
      return undefined;
    default:
      return info(`worker ${worker}: ${workerText(event)}`);
  }
}

function workerText(event: Exclude<WorkerEvent, { state: 'connected' | 'scene' | 'ended' }>): string {
  switch (event.state) {
    case 'draining':
      return 'finishing its shards; a second signal drops them';
    case 'dropping':
      return `dropping what was not finished in ${event.seconds} s`;
    case 'notice':
      return event.text;
    case 'job-begun':
      return `job ${event.job} of ${event.leader} begins, ${event.kernel}`;
    case 'job-done':
      return `job ${event.job} is done, ${event.shards} shards`;
    case 'job-ended':
      return `job ${event.job} ended: ${event.reason}`;
  }
}
