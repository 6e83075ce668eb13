/**
 * Frees unused shared memory. V8 does not count the bytes of shared WebAssembly memories and
 * SharedArrayBuffers as garbage of any thread (BackingStore::PerIsolateAccountingLength is 0 for them), so it may put
 * off a collection for ever while gigabytes of them are unused: so they are collected explicitly.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Collects the garbage of the calling thread: some milliseconds. */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
