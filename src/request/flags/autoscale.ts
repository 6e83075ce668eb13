/** Flags of `fractal autoscale`. Defaults from the environment are those that an older autoscaler knew. */

import type { FlagTable } from './flag.js';
import { httpUrl, real, someText, text, whole, yesNo } from './schemas.js';

const commands = ['autoscale'] as const;
const group = 'Kubernetes';
const dnsName = text.regex(/^(?=.{1,253}$)[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, {
  message: 'a name of Kubernetes: small letters, digits, and - or . within',
});

export const AUTOSCALE_FLAGS = {
  url: {
    group: 'Service',
    commands,
    value: 'URL',
    repeatable: true,
    schema: text
      .refine((v) => v.split('\n').every((one) => httpUrl.safeParse(one).success), {
        message: 'an http or https URL, or several',
      })
      .transform((v) => v.split('\n').map((one) => httpUrl.parse(one))),
    describe:
      'of the service; given for each one where several share a queue. Its token, of the role operate, is in FRACTAL_TOKEN',
    defaultText: 'FRACTAL_URL, or else http://127.0.0.1:8080',
  },
  deployment: {
    group,
    commands,
    value: 'NAME',
    schema: dnsName,
    describe: 'the Deployment of the workers',
    default: 'fractal-worker',
  },
  namespace: {
    group,
    commands,
    value: 'NAME',
    schema: dnsName,
    describe: 'in which it is',
    defaultText: 'POD_NAMESPACE, or else that of the service account',
  },
  kubernetes: {
    group,
    commands,
    value: 'URL',
    schema: httpUrl,
    describe: 'of the API, as "kubectl proxy" prints it',
    defaultText: 'that of the cluster in which this runs',
  },
  'service-account': {
    group,
    commands,
    value: 'FOLDER',
    schema: someText('a folder'),
    describe: 'with token, ca.crt and namespace, read again for each request',
    default: '/var/run/secrets/kubernetes.io/serviceaccount',
  },
  min: { group: 'Scale', commands, value: 'N', schema: whole(0, 10_000), describe: 'fewest workers', default: '1' },
  max: {
    group: 'Scale',
    commands,
    value: 'N',
    schema: whole(1, 10_000),
    describe: 'most workers',
    defaultText: 'NODE_COUNT, or else 4',
  },
  'slots-per-worker': {
    group: 'Scale',
    commands,
    value: 'N',
    schema: whole(1, 1024),
    describe: 'slots of one worker, as its --slots',
    defaultText: 'SLOTS_PER_NODE, or else 2',
  },
  'target-seconds': {
    group: 'Scale',
    commands,
    value: 'SECONDS',
    schema: real(0.001, 1e9),
    describe: 'so many workers that the estimated work takes so long',
    default: '600',
  },
  'jobs-per-worker': {
    group: 'Scale',
    commands,
    value: 'N',
    schema: real(0.001, 1e9),
    describe: 'also a worker for so many jobs that wait',
    defaultText: 'THRESHOLD, or else by the work alone',
  },
  'calm-seconds': {
    group: 'Scale',
    commands,
    value: 'SECONDS',
    schema: real(0.1, 86_400),
    describe: 'fewer workers when less than half of them were needed for so long',
    default: '60',
  },
  interval: {
    group: 'Scale',
    commands,
    value: 'SECONDS',
    schema: real(0.1, 600),
    describe: 'between two looks',
    default: '2',
  },
  quiet: { group: 'Reports', commands, schema: yesNo, describe: 'print errors and warnings only', alias: 'q' },
} as const satisfies FlagTable;
