/** `fractal submit`, `jobs`, `wait`, `get`, `logs`, `status`, `cancel`, `pause`, `resume`, `requeue`: clients of a service. */

import { randomUUID } from 'node:crypto';
import { type Api, apiOf, type JobAnswer } from '../src/client/api.js';
import { download } from '../src/client/download.js';
import { submitWithFiles } from '../src/client/files.js';
import { ENDINGS, follow, type Happened, pastEvents } from '../src/client/follow.js';
import { requireSceneFlags, submitScene } from '../src/client/scene.js';
import { sentBy } from '../src/client/submission.js';
import { CODES, type ErrorCode, FractalError, oneLine } from '../src/errors.js';
import {
  CLIENT_FLAGS,
  CLIENT_REPORT_FLAGS,
  GET_FLAGS,
  ID_FLAGS,
  IDS_FLAGS,
  JOBS_FLAGS,
  LOGS_FLAGS,
  SUBMIT_FLAGS,
  SUBMIT_SCENE_FLAGS,
} from '../src/request/flags/client.js';
import { JOB_FLAGS } from '../src/request/flags/job.js';
import { invalid, type RawFlags, valuesOf } from '../src/request/values.js';
import { jobLines, jobTable, type QueueAnswer, queueText, type WorkerAnswer } from './client-text.js';
import { tokenOfEnvironment } from './environment.js';
import { interrupts } from './interrupts.js';

const LOCAL = 'http://127.0.0.1:8080';
/** Jobs of one answer. */
const PAGE = 500;

/** Runs a command with the service that its flags name; Ctrl-C ends it. */
export async function withService(flags: RawFlags, act: (api: Api) => Promise<number>): Promise<number> {
  const fromEnvironment = process.env.FRACTAL_URL;
  const named = fromEnvironment && flags.url === undefined ? { url: fromEnvironment } : {};
  const { url = LOCAL } = valuesOf(CLIENT_FLAGS, { ...flags, ...named });
  const stop = interrupts(0);
  try {
    return await act(apiOf({ url, token: tokenOfEnvironment(), signal: stop.signal }));
  } finally {
    stop.release();
  }
}

export async function submit(flags: RawFlags): Promise<number> {
  const { wait: waits, 'idempotency-key': key = randomUUID() } = valuesOf(SUBMIT_FLAGS, flags);
  const { json } = valuesOf(CLIENT_REPORT_FLAGS, flags);
  const { scene } = valuesOf(SUBMIT_SCENE_FLAGS, flags);
  const others = new Set(
    Object.keys({ ...SUBMIT_FLAGS, ...SUBMIT_SCENE_FLAGS, ...CLIENT_FLAGS, ...CLIENT_REPORT_FLAGS }),
  );
  const given = Object.fromEntries(Object.entries(flags).filter(([name]) => !others.has(name)));
  const { send, notes } = await (scene === undefined ? pictureJob(given, key) : sceneJob(scene, given, key));
  for (const note of notes) process.stderr.write(`warning: ${note}\n`);
  return withService(flags, async (api) => {
    const job = await send(api);
    if (!waits) {
      print(json ? JSON.stringify(job) : job.id);
      return 0;
    }
    // The id at once: what ends this command does not end the job.
    if (!json) print(job.id);
    return waitFor(api, [job.id], json);
  });
}

interface Submitting {
  send(api: Api): Promise<JobAnswer>;
  /** Lines for the user. */
  readonly notes: readonly string[];
}

async function pictureJob(given: RawFlags, key: string): Promise<Submitting> {
  const { body, files, notes } = await sentBy(given);
  return { send: (api) => submitWithFiles(api, body, files, key), notes };
}

async function sceneJob(path: string, given: RawFlags, key: string): Promise<Submitting> {
  const { 'all-files': all = 'false', ...rest } = given;
  requireSceneFlags(rest);
  valuesOf(JOB_FLAGS, rest);
  const { wantedScene } = await import('../src/app/scene-source.js');
  const { request, flags, files, ini, notes } = await wantedScene(path, rest, all === 'true');
  const sent = { main: request.main, flags: flags, files, ...(ini ? { ini } : {}) };
  return { send: (api) => submitScene(api, sent, key), notes };
}

export async function jobs(flags: RawFlags): Promise<number> {
  const { state, owner, sort, limit } = valuesOf(JOBS_FLAGS, flags);
  const { json } = valuesOf(CLIENT_REPORT_FLAGS, flags);
  return withService(flags, async (api) => {
    const found: JobAnswer[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined && found.length < limit; ) {
      const query = new URLSearchParams({ sort, limit: String(Math.min(PAGE, limit - found.length)) });
      for (const [name, value] of Object.entries({ state, owner, cursor })) if (value) query.set(name, value);
      const page: { jobs: JobAnswer[]; next?: string } = await api.json(`/v1/jobs?${query}`);
      found.push(...page.jobs);
      cursor = page.next;
    }
    print(json ? JSON.stringify({ jobs: found }) : jobTable(found).join('\n'));
    return 0;
  });
}

export function wait(flags: RawFlags): Promise<number> {
  const ids = idsOf(flags, 'wait');
  const { json } = valuesOf(CLIENT_REPORT_FLAGS, flags);
  return withService(flags, (api) => waitFor(api, ids, json));
}

