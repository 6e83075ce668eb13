import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureFlags } from '../../src/request/metadata.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { viewAt } from '../../src/request/request.js';

const refused = (raw: RawRequest, message: RegExp) => assert.throws(() => parseRequest(raw), message);

test('lights, shades and colours of the interior come back from the parameters of a picture', () => {
  const raw = {
    ...{
      slope: '0.4',
      'slope-angle': '100',
      'slope-color': '#ffe0c0',
      'slope-specular': '0.3',
      'slope-shininess': '20',
    },
    ...{ 'slope-second': '0.2', 'slope-second-angle': '-80', 'slope-second-color': '#0af' },
    ...{ shade: 'distance:#112233', 'shade-width': '2.5', 'shade-strength': '0.75', interior: 'multiplier' },
  };
  const request = parseRequest(raw);
  const flags: RawRequest = pictureFlags(request);
  for (const [name, value] of Object.entries(raw)) assert.equal(flags[name as keyof RawRequest], value, name);
  assert.deepEqual(parseRequest(flags).colours, request.colours);
});

test('a second light comes from opposite the first one, unless an angle is given', () => {
  const { slope } = parseRequest({ slope: 'true', 'slope-angle': '20', 'slope-second': 'true' }).colours;
  assert.equal(slope?.second?.angle, 200);
});

test('only requests that need cycles or distances ask for them', () => {
  const wants = (raw: RawRequest) => {
    const { distance, cycle } = viewAt(parseRequest(raw), 0);
    return { distance, cycle };
  };
  assert.deepEqual(wants({}), { distance: undefined, cycle: undefined });
  assert.deepEqual(wants({ interior: '#123' }), { distance: undefined, cycle: undefined });
  assert.deepEqual(wants({ interior: 'period' }), { distance: undefined, cycle: true });
  assert.deepEqual(wants({ interior: 'distance', formula: 'burning-ship' }), { distance: undefined, cycle: true });
  assert.deepEqual(wants({ shade: 'true' }), { distance: true, cycle: undefined });
});

test('flags that mean nothing here are refused, with the way out', () => {
  refused({ 'shade-width': '3' }, /--shade-width says more of --shade: give that too/);
  refused({ 'slope-shininess': '3', slope: '1' }, /--slope-shininess says more of --slope-specular: give that too/);
  refused({ 'slope-second-angle': '3', slope: '1' }, /says more of --slope-second/);
  refused({ shade: 'fog' }, /--shade "fog" is not distance, or distance and a hex colour/);
  refused({ shade: 'true', kernel: 'cpu' }, /--shade needs the distance to the set/);
  refused({ interior: 'distance', formula: 'julia' }, /a Julia set does not have/);
  refused({ interior: 'period', kernel: 'gpu' }, /--kernel gpu does not find: use --kernel simd/);
  refused({ interior: 'cycles' }, /a hex colour such as #102030, period, multiplier or distance/);
});
