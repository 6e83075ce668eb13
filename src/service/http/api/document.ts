/** The declarations as a document of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1). */

import * as z from 'zod';
import { TITLES } from '../problem.js';
import { type Content, type Declaration, type Media, type Parameter, TAGS } from './declaration.js';
import { NAMED, PROBLEM } from './schemas.js';

type Json = Readonly<Record<string, unknown>>;

export interface DocumentOptions {
  readonly version: string;
  /** Clients need tokens. */
  readonly tokens: boolean;
}

const SCHEMAS = '#/components/schemas/';
/** Of each route that needs a token. */
const GUARDED = [401, 403, 429];
const TOKEN = 'token';

/** Headers of problem details. */
const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'Bearer' },
  429: { 'Retry-After': 'seconds' },
  default: { 'Retry-After': 'seconds, with the status 503' },
};

export function openApi(declarations: readonly Declaration[], { version, tokens }: DocumentOptions): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of declarations) {
    const path = one.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(one, tokens) };
  }
  const bodies = declarations.flatMap(({ body }) => Object.values(body?.content ?? {}));
  const schemas = { ...answerSchemas(), ...bodySchemas(bodies) };
  const text = JSON.stringify([paths, schemas]);
  const used = Object.entries(schemas).filter(([name]) => text.includes(`"${SCHEMAS}${name}"`));
  const tags = TAGS.filter(({ name }) => declarations.some(({ tag }) => tag === name));
  return {
    openapi: '3.1.1',
    info: {
      title: 'fractal',
      version,
      summary: 'Jobs of "fractal serve": stills and films of fractals, rendered on a cluster',
      description:
        'Errors are problem details (RFC 9457) with a `code`. A service with `--http-tokens` wants `Authorization: Bearer TOKEN`. docs/service.md has more.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'this service' }],
    tags,
    paths,
    components: {
      schemas: Object.fromEntries(used),
      ...(tokens
        ? {
            securitySchemes: {
              [TOKEN]: { type: 'http', scheme: 'bearer', description: 'A line of the file of `--http-tokens`.' },
            },
          }
        : {}),
    },
  };
}

function operation(
  { id, role, tag, summary, description, parameters, body, ...one }: Declaration,
  tokens: boolean,
): Json {
  const needs = role && tokens ? `Needs the role \`${role}\`.` : undefined;
  const about = [description, needs].filter((text) => text !== undefined).join('\n\n');
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(about === '' ? {} : { description: about }),
    ...(tokens ? { security: role ? [{ [TOKEN]: [role] }] : [] } : {}),
    ...(parameters ? { parameters: parameters.map(parameterOf) } : {}),
    ...(body ? { requestBody: { description: body.describe, required: true, content: contentOf(body.content) } } : {}),
    responses: responses(one, role !== undefined),
  };
}

function parameterOf({ in: place, name, schema, describe }: Parameter): Json {
  return {
    ...{ name, in: place, description: describe, schema: schemaOf(schema) },
    ...(place === 'path' ? { required: true } : {}),
    ...(schema instanceof z.ZodArray ? { style: 'form', explode: false } : {}),
  };
}

function responses({ answers, problems = [] }: Pick<Declaration, 'answers' | 'problems'>, guarded: boolean): Json {
  const all: Record<string, Json> = {};
  for (const [status, { describe, content, headers }] of Object.entries(answers)) {
    all[status] = {
      description: describe,
      ...(content ? { content: contentOf(content) } : {}),
      ...(headers ? { headers: headersOf(headers) } : {}),
    };
  }
  for (const status of [...problems, ...(guarded ? GUARDED : []), 'default'])
    all[status] = withProblem(all[status], status);
  return all;
}

/** `declared`: another body that the status may have. */
function withProblem(declared: Json | undefined, status: number | string): Json {
  const description = TITLES[Number(status)] ?? 'Another error';
  const headers = HEADERS[status];
  return {
    description,
    ...declared,
    ...(headers ? { headers: headersOf(headers) } : {}),
    content: { ...(declared?.content as Json), 'application/problem+json': { schema: schemaOf(PROBLEM) } },
  };
}

function headersOf(headers: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function contentOf(content: Content): Json {
  return Object.fromEntries(Object.entries(content).map(([type, media]) => [type, mediaOf(media)]));
}

function mediaOf({ schema, examples }: Media): Json {
  return {
    ...(schema === undefined ? {} : { schema: 'json' in schema ? refTo(schema.name) : schemaOf(schema) }),
    ...(examples ? { examples } : {}),
  };
}

function refTo(name: string): Json {
  return { $ref: SCHEMAS + name };
}

/** A schema with a name as a reference. */
function schemaOf(schema: z.ZodType): Json {
  const name = NAMED.get(schema)?.id;
  return name === undefined ? plain(z.toJSONSchema(schema, { io: 'input' })) : refTo(name);
}

function answerSchemas(): Readonly<Record<string, Json>> {
  const { schemas } = z.toJSONSchema(NAMED, { io: 'input', uri: (id) => SCHEMAS + id });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(schema)]));
}

function bodySchemas(media: readonly Media[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    media.flatMap(({ schema }) => (schema && 'json' in schema ? [[schema.name, plain(schema.json)] as const] : [])),
  );
}

/** Without what the document as a whole says, and without the bounds of what a double can count. */
function plain(schema: object): Json {
  const { $schema, $id, ...rest } = schema as Record<string, unknown>;
  return JSON.parse(JSON.stringify(rest), (_, value) => {
    if (value?.maximum !== Number.MAX_SAFE_INTEGER) return value;
    const { maximum, ...open } = value;
    return open;
  });
}
