/**
 * Hosts that change while a job runs: a hostfile is read again for new lines, and a `dns:///` name is resolved again for
 * new addresses. By polling: changes made over a network, or by replacing the file, raise no events.
 */

import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { type Host, readHostfile } from './hostfile.js';
import { keyOf } from './hostrange.js';
import { pause } from './pause.js';

/** The addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** The hosts of a hostfile now; undefined: the same as before. */
export type ReadChanged = () => Promise<readonly Host[] | undefined>;

export interface WatchOptions {
  readonly read: ReadChanged;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
  /** Hosts that were not there before, names resolved; an address again when its name had it, lost it, and has it again. */
  found(hosts: readonly Host[]): void;
  /** A line for the log, once: what is wrong with the file, or with a name. */
  note(text: string): void;
  /** Every name has been resolved, or was looked up `retries` + 1 times. */
  allNamed(): void;
  /** Further lookups of a name that is not found, after which it is not waited for. */
  readonly retries: number;
}

const POLL_MS = 1_000;
const RESOLVE_MS = 5_000;

/** Until the signal; `hosts` are those to begin with. */
export async function watchHosts(hosts: readonly Host[], options: WatchOptions): Promise<void> {
  const { read, resolve, signal, found, note, allNamed, retries } = options;
  let current = hosts;
  let [noted, rounds, isComplete] = ['', 0, false];
  const known = new Set<string>();
  /** Of `known`, those that names resolved to in the latest round. */
  let named = new Set<string>();
  const unresolved = new Map<string, string>();

  async function readAgain(): Promise<void> {
    try {
      current = (await read()) ?? current;
    } catch (error) {
      note(`${messageOf(error)}; the earlier hosts are kept`);
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
    const fresh = list.filter((host) => !known.has(placeOf(host)));
    for (const host of fresh) known.add(placeOf(host));
    if (fresh.length > 0 && !signal.aborted) found(fresh);
  }

  /** Another pod may get an address later that one had before: it is dialled at once then. */
  function reportNamed(list: readonly Host[]): void {
    report(list);
    const now = new Set(list.map(placeOf));
    for (const place of named) if (!now.has(place)) known.delete(place);
    named = now;
  }

  function reportUnresolved(): void {
    const why = [...unresolved.values()].join('; ');
    if (why !== noted && why !== '' && !signal.aborted) note(`${why}: looked up again`);
    noted = why;
    if (isComplete || (unresolved.size > 0 && rounds <= retries)) return;
    isComplete = true;
    allNamed();
  }

  for (let round = 0; !signal.aborted; round++) {
    if (round > 0) await readAgain();
    report(current.filter(({ dns }) => !dns));
    if (round % (RESOLVE_MS / POLL_MS) === 0) reportNamed(await resolved());
    reportUnresolved();
    await pause(POLL_MS, signal);
  }
}

function placeOf({ host, port }: Host): string {
  return `${keyOf(host)} ${port}`;
}

/** Reads a file again when it has changed. Throws the error of each changed version once. */
export async function changesOf(path: string): Promise<ReadChanged> {
  let before = await stampOf(path);
  return async () => {
    const now = await stampOf(path);
    if (now === undefined || now === before) return undefined;
    before = now;
    return readHostfile(path);
  };
}

/** A text that changes with the file. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // Something other than a file, such as a pipe, may never end: it is not read.
    return found.isFile() ? `${found.mtimeMs} ${found.size} ${found.ino}` : undefined;
  } catch {
    // Between two versions of the file, perhaps.
    return '';
  }
}
