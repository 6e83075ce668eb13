/** The commands that talk to `fractal serve`. */

import { flagsOf } from '../src/request/flags/index.js';
import type { Command } from './command.js';

const ACTS = {
  cancel: 'end jobs of a service',
  pause: 'let jobs of a service wait; what they have computed is kept',
  resume: 'let paused jobs of a service go on',
  requeue: 'run ended jobs of a service again, under the same id',
} as const;

const acts = Object.entries(ACTS).map(([name, summary]): [string, Command] => [
  name,
  {
    summary,
    flags: flagsOf(name as keyof typeof ACTS),
    run: async (flags) => (await import('./client.js')).act(name as keyof typeof ACTS, flags),
  },
]);

export const CLIENT_COMMANDS = {
  submit: {
    summary: 'give a picture or a film to a service, as a job',
    flags: flagsOf('submit'),
    examples: [
      ['fractal submit -x -0.7454286 -y 0.1130089 --zoom 1308000 -o poster.png', 'prints the id of the job'],
      ['fractal submit --request film.json --priority 80 --wait', 'before others; ends with the job'],
    ],
    run: async (flags) => (await import('./client.js')).submit(flags),
  },
  jobs: {
    summary: 'list the jobs of a service',
    flags: flagsOf('jobs'),
    examples: [['fractal jobs --state running,queued --sort=-priority', 'what is to be done, the most urgent first']],
    run: async (flags) => (await import('./client.js')).jobs(flags),
  },
  wait: {
    summary: 'wait for the end of jobs; the exit code is that of the job',
    flags: flagsOf('wait'),
    examples: [['id=$(fractal submit -o a.png) && fractal wait $id && fractal get $id', 'submit, wait, download']],
    run: async (flags) => (await import('./client.js')).wait(flags),
  },
  get: {
    summary: 'download the files of jobs; a download that was ended goes on',
    flags: flagsOf('get'),
    run: async (flags) => (await import('./client.js')).get(flags),
  },
  logs: {
    summary: 'print what has happened to a job',
    flags: flagsOf('logs'),
    run: async (flags) => (await import('./client.js')).logs(flags),
  },
  ...(Object.fromEntries(acts) as Record<keyof typeof ACTS, Command>),
  status: {
    summary: 'show a job, or the jobs and workers of a service as a whole',
    flags: flagsOf('status'),
    run: async (flags) => (await import('./client.js')).status(flags),
  },
  top: {
    summary: 'watch the jobs, workers and speed of a service',
    flags: flagsOf('top'),
    run: async (flags) => (await import('./client-top.js')).top(flags),
  },
} satisfies Readonly<Record<string, Command>>;
