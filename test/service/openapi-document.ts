/** The OpenAPI document of a service, and a client that compares each answer with it. */

import assert from 'node:assert/strict';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { httpApp } from '../../src/service/http/app.js';
import type { HttpOptions } from '../../src/service/http/env.js';

// biome-ignore lint/suspicious/noExplicitAny: tests look into it
export type Json = any;

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** As the document has it. */
  readonly path: string;
  readonly role: string | undefined;
  readonly parameters: readonly Json[];
  readonly responses: Readonly<Record<string, Json>>;
  readonly requestBody?: Json;
}

/** The routes of the program, `METHOD /path/:name`, and its document. */
export async function program(options: Partial<HttpOptions> = {}): Promise<{ routes: string[]; document: Json }> {
  const some = { now: () => 0, report: () => {}, loopbackOnly: false, mostPixels: 1, version: '1.2.3' };
  const explorer = { palettes: {} as never, places: {} as never };
  const changes = { on: () => () => {}, onAny: () => () => {}, closed: false, close: () => {} };
  const app = httpApp(
    {
      ...some,
      service: {} as never,
      uploads: {} as never,
      checkScene: () => {},
      cluster: {} as never,
      ...explorer,
      ...options,
    },
    changes,
  );
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  return { routes: [...new Set(routes)], document: await (await app.request('/openapi.json')).json() };
}

export function operationsOf(document: Json): readonly Operation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, { operationId: id, security, parameters = [], ...one }]) => ({
      ...{ id, path, parameters, method: method.toUpperCase() },
      role: Object.values<string[]>(security?.[0] ?? {})[0]?.[0],
      ...one,
    })),
  );
}

export interface Request {
  /** Of the path. */
  readonly at?: Readonly<Record<string, string>>;
  /** Begins with "?". */
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ComparingClient {
  /** Sends a request of an operation. The answer is one that the document declares. Streams are read no further than the status. */
  call(id: string, status: number, request?: Request): Promise<{ readonly headers: Headers; readonly json: Json }>;
  /** `OPERATION STATUS` of the answers so far. */
  readonly seen: ReadonlySet<string>;
}

export function comparingClient(url: string, document: Json): ComparingClient {
  const operations = new Map(operationsOf(document).map((one) => [one.id, one]));
  const valid = validator(document);
  const seen = new Set<string>();
  return {
    seen,
    async call(id, status, { at = {}, query = '', body, headers = {} } = {}) {
      const { method, path, responses } = operations.get(id) as Operation;
      const to = url + path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(at[name] as string)) + query;
      const isBytes = body instanceof Uint8Array || body instanceof ReadableStream;
      const text = body === undefined || isBytes || typeof body === 'string' ? body : JSON.stringify(body);
      const type =
        text === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' };
      const response = await fetch(to, {
        ...{ method, headers: { ...type, ...headers } },
        ...(text === undefined ? {} : { body: text, duplex: 'half' }),
      });
      const what = `${id} ${response.status}`;
      assert.equal(response.status, status, `${method} ${to}`);
      const declared = responses[status] ?? responses.default;
      if (status < 400) assert.ok(responses[status], `${what} is declared`);
      seen.add(what);
      for (const name of Object.keys(declared.headers ?? {}))
        if (responses[status]) assert.ok(response.headers.has(name), `${what} has the header ${name}`);
      const media = response.headers.get('content-type')?.split(';')[0];
      if (media === 'text/event-stream') {
        await response.body?.cancel();
        assert.ok(declared.content[media], what);
        return { headers: response.headers, json: undefined };
      }
      const bytes = Buffer.from(await response.arrayBuffer());
      const content = Object.entries<Json>(declared.content ?? {}).find(([range]) => matches(media, range));
      assert.equal(content !== undefined, bytes.length > 0, `${what}: ${media} is declared`);
      const json = /json$/.test(media ?? '') ? JSON.parse(bytes.toString()) : undefined;
      if (content?.[1].schema) valid(content[1].schema, json, what);
      return { headers: response.headers, json };
    },
  };
}

function matches(media: string | undefined, range: string): boolean {
  return media === range || (range.endsWith('/*') && media?.startsWith(range.slice(0, -1)) === true);
}

/** Compares values with schemas of the document; properties that are not declared are refused. */
export function validator(document: Json): (schema: AnySchema, value: unknown, what: string) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const closed = JSON.parse(JSON.stringify(document.components.schemas), (_, value) =>
    value?.type === 'object' && value.properties ? { additionalProperties: false, ...value } : value,
  );
  const compiled = new Map<string, ValidateFunction>();
  ajv.addSchema({ components: { schemas: closed } }, 'document');
  return (schema, value, what) => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const isValid = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, isValid);
    assert.ok(isValid(value), `${what}: ${ajv.errorsText(isValid.errors)}: ${JSON.stringify(value)}`);
  };
}
