/** Errors as problem details (RFC 9457), with the codes of docs/errors.md. */

import { asResourceError, CODES, type ErrorCode, FractalError, oneLine } from '../../errors.js';

/** An error of the protocol, with a status of its own. */
export class HttpError extends FractalError {
  constructor(
    readonly status: number,
    code: ErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** Further members of the problem document. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, message);
  }
}

/** Of other errors than those of a wrong request, which have 400. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  VIEW_TOO_LARGE: 413,
  JOB_MISSING: 404,
  WORKER_MISSING: 404,
  NUCLEUS_MISSING: 404,
  JOB_STATE: 409,
  KEY_REUSED: 409,
  JOB_CHANGED: 412,
  QUOTA: 429,
  RESOURCES: 503,
  DISK: 503,
  TIMEOUT: 503,
  QUEUE_AWAY: 503,
};

/** When something that is not possible at the moment may be. */
const RETRY_SECONDS = 5;

export const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is wrong',
  401: 'A token is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Wrong method',
  408: 'Too slow',
  409: 'It conflicts with the state of the job',
  412: 'The job has changed',
  413: 'Too large',
  415: 'Wrong type of content',
  416: 'No such part of the file',
  422: 'Files are missing',
  426: 'Only as a WebSocket',
  429: 'Too many',
  503: 'Not possible at the moment',
};

/** `report`: gets errors of the program itself, whose texts clients do not get. */
export function problemOf(error: unknown, report: (error: unknown) => void): Response {
  const known = error instanceof FractalError ? error : asResourceError(error);
  if (!known || known.code === 'INTERNAL') report(error);
  const { code, message } = known ?? { code: 'INTERNAL', message: 'an error of the service; its log has more' };
  const status = statusOf(known);
  const more = known instanceof HttpError ? known.more : {};
  return new Response(
    JSON.stringify({
      type: 'about:blank',
      title: TITLES[status] ?? 'Error',
      status,
      detail: oneLine(message),
      code,
      ...more,
    }),
    {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(status === 429 || status === 503 ? { 'retry-after': String(RETRY_SECONDS) } : {}),
        ...(known instanceof HttpError ? known.headers : {}),
      },
    },
  );
}

function statusOf(error: FractalError | undefined): number {
  if (!error) return 500;
  if (error instanceof HttpError) return error.status;
  return STATUS[error.code] ?? (CODES[error.code] === 'usage' ? 400 : 500);
}
