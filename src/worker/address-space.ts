/**
 * Address space for threads where the address space of a process is limited (ulimit -v, as batch queues set it). A thread
 * without enough address space aborts the whole process with a trace of V8: so it is checked before threads are started.
 */

import { readFileSync } from 'node:fs';
import { FractalError } from '../errors.js';

/** Of a thread: its stack, heap and code, and an arena of the C library. Measured: 95 to 105 on Node 20, 22 and 24. */
const THREAD_MIB = 128;
/** Of the rest of a job: frames, tables, the threads of Node and of the encoders of pictures. */
const REST_MIB = 512;
/** V8 reserves 10 GiB for each WebAssembly memory, unless it is started with this flag. */
const FLAG = '--disable-wasm-trap-handler';
const TRAPPED_MIB = 64 * 1024;

/** MiB code of a thread may take, of which V8 would reserve 512. */
export const CODE_MIB = 16;

/** MiB, of this process. */
export interface AddressSpace {
  readonly limit: number;
  readonly used: number;
}

/** @throws FractalError RESOURCES where `slots` more threads do not fit into the address space. */
export function requireRoom(slots: number, space = addressSpace(), trapped = isTrapped()): void {
  if (!space) return;
  const { limit, used } = space;
  const rest = used + REST_MIB + (trapped ? TRAPPED_MIB : 0);
  const most = Math.floor((limit - rest) / THREAD_MIB);
  if (slots <= most) return;
  const what = `${limit} MiB of address space (ulimit -v) are too few for ${slots} slot${slots > 1 ? 's' : ''}`;
  const raise = `raise the limit to ${rest + slots * THREAD_MIB} MiB`;
  if (trapped) {
    const way = `set NODE_OPTIONS=${FLAG}, or ${raise}`;
    throw new FractalError('RESOURCES', `${what}: ${way}`);
  }
  const way = most > 0 ? `use --slots ${most} or --local ${most}, or ${raise}` : raise;
  throw new FractalError('RESOURCES', `${what}: ${way}`);
}

/** undefined: it is not limited, as far as is known. */
function addressSpace(): AddressSpace | undefined {
  const limit = numberIn('/proc/self/limits', /^Max address space +(\d+)/m);
  const used = numberIn('/proc/self/status', /^VmSize:\s+(\d+) kB/m);
  if (limit === undefined || used === undefined) return undefined;
  return { limit: Math.floor(limit / 2 ** 20), used: Math.ceil(used / 2 ** 10) };
}

function numberIn(file: string, pattern: RegExp): number | undefined {
  try {
    const [, digits] = pattern.exec(readFileSync(file, 'latin1')) ?? [];
    return digits === undefined ? undefined : Number(digits);
  } catch {
    // No Linux.
    return undefined;
  }
}

function isTrapped(): boolean {
  return !process.execArgv.includes(FLAG) && !(process.env.NODE_OPTIONS ?? '').split(' ').includes(FLAG);
}
