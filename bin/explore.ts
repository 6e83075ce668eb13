/** `fractal explore`: a service for this machine alone, and its page in the browser. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServingEvent } from '../src/app/events.js';
import { exploreLink } from '../src/app/explore-link.js';
import type { LocalWorkers } from '../src/app/local-workers.js';
import type { WorkerSource } from '../src/app/worker-source.js';
import { addressText } from '../src/cluster/transport.js';
import { FractalError, messageOf, oneLine } from '../src/errors.js';
import { EXPLORE_FLAGS, USUAL_PORT } from '../src/request/flags/explore.js';
import { SHAPING_FLAGS } from '../src/request/metadata.js';
import { type RawFlags, valuesOf } from '../src/request/values.js';
import { type ServiceOptions, serve, serviceOptions } from './serve.js';

export interface ExploreOptions {
  readonly service: ServiceOptions;
  /** The first one that is free; 0: any. */
  readonly ports: readonly number[];
  readonly opens: boolean;
  /** The service has a temporary folder. */
  readonly temporary: boolean;
  /** Of the page's URL. */
  readonly fragment: string;
  /** Lines about the location file, for the user. */
  readonly notes: readonly string[];
}

const HOST = '127.0.0.1';

/** @throws FractalError REQUEST_INVALID, and those of a location file */
export async function exploreOptions(flags: RawFlags): Promise<ExploreOptions> {
  const { open: opens, port, data } = valuesOf(EXPLORE_FLAGS, flags);
  const seen = Object.entries(flags).filter(([name]) => SHAPING_FLAGS.has(name) || name === 'location');
  const link = await exploreLink(Object.fromEntries(seen));
  // Explorers and leaders share the usual store; a queue belongs to one service.
  const places = data === undefined ? { store: 'true', data: tmpdir() } : {};
  const service = serviceOptions({ ...places, ...flags, http: `${HOST}:0` });
  const ports = port === undefined ? [USUAL_PORT, 0] : [port];
  return { service, ports, opens, temporary: data === undefined, ...link };
}

/** Resolves to the exit code: 0 after Ctrl-C. */
export async function explore(
  { service, ports, opens, temporary, fragment, notes }: ExploreOptions,
  source: WorkerSource,
  local: LocalWorkers | undefined,
): Promise<number> {
  for (const text of notes) process.stderr.write(`note: ${oneLine(text)}\n`);
  const data = temporary ? await mkdtemp(join(tmpdir(), 'fractal-explore-')) : service.serve.data;
  const began = ({ address }: ServingEvent) => {
    const url = `http://${addressText(address)}/explore${fragment}`;
    process.stdout.write(`exploring at ${url}\nCtrl-C ends it\n`);
    if (opens && hasBrowser(process.env, process.platform)) void openPage(url);
  };
  const at = (port: number) => ({ ...service, serve: { ...service.serve, data, http: { host: HOST, port } } });
  try {
    return await onFirstFree(ports, (port) => serve(at(port), source, local, began));
  } finally {
    if (temporary) await rm(data, { recursive: true, force: true });
  }
}

/** @throws FractalError PORT_IN_USE when none of the ports is free */
async function onFirstFree([port = 0, ...others]: readonly number[], run: (port: number) => Promise<number>) {
  try {
    return await run(port);
  } catch (error) {
    if (!(error instanceof FractalError) || error.code !== 'PORT_IN_USE') throw error;
    if (others.length > 0) return onFirstFree(others, run);
    throw new FractalError('PORT_IN_USE', error.message.replaceAll('--http', '--port'), { cause: error });
  }
}

/** Elsewhere xdg-open looks for a browser in the terminal. */
export function hasBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = env;
  return platform === 'darwin' || platform === 'win32' || Boolean(DISPLAY || WAYLAND_DISPLAY || WSL_DISTRO_NAME);
}

/** The URL was printed: a browser that cannot be opened is no error. */
async function openPage(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const browser = await open(url);
    browser.on('error', () => undefined);
  } catch (error) {
    process.stderr.write(`note: no browser was opened (${oneLine(messageOf(error))}): open the URL above\n`);
  }
}
