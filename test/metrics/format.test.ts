/** The lines and the JSON of metrics, and the values that a reader parses from them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatClusterMetrics, formatMetrics, metricsJson } from '../../src/metrics/format.js';
import { wellFormed } from '../../src/metrics/metric.js';

/** What `awk '{ print $2, $(NF-1), $NF }'` sees. */
function read(line: string): { source: string; name: string; value: number } {
  const fields = line.split(' ');
  const [name = '', value = ''] = fields.slice(-2);
  return { source: fields.slice(1, -2).join(' '), name: name.slice(0, -1), value: Number.parseFloat(value) };
}

test('the time of a leader is seconds with two decimals', () => {
  assert.deepEqual(formatMetrics('LEADER', [{ name: 'time', value: 38.3456 }]), ['METRICS LEADER time: 38.35s']);
});

test('values are plain numbers, integers without exponent, fractions to the microsecond', () => {
  const values = [0, -0, 12, 1e15, 1e22, 0.1, 1 / 3, 1e-7, -1e-9, 2.5, 100.000001];
  const lines = formatMetrics(
    'WORKER 127.0.0.1:50051',
    values.map((value) => ({ name: '/a/b:bytes', value })),
  );
  assert.deepEqual(
    lines,
    [
      '0',
      '0',
      '12',
      '1000000000000000',
      '10000000000000000000000',
      '0.1',
      '0.333333',
      '0',
      '0',
      '2.5',
      '100.000001',
    ].map((text) => `METRICS WORKER 127.0.0.1:50051 /a/b:bytes: ${text}`),
  );
});

test('a metric that would break a line or has no value is left out', () => {
  const bad = [
    { name: '/a:bytes', value: Number.NaN },
    { name: '/a:bytes', value: Number.POSITIVE_INFINITY },
    { name: '/a:bytes\nMETRICS LEADER time', value: 1 },
    { name: '/a b:bytes', value: 1 },
    { name: '/a:\u001b[2J', value: 1 },
    { name: '', value: 1 },
  ];
  assert.deepEqual(formatMetrics('LEADER', bad), []);
  const json = metricsJson({ leader: bad, workers: new Map([['a:1', bad]]) });
  assert.deepEqual(json, { leader: {}, workers: { 'a:1': {} } });
});

test('any value is read back to six decimals', () => {
  const finite = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(finite, (value) => {
      const [line = ''] = formatMetrics('WORKER [::1]:50051', [{ name: '/x/y:seconds{p99}', value }]);
      assert.match(line, /^METRICS WORKER \[::1\]:50051 \/x\/y:seconds\{p99\}: -?\d+(\.\d{1,6})?$/);
      const back = read(line);
      assert.deepEqual([back.source, back.name], ['WORKER [::1]:50051', '/x/y:seconds{p99}']);
      assert.ok(
        Math.abs(back.value - value) <= 5.1e-7 + Math.abs(value) * Number.EPSILON,
        `${back.value} for ${value}`,
      );
    }),
  );
});

test('the lines of all and the JSON say the same', () => {
  const leader = [
    { name: 'time', value: 1.25 },
    { name: '/cluster/samples:samples', value: 1 / 3 },
  ];
  const workers = new Map([['node01:50051', [{ name: '/cluster/samples:samples', value: 7 }]]]);
  assert.deepEqual(formatClusterMetrics({ leader, workers }), [
    'METRICS LEADER time: 1.25s',
    'METRICS LEADER /cluster/samples:samples: 0.333333',
    'METRICS WORKER node01:50051 /cluster/samples:samples: 7',
  ]);
  assert.deepEqual(metricsJson({ leader, workers }), {
    leader: { time: 1.25, '/cluster/samples:samples': 0.333333 },
    workers: { 'node01:50051': { '/cluster/samples:samples': 7 } },
  });
});

test('names follow the grammar of Go, with an optional key in braces', () => {
  for (const name of ['time', '/gc/cycles/total:gc-cycles', '/sched/latencies:seconds{p99}', '/a/b:bytes/second']) {
    assert.ok(wellFormed({ name, value: 1 }), name);
  }
  for (const name of ['gc:bytes', '/gc', '/gc:', '/gc:bytes{}', '/gc:bytes{p99}x', 'times', '/a:b:c']) {
    assert.ok(!wellFormed({ name, value: 1 }), name);
  }
});
