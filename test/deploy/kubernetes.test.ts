/** deploy/kubernetes: every overlay and component is built as kubectl does, and held against the types of the API. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { autoscaleOptions } from '../../bin/autoscale.js';
import { readWords } from '../../bin/command-line.js';
import { serviceOptions } from '../../bin/serve.js';
import { parseHostfile } from '../../src/cluster/hostfile.js';
import { flagsOf } from '../../src/request/flags/index.js';
import { WORKER_FLAGS } from '../../src/request/flags/worker.js';
import { valuesOf } from '../../src/request/values.js';
import { folder, fractal } from '../e2e/processes.js';
import { build, type Json } from './kustomize.js';
import { mistakeIn, typeMistakes } from './models.js';
import { brokenReferences } from './references.js';

const SOURCE = fileURLToPath(new URL('../../../deploy/kubernetes', import.meta.url));
const README = readFileSync(join(SOURCE, 'README.md'), 'utf8');

/** A copy with secrets, made by the commands of the README and of the components. */
async function copied(t: TestContext): Promise<string> {
  const place = join(folder(t), 'deploy', 'kubernetes');
  cpSync(SOURCE, place, { recursive: true, filter: (path) => !path.includes('secrets') });
  const block = /```sh\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
  // Those before the first one that needs a cluster.
  const [commands = ''] = block.split(/^kubectl/m);
  execFileSync('/bin/sh', ['-ec', commands], { cwd: join(place, '..', '..') });
  const tls = join(place, 'components', 'tls');
  writeFileSync(join(tls, 'hosts'), 'dns:///fractal-worker\n');
  const { code, stderr } = await fractal(
    t,
    ['certs', '--hostfile', 'hosts', '--out', 'secrets', '--leader', 'fractal'],
    tls,
  );
  assert.equal(code, 0, stderr);
  mkdirSync(join(place, 'components', 's3', 'secrets'));
  writeFileSync(
    join(place, 'components', 's3', 'secrets', 's3.env'),
    'AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=b=\n',
  );
  return place;
}

/** The base, each overlay, the base with each component, and with those that go together. */
function variants(place: string): Map<string, Json[]> {
  const names = (kind: string) => readdirSync(join(place, kind)).sort();
  const components = names('components');
  const found = new Map([['base', build(join(place, 'base'))]]);
  for (const name of names('overlays')) found.set(name, build(join(place, 'overlays', name)));
  // Two autoscalers are not meant to go together.
  for (const list of [...components.map((name) => [name]), components.filter((name) => name !== 'keda')]) {
    const at = join(place, `with-${list.join('-')}`);
    mkdirSync(at, { recursive: true });
    const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: fractal\n';
    const paths = list.map((name) => `  - ../components/${name}\n`).join('');
    writeFileSync(join(at, 'kustomization.yaml'), `${head}resources:\n  - ../base\ncomponents:\n${paths}`);
    found.set(`base with ${list.join(', ')}`, build(at));
  }
  return found;
}

const containersOf = (objects: readonly Json[]) =>
  objects.flatMap(({ spec, metadata }) =>
    (spec?.template?.spec?.containers ?? []).map((one: Json) => ({
      ...one,
      of: metadata.name,
      pod: spec.template.spec,
    })),
  );

test('every variant is accepted by the types of the API, and no reference leads nowhere', {
  timeout: 120_000,
}, async (t) => {
  const all = variants(await copied(t));
  assert.ok(all.size >= 10, [...all.keys()].join());
  for (const [name, objects] of all) {
    for (const object of objects)
      assert.equal(mistakeIn(object), undefined, `${name}: ${object.kind} ${object.metadata.name}`);
    assert.deepEqual(brokenReferences(objects), [], name);
  }
  const objects = [...all.values()].flat();
  const unique = [...new Map(objects.map((one) => [JSON.stringify(one), one])).values()];
  assert.deepEqual(typeMistakes(unique).filter(Boolean), []);
});

function understand([command, ...words]: readonly string[]): void {
  assert.ok(command === 'serve' || command === 'worker' || command === 'autoscale');
  // An offer that this build may lack.
  if (words.includes('--povray') && !('povray' in flagsOf('worker'))) return;
  const flags = readWords(words, command, flagsOf(command));
  if (command === 'serve') serviceOptions(flags);
  else if (command === 'worker') valuesOf(WORKER_FLAGS, flags);
  else autoscaleOptions(flags, { KUBERNETES_SERVICE_HOST: '10.0.0.1', POD_NAMESPACE: 'fractal' }, undefined);
}

test('the command lines of the containers are understood by the program', async (t) => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    const before = process.env[name];
    process.env[name] = 'a';
    t.after(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
  let count = 0;
  for (const [name, objects] of variants(await copied(t))) {
    for (const { args, image, of } of containersOf(objects)) {
      if (!/^fractal/.test(image)) continue;
      assert.doesNotThrow(() => understand(args), `${name}: ${of}`);
      count++;
    }
    const hosts = objects.find(({ kind }) => kind === 'ConfigMap')?.data.hosts;
    assert.deepEqual(parseHostfile(hosts, 'hosts'), [{ host: 'fractal-worker', port: 50051, dns: true, line: 1 }]);
  }
  assert.ok(count > 20);
});

test('every container has as few rights as it can, and every worker the time to finish', async (t) => {
  for (const [name, objects] of variants(await copied(t))) {
    for (const { of, securityContext, pod, args, resources } of containersOf(objects)) {
      const where = `${name}: ${of}`;
      assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] }, where);
      assert.ok(securityContext.readOnlyRootFilesystem && !securityContext.allowPrivilegeEscalation, where);
      assert.ok(pod.securityContext.runAsNonRoot && pod.securityContext.runAsUser > 0, where);
      assert.ok(resources.requests.cpu && resources.requests.memory && resources.limits.memory, where);
      assert.equal(pod.automountServiceAccountToken ?? true, of === 'fractal-autoscale', where);
      const drain = Number(args.join(' ').match(/--drain-timeout=(\d+)/)?.[1] ?? 60);
      if (of === 'fractal-worker') assert.ok(pod.terminationGracePeriodSeconds > drain, where);
    }
  }
});

test('where an autoscaler sets the number of workers, the manifest does not', async (t) => {
  const all = variants(await copied(t));
  const replicas = (name: string) =>
    all.get(name)?.find(({ metadata }) => metadata.name === 'fractal-worker' && metadata)?.spec;
  for (const name of ['autoscaled', 'keda']) assert.equal(replicas(name)?.replicas, undefined);
  assert.equal(replicas('base')?.replicas, 3);
});

type Damage = readonly [what: string, kind: string, name: string, change: (object: Json) => void];

const container = (object: Json) => object.spec.template.spec.containers[0];
const WRONG_TYPES: readonly Damage[] = [
  ['a text as number of replicas', 'Deployment', 'fractal-worker', (one) => (one.spec.replicas = '3')],
  ['no selector', 'Deployment', 'fractal-worker', (one) => delete one.spec.selector],
  ['a misspelt field', 'Deployment', 'fractal-worker', (one) => (one.spec.template.spec.terminationGracePeriod = 5)],
  ['a misspelt field of a container', 'StatefulSet', 'fractal', (one) => (container(one).livenessprobe = {})],
  ['a port that is text', 'Deployment', 'fractal-worker', (one) => (container(one).ports[0].containerPort = '50051')],
  [
    'a gRPC probe of a named port',
    'Deployment',
    'fractal-worker',
    (one) => (container(one).readinessProbe.grpc.port = 'grpc'),
  ],
  ['an argument that is a number', 'StatefulSet', 'fractal', (one) => container(one).args.push(5)],
  ['an unknown kind', 'Deployment', 'fractal-worker', (one) => (one.kind = 'Deploy')],
  ['an older version', 'PodDisruptionBudget', 'fractal-worker', (one) => (one.apiVersion = 'policy/v1beta1')],
  ['a policy without pods', 'NetworkPolicy', 'fractal', (one) => (one.spec.podSelector = 'all')],
  ['a ScaledObject without target', 'ScaledObject', 'fractal-worker', (one) => delete one.spec.scaleTargetRef],
  [
    'a threshold that is a number',
    'ScaledObject',
    'fractal-worker',
    (one) => (one.spec.triggers[0].metadata.targetValue = 5),
  ],
  ['a role without verbs', 'Role', 'fractal-autoscale', (one) => delete one.rules[0].verbs],
  ['a secret that is not base64 text', 'Secret', 'fractal-worker', (one) => (one.data.token = 5)],
];
const WRONG_NAMES: readonly Damage[] = [
  ['a selector of no pods', 'Service', 'fractal', (one) => (one.spec.selector = { app: 'x' })],
  ['a port that no container has', 'Service', 'fractal-worker', (one) => (one.spec.ports[0].targetPort = 'http')],
  ['a Service that is not headless', 'Service', 'fractal-worker', (one) => delete one.spec.clusterIP],
  ['a selector of other pods', 'Deployment', 'fractal-worker', (one) => (one.spec.selector.matchLabels = { a: 'b' })],
  ['an unknown secret', 'StatefulSet', 'fractal', (one) => (one.spec.template.spec.volumes[2].secret.secretName = 'x')],
  ['an unknown volume', 'StatefulSet', 'fractal', (one) => (container(one).volumeMounts[0].name = 'x')],
  [
    'a file that no volume has',
    'StatefulSet',
    'fractal',
    (one) => (container(one).args[2] = '--http-tokens=/etc/fractal/clients/x'),
  ],
  [
    'a budget of no pods',
    'PodDisruptionBudget',
    'fractal-worker',
    (one) => (one.spec.selector.matchLabels = { a: 'b' }),
  ],
  [
    'a probe of another port',
    'Deployment',
    'fractal-worker',
    (one) => (container(one).livenessProbe.grpc.port = 50052),
  ],
  ['another target', 'ScaledObject', 'fractal-worker', (one) => (one.spec.scaleTargetRef.name = 'worker')],
  ['another authentication', 'TriggerAuthentication', 'fractal-queue', (one) => (one.metadata.name = 'x')],
  ['a role of another Deployment', 'Role', 'fractal-autoscale', (one) => (one.rules[0].resourceNames = ['x'])],
  ['a service account elsewhere', 'RoleBinding', 'fractal-autoscale', (one) => (one.subjects[0].namespace = 'default')],
  ['another namespace', 'Secret', 'fractal-operator', (one) => (one.metadata.namespace = 'default')],
  [
    'another port in the hostfile',
    'ConfigMap',
    'fractal-hosts',
    (one) => (one.data.hosts = 'dns:///fractal-worker:50052'),
  ],
];

test('damaged manifests are refused', { timeout: 120_000 }, async (t) => {
  const place = await copied(t);
  const all = [...build(join(place, 'overlays', 'autoscaled')), ...build(join(place, 'overlays', 'keda'))];
  const objects = [...new Map(all.map((one) => [`${one.kind} ${one.metadata.name}`, one])).values()];
  assert.deepEqual(brokenReferences(objects), []);
  const damaged = (damages: readonly Damage[]) =>
    damages.map(([what, kind, name, change]) => {
      const copy: Json[] = structuredClone(objects);
      const one = copy.find((object) => object.kind === kind && object.metadata.name === name);
      assert.ok(one, `${kind} ${name}`);
      change(one);
      return { what, one, copy };
    });
  for (const { what, copy } of damaged(WRONG_NAMES)) assert.notDeepEqual(brokenReferences(copy), [], what);
  const wrong = damaged(WRONG_TYPES);
  const known = wrong.filter(({ one }) => mistakeIn(one) === undefined);
  const byTypes = typeMistakes(known.map(({ one }) => one));
  for (const [k, { what }] of known.entries()) assert.notEqual(byTypes[k], '', what);
  assert.ok(known.length < wrong.length);
});

test('a kustomization with something that the test does not build is refused', async (t) => {
  const place = await copied(t);
  const file = join(place, 'overlays', 'one-node', 'kustomization.yaml');
  const text = readFileSync(file, 'utf8');
  for (const damage of [
    `${text}namePrefix: x-\n`,
    text.replace('name: fractal-worker', 'name: worker'),
    text.replace('--slots=4', '--slots=5'),
    text.replace('op: replace', 'op: move'),
    text.replace('path: worker.yaml', 'path: missing.yaml'),
    text.replace('../../base', '../../bass'),
  ]) {
    assert.notEqual(damage, text);
    writeFileSync(file, damage);
    assert.throws(() => build(join(place, 'overlays', 'one-node')), damage);
  }
});
