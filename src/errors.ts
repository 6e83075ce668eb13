/**
 * Every error that a user can see: a stable code, and one sentence that names the offending value and a remedy.
 * `usage` errors are corrected by changing the call (exit code 2), an interrupt was requested by the user (130), all others
 * are failures of a run (1).
 */

export type ErrorKind = 'usage' | 'failure' | 'interrupt';

/** The codes, with their kind. docs/errors.md explains each; a test compares the two. */
export const CODES = {
  REQUEST_INVALID: 'usage',
  FOLDER_MISSING: 'usage',
  REQUEST_FILE: 'usage',
  LOCATION_FILE: 'usage',
  PATH_FILE: 'usage',
  SCENE_FILES: 'usage',
  HOSTFILE_SYNTAX: 'usage',
  HOSTFILE_LIMIT: 'usage',
  HOSTFILE_READ: 'usage',
  PALETTE_UNKNOWN: 'usage',
  PALETTE_INVALID: 'usage',
  TEXTURE_INVALID: 'usage',
  VIEW_TOO_DEEP: 'usage',
  VIEW_TOO_LARGE: 'usage',
  ORBIT_TOO_LONG: 'usage',
  OUTFILE_FORMAT: 'usage',
  OUTFILE_UNWRITABLE: 'usage',
  ENCODER_UNFIT: 'usage',
  AUDIO_INVALID: 'usage',
  CREDENTIALS: 'usage',
  EXPOSED: 'usage',
  BUILD_STALE: 'usage',
  HTTP_INVALID: 'usage',
  ACCESS_DENIED: 'usage',
  KEY_REUSED: 'usage',
  JOB_MISSING: 'failure',
  JOB_STATE: 'failure',
  JOB_CHANGED: 'failure',
  QUOTA: 'failure',
  DATA_IN_USE: 'failure',
  QUEUE_AWAY: 'failure',
  INTERNAL: 'failure',
  PORT_IN_USE: 'failure',
  KERNEL_MISSING: 'failure',
  KUBERNETES: 'failure',
  RESOURCES: 'failure',
  NUCLEUS_MISSING: 'failure',
  SAMPLES_MISSING: 'failure',
  NO_WORKER: 'failure',
  NO_LEADER: 'failure',
  NO_SERVICE: 'failure',
  WORKER_MISSING: 'failure',
  SYSTEMD_MISSING: 'failure',
  PROTOCOL: 'failure',
  SHARD_FAILED: 'failure',
  FRAMES_DOUBTFUL: 'failure',
  ENCODER_MISSING: 'failure',
  ENCODER_FAILED: 'failure',
  DISK: 'failure',
  TIMEOUT: 'failure',
  INTERRUPTED: 'interrupt',
} as const satisfies Record<string, ErrorKind>;

const EXIT_CODES = { usage: 2, failure: 1, interrupt: 130 } as const;

export type ErrorCode = keyof typeof CODES;

export class FractalError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'FractalError';
    this.code = code;
  }

  /** 2 when the user has to correct the call, 1 when the run failed, 130 when Ctrl-C ended it. */
  get exitCode(): 1 | 2 | 130 {
    return EXIT_CODES[CODES[this.code]];
  }

  /** The one line that a terminal shows. */
  override toString(): string {
    return `${this.code}: ${this.message}`;
  }
}

const LONGEST_LINE = 1_000;

/** A text that may come from another machine, as one line of bounded length without control characters. */
export function oneLine(text: string): string {
  const cut = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}...` : text;
  return cut.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ');
}

/** The message of anything that was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

/** Why an address cannot be listened on, and the remedy, as the rest of a sentence. `host`, `port`: the flags of its parts. */
export function whyNotListening(message: string, { host, port }: { host: string; port: string }): string {
  if (message.includes('EADDRINUSE')) return `is in use by another program: choose another port with ${port}`;
  if (message.includes('EADDRNOTAVAIL')) return `is no address of this machine: choose one of its own with ${host}`;
  if (message.includes('EACCES')) return `may not be listened on: choose a port above 1023 with ${port}`;
  return `cannot be listened on (${message}): choose another with ${[...new Set([host, port])].join(' and ')}`;
}

/** Messages of Node, V8 and the system for an exhausted resource, the resource, and the remedy. */
const EXHAUSTED: readonly [pattern: RegExp, what: string, way: string][] = [
  [/EMFILE|ENFILE|too many open files/i, 'no more files and connections may be open', 'raise the limit (ulimit -n)'],
  [
    /EAGAIN|Error creating thread|ERR_WORKER_INIT_FAILED/,
    'no more threads or processes can be started',
    'raise the limits (ulimit -u, ulimit -v), or use fewer slots',
  ],
  [
    /allocat|out of memory|ENOMEM|ERR_WORKER_OUT_OF_MEMORY|bad_alloc/i,
    'there is not enough memory',
    'raise the limit (ulimit -v), use fewer slots, or render a smaller picture',
  ],
];

/** The same error as RESOURCES, with the remedy, where memory, threads or files are exhausted; undefined for other errors. */
export function asResourceError(error: unknown): FractalError | undefined {
  if (error instanceof FractalError || !(error instanceof Error)) return undefined;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  // The message of a system error holds a path.
  const text = syscall === undefined ? `${code} ${error.message}` : code;
  const [, what, way] = EXHAUSTED.find(([pattern]) => pattern.test(text)) ?? [];
  if (what === undefined) return undefined;
  return new FractalError('RESOURCES', `${what} (${messageOf(error)}): ${way}`, { cause: error });
}
