/**
 * Hosts that change while a job runs: a hostfile is looked at again and again for new lines, and a `dns:///` name for
 * new addresses. Looked at, not watched: changes made over a network, or by replacing the file, raise no events.
 */

import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { type Host, readHostfile } from './hostfile.js';
import { keyOf } from './hostrange.js';
import { pause } from './pause.js';

/** The addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** The hosts of a hostfile now; undefined: the same as before. */
export type Look = () => Promise<readonly Host[] | undefined>;

export interface WatchOptions {
  readonly look: Look;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
  /** Hosts that were not there before, names resolved. */
  found(hosts: readonly Host[]): void;
  /** A line for the log, once: what is wrong with the file, or with a name. */
  note(text: string): void;
  /** Every name has been resolved, or was looked up so often that it is not waited for. */
  settled(): void;
  /** Lookups of a name that is not found before it is not waited for. */
  readonly retries: number;
}

const LOOK_MS = 1_000;
const RESOLVE_MS = 5_000;

/** Until the signal; `hosts` are those to begin with. */
export async function watchHosts(hosts: readonly Host[], options: WatchOptions): Promise<void> {
  const { look, resolve, signal, found, note, settled, retries } = options;
  let current = hosts;
  let [noted, rounds, isSettled] = ['', 0, false];
  const known = new Set<string>();
  const unresolved = new Map<string, string>();

  async function lookAgain(): Promise<void> {
    try {
      current = (await look()) ?? current;
    } catch (error) {
      note(`${messageOf(error)}; the hosts of before stay`);
    }
  }

  async function resolved(): Promise<Host[]> {
    const names = current.filter(({ dns }) => dns);
    const all = names.map(async ({ dns: _, ...host }) => {
      try {
        const addresses = await resolve(host.host);
        unresolved.delete(host.host);
        return addresses.map((address): Host => ({ ...host, host: address, name: host.host }));
      } catch (error) {
        unresolved.set(host.host, messageOf(error));
        return [];
      }
    });
    rounds++;
    return (await Promise.all(all)).flat();
  }

  function report(list: readonly Host[]): void {
    const fresh = list.filter(({ host, port }) => !known.has(`${keyOf(host)} ${port}`));
    for (const { host, port } of fresh) known.add(`${keyOf(host)} ${port}`);
    if (fresh.length > 0 && !signal.aborted) found(fresh);
  }

  function settle(): void {
    const why = [...unresolved.values()].join('; ');
    if (why !== noted && why !== '' && !signal.aborted) note(`${why}: asked for again and again`);
    noted = why;
    if (isSettled || (unresolved.size > 0 && rounds <= retries)) return;
    isSettled = true;
    settled();
  }

  for (let round = 0; !signal.aborted; round++) {
    if (round > 0) await lookAgain();
    report(current.filter(({ dns }) => !dns));
    if (round % (RESOLVE_MS / LOOK_MS) === 0) report(await resolved());
    settle();
    await pause(LOOK_MS, signal);
  }
}

/** Looks at a file that was just read. Throws what is wrong with it, once. */
export async function lookAt(path: string): Promise<Look> {
  let before = await stampOf(path);
  return async () => {
    const now = await stampOf(path);
    if (now === undefined || now === before) return undefined;
    before = now;
    return readHostfile(path);
  };
}

/** Changes with the file. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // What is no file any more may never end: it is not read again.
    return found.isFile() ? `${found.mtimeMs} ${found.size} ${found.ino}` : undefined;
  } catch {
    // Between two versions of the file, perhaps.
    return '';
  }
}
