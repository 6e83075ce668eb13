/** The API of the service, with the token of this tab. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export type JobState = 'queued' | 'running' | 'pausing' | 'paused' | 'succeeded' | 'failed' | 'cancelled';
export const STATES: readonly JobState[] = [
  'queued',
  'running',
  'pausing',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
];
export const ENDED: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

export interface Progress {
  readonly framesDone: number;
  readonly frames: number;
  readonly samplesDone: number;
  readonly samples: number;
  readonly slots: number;
  readonly coreSecondsLeft?: number;
}

export interface Job {
  readonly id: string;
  readonly version: number;
  readonly state: JobState;
  readonly priority: number;
  readonly owner: string;
  readonly attempt: number;
  /** ISO 8601, as the other times. */
  readonly submitted: string;
  readonly started?: string;
  readonly ended?: string;
  readonly deadline?: string;
  readonly progress?: Progress;
  readonly error?: { readonly code: string; readonly message: string };
  readonly request: Readonly<Record<string, string>>;
  readonly outputs: readonly { readonly name: string; readonly bytes: number; readonly href: string }[];
  readonly expired?: true;
}

export interface Worker {
  readonly name: string;
  readonly state: string;
  readonly slots: number;
  readonly version?: string;
  readonly reason?: string;
  readonly samplesPerSecond?: number;
  readonly busySlots?: number;
}

export interface Point {
  readonly time: number;
  readonly waiting: number;
  readonly running: number;
  readonly samplesPerSecond: number;
  readonly busySlots: number;
}

export interface Status {
  readonly jobs: Readonly<Record<JobState, number>>;
  readonly slots: number;
  readonly point?: Point;
}

export interface Access {
  readonly role: 'view' | 'submit' | 'operate';
  readonly owner: string;
}

const TOKEN = 'fractal-token';
let onRefused = () => {};

export function token(): string | null {
  return sessionStorage.getItem(TOKEN);
}

export function setToken(text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, text);
}

/** Calls `act` when the service wants a token, or another one. */
export function whenRefused(act: () => void): void {
  onRefused = act;
}

/** @throws ApiError; TypeError when the service is not reached */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const own = token();
  if (own !== null) headers.set('authorization', `Bearer ${own}`);
  const response = await fetch(path, { ...init, headers });
  if (response.ok) return response;
  if (response.status === 401) onRefused();
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(response.status, problem.code ?? '', problem.detail ?? `the service answered ${response.status}`);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, signal ? { signal } : {})).json();
}

export async function post<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  return (await send(path, { method: 'POST', ...jsonOf(body, headers) })).json();
}

/** The latest version of a job is changed, whichever this is. */
export async function patch<T>(path: string, body: unknown): Promise<T> {
  return (await send(path, { method: 'PATCH', ...jsonOf(body, {}) })).json();
}

export async function remove(path: string): Promise<void> {
  await send(path, { method: 'DELETE' });
}

function jsonOf(body: unknown, headers: Record<string, string>): RequestInit {
  if (body === undefined) return { headers };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
}

/** For people. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return 'The service cannot be reached: check that "fractal serve" runs, then try again.';
}
