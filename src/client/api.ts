/** Requests to `fractal serve`: with its token, tried again where that is safe, and answers as data or as one error. */

import { setTimeout as sleep } from 'node:timers/promises';
import { CODES, type ErrorCode, FractalError, messageOf, oneLine } from '../errors.js';
import type { JobError, JobState, Output, Progress } from '../service/job.js';

export interface ApiOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly signal: AbortSignal;
}

/** A job as the service shows it. Times are those of ISO 8601. */
export interface JobAnswer {
  readonly id: string;
  readonly version: number;
  readonly state: JobState;
  readonly owner: string;
  readonly priority: number;
  readonly attempt: number;
  readonly submitted: string;
  readonly started?: string;
  readonly ended?: string;
  readonly progress?: Progress;
  readonly error?: JobError;
  readonly expired?: true;
  readonly request: Readonly<Record<string, string>>;
  readonly outputs: readonly (Output & { readonly href: string })[];
}

export interface Asked {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is JSON. */
  readonly body?: string | Uint8Array;
}

/** A problem document that names files which must be sent first. */
export class FilesMissing extends FractalError {
  constructor(
    message: string,
    /** Their digests. */
    readonly missing: readonly string[],
  ) {
    super('SCENE_FILES', message);
  }
}

export interface Api {
  readonly url: string;
  readonly signal: AbortSignal;
  /**
   * An answer below 400. Every request of this interface may be sent twice: it is tried again when the connection broke, or
   * the service was busy. @throws FractalError NO_SERVICE, the code of a problem document, the signal's reason
   */
  send(path: string, asked?: Asked): Promise<Response>;
  json<T>(path: string, asked?: Asked): Promise<T>;
}

/** Waits between attempts, in milliseconds, a minute in all: a service that starts again is back before. */
const WAITS_MS = [250, 500, 1_000, 2_000, 4_000, ...new Array<number>(7).fill(8_000)];
/** Statuses with which the same request may succeed later. */
const BUSY: readonly number[] = [429, 502, 503, 504];
const LONGEST_WAIT_S = 30;
/** Until an answer begins. */
const ANSWER_MS = 30_000;
/** Bytes that are sent in a millisecond at least. */
const SLOWEST = 100;

export function apiOf({ url, token, signal }: ApiOptions): Api {
  let answered = false;
  const once = async (path: string, { method = 'GET', headers = {}, body }: Asked): Promise<Response> => {
    const access = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    const content = body === undefined ? {} : { body: body as string, headers: { 'content-type': type } };
    const init = { ...content, method, redirect: 'error' as const };
    const late = new AbortController();
    const most = ANSWER_MS + (body?.length ?? 0) / SLOWEST;
    const why = new Error(`no answer within ${Math.round(most / 1000)} s`);
    const timer = setTimeout(() => late.abort(why), most);
    try {
      const response = await fetch(url + path, {
        ...{ ...init, headers: { ...content.headers, ...access, ...headers } },
        signal: AbortSignal.any([signal, late.signal]),
      });
      answered = true;
      return response;
    } finally {
      clearTimeout(timer);
    }
  };
  const send = async (path: string, asked: Asked = {}): Promise<Response> => {
    for (let attempt = 0; ; attempt++) {
      const wait = WAITS_MS[attempt];
      try {
        const response = await once(path, asked);
        if (response.ok) return response;
        if (!BUSY.includes(response.status) || wait === undefined) throw await problemOf(response, url);
        await response.body?.cancel();
        const seconds = Number(response.headers.get('retry-after') ?? 0);
        await sleep(Math.max(wait, 1000 * Math.min(seconds || 0, LONGEST_WAIT_S)), undefined, { signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        // A service that never answered is not there; one that did may be starting again.
        if (error instanceof FractalError || wait === undefined || !answered) throw known(error, url);
        await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  return {
    ...{ url, signal, send },
    json: async <T>(path: string, asked?: Asked) => (await dataOf(await send(path, asked), url)) as T,
  };
}

async function dataOf(response: Response, url: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw known(error, url);
    throw new FractalError('NO_SERVICE', `${url} answers with other text than JSON: ${IS_IT}`, { cause: error });
  }
}

const IS_IT = 'is this the URL of a fractal service?';

function known(error: unknown, url: string): FractalError {
  if (error instanceof FractalError) return error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const way = 'start "fractal serve", or name its URL with --url or FRACTAL_URL';
  const why = (cause as NodeJS.ErrnoException).code ?? messageOf(cause);
  return new FractalError('NO_SERVICE', `no service answers at ${url} (${why}): ${way}`, { cause: error });
}

/** The problem document of an answer as an error with the same code. */
async function problemOf(response: Response, url: string): Promise<FractalError> {
  const text = await response.text().catch(() => '');
  try {
    const { code, detail, missing } = JSON.parse(text) as { code: string; detail: string; missing?: unknown };
    if (Array.isArray(missing)) return new FilesMissing(oneLine(String(detail)), missing.map(String));
    if (Object.hasOwn(CODES, code)) return new FractalError(code as ErrorCode, oneLine(String(detail)));
  } catch {
    // Something else than a service answers.
  }
  return new FractalError('NO_SERVICE', `${url} answers with status ${response.status}: ${IS_IT}`);
}
