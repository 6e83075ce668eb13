/** /openapi.json: a valid document of what the service really takes and answers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { FractalError } from '../../src/errors.js';
import { REQUEST_FLAGS } from '../../src/request/flags/index.js';
import { readSubmission } from '../../src/request/submission.js';
import { parseTokens } from '../../src/service/http/tokens.js';
import { assetOf } from '../../src/work/asset.js';
import { httpService } from './http-service.js';
import { comparingClient, operationsOf, program, validator } from './openapi-document.js';

const BOUNDED = { timeout: 60_000 };
const TOKENS = parseTokens(`operate ${'o'.repeat(16)}`, 'tokens');

test('the document is valid OpenAPI 3.1, with and without tokens and older clients', BOUNDED, async () => {
  for (const tokens of [undefined, TOKENS])
    for (const older of [false, true]) {
      const { document } = await program({ older, ...(tokens ? { tokens } : {}) });
      const { valid, errors } = await new Validator().validate(document);
      assert.ok(valid, JSON.stringify(errors));
      assert.match(document.openapi, /^3\.1\./);
      assert.equal(document.info.version, '1.2.3');
      assert.equal(document.components.securitySchemes !== undefined, tokens !== undefined);
    }
});

test('the document has the routes of the program, and no others', BOUNDED, async () => {
  for (const older of [false, true]) {
    const { routes, document } = await program({ older });
    const declared = operationsOf(document).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    assert.deepEqual(declared.sort(), routes.sort());
    assert.equal(routes.includes('PUT /api/submit-job'), older);
  }
});

test('operations have names of their own, and the parameters of their paths', BOUNDED, async () => {
  const { document } = await program({ older: true });
  const operations = operationsOf(document);
  assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length);
  for (const { id, path, parameters } of operations) {
    const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    assert.deepEqual(
      named,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      id,
    );
  }
  const { document: guarded } = await program({ tokens: TOKENS });
  const open = operationsOf(guarded).filter(({ role }) => role === undefined);
  assert.deepEqual(open.map(({ id }) => id).sort(), [
    'dashboard',
    'docs',
    'explore',
    'health',
    'openapi',
    'readiness',
    'webFile',
  ]);
  assert.equal(operationsOf(guarded).find(({ id }) => id === 'drainWorker')?.role, 'operate');
});

test('the body of a job has the flags that a job may have, and the examples are accepted', BOUNDED, async (t) => {
  const { document } = await program();
  const { properties } = document.components.schemas.Submission;
  for (const name of Object.keys(properties)) assert.doesNotMatch(refusal(name), /not a flag|decided by|names a file/);
  const others = Object.keys(REQUEST_FLAGS).filter((name) => !Object.hasOwn(properties, name));
  assert.ok(others.includes('hostfile') && others.includes('audio'));
  for (const name of others) assert.match(refusal(name), /decided by|names a file|the job: ".*" /, name);

  const { url } = await httpService(t);
  const client = comparingClient(url, document);
  const valid = validator(document);
  const { content } = operationsOf(document).find(({ id }) => id === 'submitJob')?.requestBody ?? {};
  const examples = Object.entries<{ value: unknown }>(content['application/json'].examples);
  assert.deepEqual(
    examples.map(([name]) => name),
    ['still', 'film', 'julia', 'scene'],
  );
  const empty = Buffer.alloc(0);
  await client.call('putFile', 201, { at: { digest: assetOf(empty).digest }, body: empty });
  for (const [name, { value }] of examples) {
    valid(content['application/json'].schema, value, name);
    await client.call('submitJob', 201, { body: value });
  }
});

/** Why a job with this flag is refused, which may be its value. */
function refusal(name: string): string {
  try {
    readSubmission(JSON.stringify({ [name]: '' }));
    return '';
  } catch (error) {
    return error instanceof FractalError && error.code === 'REQUEST_FILE' ? error.message : '';
  }
}

test('the bounds of the list are those that the document states', BOUNDED, async (t) => {
  const { url } = await httpService(t);
  const { document } = await program();
  const client = comparingClient(url, document);
  const { parameters = [] } = operationsOf(document).find(({ id }) => id === 'listJobs') ?? {};
  const schemaOf = (wanted: string) => parameters.find(({ name }) => name === wanted).schema;
  for (const sort of schemaOf('sort').enum) await client.call('listJobs', 200, { query: `?sort=${sort}` });
  await client.call('listJobs', 200, { query: `?state=${schemaOf('state').items.enum.join()}` });
  // As generated clients write a list.
  await client.call('submitJob', 201, { body: { outfile: 'x.png' } });
  const twice = await client.call('listJobs', 200, { query: '?state=failed&state=queued,running' });
  assert.equal(twice.json.jobs.length, 1);
  const { minimum, maximum } = schemaOf('limit');
  for (const limit of [minimum, maximum]) await client.call('listJobs', 200, { query: `?limit=${limit}` });
  for (const limit of [minimum - 1, maximum + 1]) await client.call('listJobs', 400, { query: `?limit=${limit}` });
});
