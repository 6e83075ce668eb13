/** How many threads fit where the address space of a process is limited; in MiB. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireRoom } from '../../src/worker/address-space.js';

test('without a limit there is room for any number of threads', () => {
  requireRoom(100_000, undefined);
});

test('threads fit as far as the limit goes: 128 MiB each, beside what is used and 512 MiB', () => {
  requireRoom(3, { limit: 1_700, used: 800 }, false);
  assert.throws(() => requireRoom(4, { limit: 1_700, used: 800 }, false), {
    code: 'RESOURCES',
    message:
      '1700 MiB of address space (ulimit -v) are too few for 4 slots: use --slots 3 or --local 3, or raise the limit to 1824 MiB',
  });
});

test('where not even one fits, the limit has to be raised', () => {
  assert.throws(() => requireRoom(1, { limit: 1_000, used: 800 }, false), {
    message: '1000 MiB of address space (ulimit -v) are too few for 1 slot: raise the limit to 1440 MiB',
  });
});

test('with the traps of V8, which reserve 10 GiB a memory, there has to be much more', () => {
  requireRoom(8, { limit: 70_000, used: 800 }, true);
  assert.throws(() => requireRoom(8, { limit: 12_000, used: 800 }, true), {
    message:
      '12000 MiB of address space (ulimit -v) are too few for 8 slots: set ' +
      'NODE_OPTIONS=--disable-wasm-trap-handler, or raise the limit to 67872 MiB',
  });
});
