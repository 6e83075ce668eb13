import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { leaderOptions } from '../../../bin/options.js';
import { folder } from '../../e2e/processes.js';

test('--request and flags have precedence over --location, which names neither outfile nor hosts', async (t) => {
  const at = folder(t);
  writeFileSync(`${at}/x.json`, '{"xpos": 0.5, "zoom": 7, "samples": 3, "outfile": "stolen.png", "host": "evil"}');
  writeFileSync(`${at}/r.json`, `{"location": "${at}/x.json", "zoom": 8}`);
  const plain = await leaderOptions({ location: `${at}/x.json`, 'view-width': '2', smoothness: '2' });
  assert.equal(plain.request.re, '0.5');
  assert.deepEqual(plain.request.sampling, { kind: 'grid', side: 2 });
  assert.notEqual(plain.request.zoom, '7');
  assert.equal(plain.request.outfile, 'fractal.png');
  assert.equal(plain.cluster.host, undefined);
  assert.deepEqual(plain.notes, [`${at}/x.json: not used: outfile, host`]);
  const both = await leaderOptions({ request: `${at}/r.json`, ypos: '0.25' });
  assert.deepEqual([both.request.re, both.request.im, both.request.zoom], ['0.5', '0.25', '8']);
  await assert.rejects(leaderOptions({ location: `${at}/none.kfr` }), /none\.kfr: it cannot be read/);
  await assert.rejects(leaderOptions({ location: at }), /cannot be read/);
  await assert.rejects(leaderOptions({ location: '/dev/zero' }), /LOCATION_FILE: \/dev\/zero: /);
  writeFileSync(`${at}/y.json`, `{"location": "${at}/x.json"}`);
  await assert.rejects(leaderOptions({ location: `${at}/y.json` }), /"location" names another location/);
  writeFileSync(`${at}/y.json`, `{"request": "${at}/r.json"}`);
  await assert.rejects(leaderOptions({ location: `${at}/y.json` }), /LOCATION_FILE: .*"request" names another/);
});
