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

const TOKEN = 'fractal-token';
let onRefused = (_why: string) => {};

export function token(): string | null {
  return sessionStorage.getItem(TOKEN);
}

export function setToken(text: string | undefined): void {
  if (text === undefined) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, text);
}

/** Calls `act` when the service wants a token, or another one than it was sent. */
export function whenRefused(act: (why: string) => void): void {
  onRefused = act;
}

/** @throws ApiError; TypeError when the service is not reached */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const own = token();
  if (own !== null) headers.set('authorization', `Bearer ${own}`);
  const response = await fetch(path, { ...init, headers });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const { code = '', detail = `the service answered ${response.status}` } = problem;
  if (response.status === 401 && own === token()) onRefused(detail);
  throw new ApiError(response.status, code, detail);
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
