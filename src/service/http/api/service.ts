/** Declarations of the service as a whole: queue, workers, probes, activity, access. */

import { type Declaration, json, raw } from './declaration.js';
import { inPath } from './parameters.js';
import { ACCESS, ACTIVITY, FIELDS, QUEUE, STATUS, WORKERS } from './schemas.js';

export const HEALTH = {
  id: 'health',
  method: 'GET',
  path: '/healthz',
  tag: 'Probes',
  summary: 'Says that the service answers',
  answers: { 200: { describe: 'It answers', content: json(STATUS) } },
} as const satisfies Declaration;

export const READINESS = {
  id: 'readiness',
  method: 'GET',
  path: '/readyz',
  tag: 'Probes',
  summary: 'Says whether a worker is ready',
  answers: {
    200: { describe: 'One is ready', content: json(STATUS) },
    503: { describe: 'None is ready', content: json(STATUS) },
  },
} as const satisfies Declaration;

export const GET_QUEUE = {
  id: 'getQueue',
  method: 'GET',
  path: '/v1/queue',
  role: 'view',
  tag: 'Service',
  summary: 'Counts the jobs by state',
  answers: { 200: { describe: 'The counts', content: json(QUEUE) } },
} as const satisfies Declaration;

export const LIST_WORKERS = {
  id: 'listWorkers',
  method: 'GET',
  path: '/v1/workers',
  role: 'view',
  tag: 'Service',
  summary: 'Lists the workers with their state, slots and speed',
  answers: { 200: { describe: 'The workers', content: json(WORKERS) } },
} as const satisfies Declaration;

export const DRAIN_WORKER = {
  id: 'drainWorker',
  method: 'POST',
  path: '/v1/workers/:name/drain',
  role: 'operate',
  tag: 'Service',
  summary: 'Gives a worker no more shards; it finishes those it has',
  parameters: [inPath('name', 'host:port, as the list of workers has it')],
  answers: { 202: { describe: 'It is being drained' } },
  problems: [404],
} as const satisfies Declaration;

export const METRICS = {
  id: 'metrics',
  method: 'GET',
  path: '/metrics',
  role: 'view',
  tag: 'Service',
  summary: 'Returns metrics in the text format of Prometheus',
  answers: { 200: { describe: 'The metrics', content: raw('text/plain') } },
} as const satisfies Declaration;

export const ALL_EVENTS = {
  id: 'allEvents',
  method: 'GET',
  path: '/v1/events',
  role: 'view',
  tag: 'Service',
  summary: 'Streams the changes of all jobs, and the state of the service',
  description:
    'Server-sent events, without an end. `jobs`: `jobs` that changed and ids of those `removed`; with `more` the list is to be read again. `status`: jobs by state, slots, the latest point of activity.',
  answers: { 200: { describe: 'Events', content: raw('text/event-stream') } },
} as const satisfies Declaration;

export const GET_ACTIVITY = {
  id: 'getActivity',
  method: 'GET',
  path: '/v1/activity',
  role: 'view',
  tag: 'Service',
  summary: 'Shows jobs, speed and busy slots over time',
  description: 'Kept in memory, since the service began.',
  answers: { 200: { describe: 'Points over time', content: json(ACTIVITY) } },
} as const satisfies Declaration;

export const LIST_FIELDS = {
  id: 'listFields',
  method: 'GET',
  path: '/v1/fields',
  role: 'view',
  tag: 'Service',
  summary: 'Lists the fields of a job for a form, with their help texts',
  answers: { 200: { describe: 'The fields', content: json(FIELDS) } },
} as const satisfies Declaration;

export const GET_ACCESS = {
  id: 'getAccess',
  method: 'GET',
  path: '/v1/access',
  role: 'view',
  tag: 'Service',
  summary: 'Shows role and owner of the token',
  answers: { 200: { describe: 'Role and owner', content: json(ACCESS) } },
} as const satisfies Declaration;
