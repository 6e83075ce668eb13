/**
 * What a route takes and answers, as data. The router (../route.ts) and the OpenAPI document (document.ts) are both made of
 * these declarations.
 */

import type * as z from 'zod';
import type { JsonSchema } from '../../../request/json-schema.js';
import type { Role } from '../tokens.js';

export interface Declaration<Path extends string = string> {
  /** The operationId: unique, the name of a function in generated clients. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parameters begin with a colon: /v1/jobs/:id. */
  readonly path: Path;
  /** The least role that a token needs. Absent: no token is needed. */
  readonly role?: Role;
  readonly tag: Tag;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** More sentences, in Markdown. */
  readonly description?: string;
  /** Those of the path among them. */
  readonly parameters?: readonly Parameter[];
  readonly body?: Body;
  /** By status, those of success, and those of errors that are no problem details. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses of problem details, besides those that every route may have (document.ts). */
  readonly problems?: readonly number[];
}

export type Tag = (typeof TAGS)[number]['name'];
export const TAGS = [
  { name: 'Jobs', description: 'Submit, list, change, cancel and delete jobs.' },
  { name: 'Outputs', description: 'Files, pictures and events of a job.' },
  { name: 'Explorer', description: 'Pictures at any depth, as one moves.' },
  { name: 'Service', description: 'The queue as a whole, workers, activity, metrics.' },
  { name: 'Explorer', description: 'What the page at /explore uses, for other pages and programs too.' },
  { name: 'Probes', description: 'Health and readiness. No token is needed.' },
  { name: 'Pages', description: 'The dashboard, this document, and its page.' },
  { name: 'Older', description: 'What clients of older systems use, with `fractal serve --older`.' },
] as const;

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  /** Of the value; a list is its items with commas between. */
  readonly schema: z.ZodType;
  readonly describe: string;
}

export interface Body {
  readonly describe: string;
  readonly content: Content;
}

export interface Answer {
  readonly describe: string;
  /** Absent: an empty body. */
  readonly content?: Content;
  /** By name; texts. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** By media type. */
export type Content = Readonly<Record<string, Media>>;

export interface Media {
  /** Of JSON: one of schemas.ts, or the name and schema of a body. Absent: text or bytes. */
  readonly schema?: z.ZodType | { readonly name: string; readonly json: JsonSchema };
  /** Bodies that the service accepts, by name. */
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

export function json(schema: z.ZodType): Content {
  return { 'application/json': { schema } };
}

/** Text or bytes of these types. */
export function raw(...types: readonly string[]): Content {
  return Object.fromEntries(types.map((type) => [type, {}]));
}
