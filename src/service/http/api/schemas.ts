/** The JSON that the service answers with. Each schema has a name, under which the OpenAPI document lists it. */

import * as z from 'zod';
import { CODES, type ErrorCode } from '../../../errors.js';
import type { Field } from '../../../request/field.js';
import { type JobState, type Progress, STATES } from '../../job.js';
import type { JobPoint, WorkerRate } from '../../meter.js';
import type { Point } from '../../point.js';
import type { WorkerPart } from '../../run.js';
import type { Work } from '../../work.js';
import type { WorkerView } from '../env.js';
import { type Grant, ROLES } from '../tokens.js';

/** Schemas by name. */
export const NAMED = z.registry<{ readonly id: string }>();

export function named<T extends z.ZodType>(id: string, schema: T): T {
  NAMED.add(schema, { id });
  return schema;
}

const count = z.int().min(0);
const amount = z.number().min(0);
const time = z.string().meta({ format: 'date-time' });
const unixTime = count.describe('milliseconds since 1970');
const countsByState = z
  .object(Object.fromEntries(STATES.map((state) => [state, count])) as Record<JobState, typeof count>)
  .describe('jobs by state, those of the history included');

export const PROBLEM = named(
  'Problem',
  z
    .object({
      type: z.literal('about:blank'),
      title: z.string(),
      status: z.int().min(400).max(599),
      detail: z.string().describe('one sentence: what is wrong, with the value, and the way out'),
      code: z.enum(Object.keys(CODES) as [ErrorCode, ...ErrorCode[]]).describe('docs/errors.md explains each'),
      missing: z.array(z.string()).exactOptional().describe('with 422: digests of files that must be sent first'),
    })
    .meta({
      description: 'Problem details, RFC 9457',
      examples: [
        {
          type: 'about:blank',
          title: 'Not found',
          status: 404,
          detail: 'there is no job "x": it was never submitted, or has been removed',
          code: 'JOB_MISSING',
        },
      ],
    }),
);

const ERROR = named('JobError', z.object({ code: z.string().describe('as in docs/errors.md'), message: z.string() }));

export const PROGRESS = named(
  'Progress',
  z.object({
    framesDone: count,
    frames: count,
    samplesDone: amount,
    samples: amount,
    slots: amount.describe('slots that compute for it now'),
    coreSecondsLeft: amount.exactOptional().describe('estimate; absent before the first shard'),
  }) satisfies z.ZodType<Progress>,
);

const OUTPUT = named(
  'Output',
  z.object({ name: z.string(), bytes: count, href: z.string().describe('path of the file on this service') }),
);

export type JobView = z.infer<typeof JOB>;
export const JOB = named(
  'Job',
  z.object({
    id: z.string(),
    version: count.describe('grows by 1 with each change; the ETag'),
    state: z.enum(STATES),
    priority: z.int().min(0).max(100).describe('higher ones begin first'),
    owner: z.string(),
    attempt: count.describe('how often it began to run'),
    submitted: time,
    started: time.exactOptional().describe('of the latest attempt'),
    ended: time.exactOptional(),
    deadline: time.exactOptional().describe('it fails when it has not ended by then'),
    webhook: z.string().exactOptional().describe('URL that is called when it has ended'),
    estimate: amount.exactOptional().describe('core-seconds that it takes in all, estimated while it waited'),
    progress: PROGRESS.exactOptional(),
    error: ERROR.exactOptional().describe('of a failed job'),
    request: z.record(z.string(), z.string()).describe('flags by name, as text: numbers keep all their digits'),
    outputs: z.array(OUTPUT).describe('complete files, also of failed and cancelled jobs'),
    expired: z.literal(true).exactOptional().describe('its files were removed'),
    notified: count.exactOptional().describe('the attempt whose end the webhook was sent'),
  }),
);

export const JOBS = named(
  'JobPage',
  z.object({
    jobs: z.array(JOB),
    next: z.string().exactOptional().describe('the cursor of the next page; absent on the last'),
  }),
);

export const UPLOAD = named('Upload', z.object({ digest: z.string().describe('SHA-256 of the bytes') }));

