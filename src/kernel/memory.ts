/** WebAssembly memory that the threads of a worker share. */

import { FractalError } from '../errors.js';

const PAGE = 65536;
const MAX_PAGES = 65536;

/**
 * Memory of at least so many bytes. It cannot grow: V8 reserves what it may grow to, which counts where the address
 * space of a process is limited.
 * @throws FractalError RESOURCES
 */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    const size = `${Math.ceil(bytes / 2 ** 20)} MiB of memory`;
    const way = pages > MAX_PAGES ? 'use fewer --iters' : 'raise the limit (ulimit -v), or use fewer slots';
    throw new FractalError('RESOURCES', `${size} cannot be had: ${way}`, { cause: error });
  }
}
