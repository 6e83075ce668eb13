/** Errors of gRPC for failed connections, as leader and worker print them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonOf } from '../../src/cluster/refusal.js';

const UNAVAILABLE = 14;
const failed = (cause: string) => `No connection established. Last error: ${cause}. Resolution note: `;

for (const [details, reason] of [
  [failed('undefined'), 'no connection could be made'],
  [failed('null'), 'no connection could be made'],
  [failed(''), 'no connection could be made'],
  [failed('Error: connect ECONNREFUSED 127.0.0.1:50051'), 'ECONNREFUSED'],
  [failed('connect EMFILE 127.0.0.1:50051 - Local (undefined:undefined)'), 'connect EMFILE 127.0.0.1:50051'],
  [failed('the first line\nand the second'), 'the first line'],
  [
    'Name resolution failed for target dns:nowhere.invalid:50051',
    'Name resolution failed for target dns:nowhere.invalid:50051',
  ],
  ['', 'the connection was lost'],
] as const) {
  test(`the reason of ${JSON.stringify(details)}`, () => {
    assert.equal(reasonOf(UNAVAILABLE, details, {}).message, reason);
  });
}
