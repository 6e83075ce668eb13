/** What routes share: the services that they use, the access of a request, and how its parts are read. */

import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import type { FractalError } from '../../errors.js';
import type { orderedScene } from '../../request/povray/order.js';
import type { Admitted, Explorer } from '../explore/explorer.js';
import type { Palettes } from '../explore/palettes.js';
import type { Places } from '../explore/places.js';
import type { Job } from '../job.js';
import type { Service } from '../service.js';
import type { Uploads } from '../uploads.js';
import { HttpError } from './problem.js';
import { allows, type Grant, type Role, type Tokens } from './tokens.js';

export interface Env {
  readonly Bindings: HttpBindings & { readonly upgrade?: Upgrade };
  readonly Variables: { grant: Grant };
}

export type Context = HonoContext<Env>;

/** Of a request that wants to become a WebSocket: accepts it, for this viewer. */
export type Upgrade = (viewer: Admitted) => void;

export interface HttpOptions {
  readonly service: Service;
  /** Files that clients send for their jobs. */
  readonly uploads: Uploads;
  /** @throws FractalError for a scene that POV-Ray is not given */
  checkScene(scene: ReturnType<typeof orderedScene>): void;
  readonly cluster: ClusterView;
  readonly palettes: Palettes;
  readonly places: Places;
  /** Of the program. */
  readonly version: string;
  /** Absent: every client that reaches the port may do everything. */
  readonly tokens?: Tokens;
  /** Only clients that name this machine in their URL are answered: a page of the web may have a name that leads here. */
  readonly loopbackOnly: boolean;
  /** Absent: there are no viewers. */
  readonly explorer?: Explorer;
  /** Pixels of all frames of a job. */
  readonly mostPixels: number;
  /** The clients of older systems are answered, too (docs/older-systems.md). */
  readonly older?: boolean;
  /** For bodies of requests. Absent: TEXT_PATIENCE, and for files FILE_PATIENCE. */
  readonly patience?: Patience;
  /** Milliseconds. */
  now(): number;
  /** Gets errors of the program itself. */
  report(error: unknown): void;
}

/** How long the service waits for a body, in milliseconds. Then the answer is 408, and the connection ends. */
export interface Patience {
  /** From the headers to the last byte. */
  readonly whole: number;
  /** For the next byte. */
  readonly silence: number;
}

/** The workers, as operators see them. */
export interface ClusterView {
  workers(): readonly WorkerView[];
  /** The worker finishes its shards and gets no more. false: none of that name is ready. */
  drain(name: string): boolean;
  /** It gets shards again. false: none of that name is drained or ready, or its process is ending. */
  undrain(name: string): boolean;
}

export interface WorkerView {
  /** host:port. */
  readonly name: string;
  readonly state: string;
  readonly slots: number;
  /** Assigned there and not answered. */
  readonly shards: number;
  /** Of the program, once it has been ready. */
  readonly version?: string;
  /** Why it is not used. */
  readonly reason?: string;
}

/** Lets only tokens of this role pass, and those that may do more. */
export function needs(role: Role): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { grant } = context.var;
    if (!allows(grant, role)) throw denied(`the token has the role ${grant.role}, and this takes ${role}`);
    await next();
  };
}

/** Lets the owner of a job pass, and operators. */
export function requireOwner({ role, owner }: Grant, job: Job): void {
  if (role !== 'operate' && owner !== job.owner)
    throw denied(`job ${job.id} belongs to ${job.owner}, and the token to ${owner}`);
}

/** `most`: of a job, in all its frames. */
export function requirePixels(pixels: number, most: number): void {
  if (pixels > most)
    throw new HttpError(413, 'QUOTA', `the job has ${pixels} pixels in all its frames, and ${most} are allowed`);
}

/** Only operators give jobs to others. */
export function ownerOf({ var: { grant } }: Context, wanted: string | undefined): string {
  if (wanted === undefined || wanted === grant.owner) return grant.owner;
  if (grant.role === 'operate') return wanted;
  throw denied(`the token belongs to ${grant.owner}, not to ${wanted}: leave out the owner`);
}

function denied(why: string): FractalError {
  return new HttpError(403, 'ACCESS_DENIED', why);
}

/** The version that If-Match names, as ETag has it. undefined: any. */
export function versionWanted(context: Context): number | undefined {
  const header = context.req.header('if-match');
  if (header === undefined || header === '*') return undefined;
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version === undefined)
    throw badRequest(`If-Match ${header} is no ETag of a job: send the one of its last answer`);
  return Number(version);
}

export function badRequest(why: string): HttpError {
  return new HttpError(400, 'HTTP_INVALID', why);
}