const event = { seq: count.describe('from 1, without gaps'), time };
const EVENT = named(
  'JobEvent',
  z.discriminatedUnion('kind', [
    z.object({ ...event, kind: z.literal('state'), state: z.enum(STATES), error: ERROR.exactOptional() }),
    z.object({ ...event, kind: z.literal('changed'), priority: z.int().min(0).max(100), owner: z.string() }),
    z.object({ ...event, kind: z.literal('log'), level: z.enum(['warn', 'info']), text: z.string() }),
  ]),
);
export const EVENTS = named('JobEvents', z.object({ events: z.array(EVENT) }));

const WORKER_PART = named(
  'WorkerPart',
  z.object({
    name: z.string(),
    shards: count,
    samples: amount,
    busySeconds: amount.describe('computing time of its slots'),
  }) satisfies z.ZodType<WorkerPart>,
);
const JOB_POINT = z.object({ time: unixTime, shards: count, samples: amount }) satisfies z.ZodType<JobPoint>;
export const JOB_ACTIVITY = named(
  'JobActivity',
  z.object({
    points: z.array(JOB_POINT).describe('of the latest attempt, sums since its begin'),
    workers: z.array(WORKER_PART),
  }),
);

const WORK = named(
  'Work',
  z
    .object({
      coreSeconds: amount.describe('of queued jobs, and what is left of running ones'),
      queued: amount,
      running: amount,
      paused: amount.describe('of paused jobs, which are not in coreSeconds'),
      unestimated: count.describe('jobs that count as the mean of the others until they are estimated'),
      owners: z.record(z.string(), amount).describe('of coreSeconds'),
    })
    .describe('estimated core-seconds') satisfies z.ZodType<Work>,
);
export const QUEUE = named('Queue', z.object({ jobs: countsByState, work: WORK }));

const WORKER = named(
  'Worker',
  z.object({
    name: z.string().describe('host:port'),
    state: z.string(),
    slots: count,
    shards: count.describe('assigned to it by this service and not answered: 0 when it is idle'),
    version: z.string().exactOptional(),
    reason: z.string().exactOptional().describe('why it is not used'),
    samplesPerSecond: amount.exactOptional(),
    busySlots: amount.exactOptional(),
  }) satisfies z.ZodType<WorkerView & Partial<WorkerRate>>,
);
export const WORKERS = named('Workers', z.object({ workers: z.array(WORKER) }));

const POINT = named(
  'Point',
  z.object({
    time: unixTime,
    waiting: amount.describe('jobs'),
    running: amount.describe('jobs'),
    samplesPerSecond: amount,
    busySlots: amount.describe('slots that computed, on average'),
  }) satisfies z.ZodType<Point>,
);
export const ACTIVITY = named(
  'Activity',
  z.object({
    recent: z.array(POINT).describe('one point each two seconds, for ten minutes'),
    day: z.array(POINT).describe('means of five minutes, for a day'),
    slots: count.describe('slots of the workers that are ready'),
  }),
);

const FIELD = named(
  'Field',
  z.object({
    name: z.string(),
    group: z.string(),
    describe: z.string(),
    kind: z.enum(['boolean', 'choice', 'text']),
    value: z.string().exactOptional().describe('what the value is, such as N or HEX'),
    choices: z.array(z.string()).exactOptional(),
    usual: z.string().exactOptional().describe('the value without the field, or how it follows from others'),
  }) satisfies z.ZodType<Field>,
);
export const FIELDS = named('Fields', z.object({ fields: z.array(FIELD) }));

export const ACCESS = named('Access', z.object({ role: z.enum(ROLES), owner: z.string() }) satisfies z.ZodType<Grant>);

export const STATUS = named('Status', z.object({ status: z.string() }));

export const OLDER_JOB = named('OlderJob', z.object({ uuid: z.string() }));
export const OLDER_STATE = named('OlderState', z.object({ message: z.string() }));
export const OLDER_ERROR = named('OlderError', z.object({ error: z.string(), details: z.string().exactOptional() }));