/** The exit code of the first of these jobs that did not succeed, or 0. */
async function waitFor(api: Api, ids: readonly string[], json: boolean): Promise<number> {
  const codes = await Promise.all(
    ids.map(async (id) => {
      const job = await endOf(api, id);
      if (json) print(JSON.stringify(job));
      else if (job.state === 'succeeded') print(`${id} succeeded: ${job.outputs.map(({ name }) => name).join(', ')}`);
      else process.stderr.write(`error: ${oneLine(failureOf(job))}\n`);
      return exitCodeOf(job);
    }),
  );
  return codes.find((code) => code !== 0) ?? 0;
}

async function endOf(api: Api, id: string): Promise<JobAnswer> {
  const path = `/v1/jobs/${id}`;
  const job = await api.json<JobAnswer>(path);
  if (ENDINGS.includes(job.state)) return job;
  for await (const event of follow(api, id)) {
    if (event.kind !== 'state' || !ENDINGS.includes(event.state)) continue;
    const latest = await api.json<JobAnswer>(path);
    // An earlier run has ended so; the job was queued again.
    if (ENDINGS.includes(latest.state)) return latest;
  }
  return job;
}

function failureOf({ id, state, error }: JobAnswer): string {
  return error ? `${error.code}: job ${id}: ${error.message}` : `job ${id} is ${state}`;
}

function exitCodeOf({ state, error }: JobAnswer): number {
  if (state === 'succeeded') return 0;
  if (state === 'cancelled' || !error) return 130;
  const code = Object.hasOwn(CODES, error.code) ? (error.code as ErrorCode) : 'INTERNAL';
  return new FractalError(code, error.message).exitCode;
}

export async function get(flags: RawFlags): Promise<number> {
  const ids = idsOf(flags, 'get');
  const { outfile } = valuesOf(GET_FLAGS, flags);
  if (ids.length > 1 && outfile !== undefined && !/[\\/]$/.test(outfile))
    throw invalid(`--outfile "${outfile}" is for several jobs: name a folder, as "${outfile}/"`);
  return withService(flags, async (api) => {
    const codes: number[] = [];
    for (const id of ids) {
      const job = await api.json<JobAnswer>(`/v1/jobs/${id}`);
      const paths = await download(api, job, outfile);
      for (const path of paths) print(path);
      codes.push(exitCodeOf(job));
      if (job.state === 'succeeded') continue;
      const what = `${paths.length} ${paths.length === 1 ? 'file' : 'files'} that it had made`;
      process.stderr.write(`warning: job ${id} is ${job.state}: these are the ${what}\n`);
    }
    return codes.find((code) => code !== 0) ?? 0;
  });
}

export async function logs(flags: RawFlags): Promise<number> {
  const id = idOf(flags, 'logs');
  const { follow: isFollowed } = valuesOf(LOGS_FLAGS, flags);
  return withService(flags, async (api) => {
    if (!isFollowed) {
      for (const event of await pastEvents(api, id)) print(eventText(event));
      return 0;
    }
    for await (const event of follow(api, id)) {
      print(eventText(event));
      if (event.kind !== 'state' || !ENDINGS.includes(event.state)) continue;
      const { state } = await api.json<JobAnswer>(`/v1/jobs/${id}`);
      if (ENDINGS.includes(state)) break;
    }
    return 0;
  });
}

function eventText(event: Happened): string {
  switch (event.kind) {
    case 'state':
      return `${event.time} ${event.state}${event.error ? `: ${event.error.code}: ${event.error.message}` : ''}`;
    case 'changed':
      return `${event.time} priority ${event.priority}, owner ${event.owner}`;
    case 'log':
      return `${event.time} ${event.level === 'warn' ? 'warning: ' : ''}${event.text}`;
    default:
      return `${(event as Happened).time} ${(event as Happened).kind}`;
  }
}

export async function act(name: 'cancel' | 'pause' | 'resume' | 'requeue', flags: RawFlags): Promise<number> {
  const ids = idsOf(flags, name);
  return withService(flags, async (api) => {
    for (const id of ids) {
      const { state } = await api.json<JobAnswer>(`/v1/jobs/${id}/${name}`, { method: 'POST' });
      print(`${id} ${state}`);
    }
    return 0;
  });
}

export async function status(flags: RawFlags): Promise<number> {
  const { id } = valuesOf(ID_FLAGS, flags);
  const { json } = valuesOf(CLIENT_REPORT_FLAGS, flags);
  return withService(flags, async (api) => {
    if (id !== undefined) {
      const job = await api.json<JobAnswer>(`/v1/jobs/${id}`);
      print(json ? JSON.stringify(job) : jobLines(job).join('\n'));
      return 0;
    }
    const queue = await api.json<QueueAnswer>('/v1/queue');
    const { workers } = await api.json<{ workers: readonly WorkerAnswer[] }>('/v1/workers');
    print(json ? JSON.stringify({ ...queue, workers }) : queueText(queue, workers).join('\n'));
    return 0;
  });
}

function idsOf(flags: RawFlags, command: string): readonly string[] {
  const { id } = valuesOf(IDS_FLAGS, flags);
  if (id === undefined) throw invalid(`the id of a job is missing: write fractal ${command} ID`);
  return id;
}

function idOf(flags: RawFlags, command: string): string {
  const { id } = valuesOf(ID_FLAGS, flags);
  if (id === undefined) throw invalid(`the id of a job is missing: write fractal ${command} ID`);
  return id;
}

/** Texts of a service may have line breaks only where this program writes them. */
function print(text: string): void {
  process.stdout.write(`${text.replace(/[^\P{Cc}\n]/gu, ' ')}\n`);
}
