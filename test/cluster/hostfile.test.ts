import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHostfile, parseHosts, readHostfile } from '../../src/cluster/hostfile.js';
import { PORT_RANGE } from '../../src/cluster/ports.js';
import { FractalError } from '../../src/errors.js';
import { decodeText } from '../../src/text.js';

const short = (text: string) =>
  parseHostfile(text, 'hosts').map(({ host, port, slots, maxSlots }) =>
    [host, port, slots ?? '-', maxSlots ?? '-'].join(' '),
  );

const UNDERSTOOD: readonly [text: string, hosts: string[]][] = [
  ['node01 slots=4 max_slots=8 port=50052', ['node01 50052 4 8']],
  ['node01 slots = 4 max-slots=8', ['node01 50051 4 8']],
  ['bob@node01:4', ['node01 50051 4 -']],
  ['node[01-03,20]', ['node01 50051 - -', 'node02 50051 - -', 'node03 50051 - -', 'node20 50051 - -']],
  ['r[1-2]n[8-9] slots=2', ['r1n8 50051 2 -', 'r1n9 50051 2 -', 'r2n8 50051 2 -', 'r2n9 50051 2 -']],
  ['^b\na\nb\nc\n^c', ['a 50051 - -']],
  ['n[1-3]\n^n[2-3]', ['n1 50051 - -']],
  ['[::1] port=7', ['::1 7 - -']],
  ['n[1-2]:3 # two', ['n1 50051 3 -', 'n2 50051 3 -']],
  ['[fe80::1]:3\n::1', ['fe80::1 50051 3 -', '::1 50051 - -']],
  ['\uFEFF# comment\r\n\r\n  a # one\r\n\tb\tslots=2\r\n', ['a 50051 - -', 'b 50051 2 -']],
  ['a slots=1\na:2\na port=9', ['a 50051 3 -', 'a 9 - -']],
  ['n1\nn2\n^N1', ['n2 50051 - -']],
  ['^n[1-2]\nN[1-3]', ['N3 50051 - -']],
  ['Node1 slots=1\nnode1:2\nNODE1.', ['Node1 50051 3 -']],
  ['::1\n[0:0::1]:3\nfe80::A', ['::1 50051 3 -', 'fe80::A 50051 - -']],
  ['a\n::1\n^[0:0:0:0:0:0:0:1]', ['a 50051 - -']],
  ['node[01-02],login1', ['node01 50051 - -', 'node02 50051 - -', 'login1 50051 - -']],
  ['a:2,bob@b[1,3],[::1] port=7', ['a 7 2 -', 'b1 7 - -', 'b3 7 - -', '::1 7 - -']],
  ['a,b,c slots=4\n^a,^C', ['b 50051 4 -']],
];

for (const [text, hosts] of UNDERSTOOD) {
  test(`understands ${JSON.stringify(text)}`, () => assert.deepEqual(short(text), hosts));
}

const REFUSED: readonly [text: string, line: RegExp][] = [
  ['a\nhost:50051', /hosts:2:1: .*did you mean "host port=50051"\?/],
  ['a slot=4', /hosts:1:3: "slot" .*did you mean "slots"\?/],
  ['  a slots=x', /hosts:1:5: "slots=x" is not a number/],
  ['a slots=0', /hosts:1:3: "slots=0" is not between 1/],
  ['a port=65536', /hosts:1:3: "port=65536"/],
  ['a slots', /"slots" has no value/],
  ['a slots=1 slots=2', /hosts:1:11: "slots" stands twice/],
  ['a:2 slots=3', /keep one of them/],
  ['n[1-3', /hosts:1:2: .*has a "\[" without a "\]"/],
  ['[::1', /hosts:1:1: .*has a "\[" without a "\]"/],
  ['n1-3]', /hosts:1:5: .*has a "\]" without a "\["/],
  ['bob@n[7,3-1]', /hosts:1:9: .*runs backwards: did you mean "1-3"/],
  ['n[a-b]', /hosts:1:3: "a-b" is not a range/],
  [':::::', /":::::" is not a host name/],
  ['a:x', /hosts:1:3: "a:x" is not a number/],
  ['a:0', /hosts:1:3: "a:0" is not between 1/],
  ['a max_slot=4', /did you mean "max_slots"\?/],
  ['a =4', /hosts:1:3: "=4" is not known/],
  ['a slots=4 max_slots=2', /"a" has 4 slots of at most max_slots=2/],
  ['a b', /one host a line/],
  ['a/b', /"a\/b" is not a host name/],
  ['# nothing\n', /hosts names no host/],
  ['a\n^a', /hosts leaves out with \^ every host/],
  ['^a slots=2', /nothing else belongs there/],
  ['A\n^a', /hosts leaves out with \^ every host/],
  ['n[1-2],m\n^N[1-2],^M', /hosts leaves out with \^ every host/],
  ['^a,b', /hosts:1:1: "\^a,b" names hosts and leaves others out/],
  ['a,,b', /hosts:1:3: "a,,b" lacks a host beside a comma/],
  ['a, b', /hosts:1:3: "a," lacks a host beside a comma: write a,b without blanks/],
  [' a,n[3-1]', /hosts:1:6: .*runs backwards/],
  ['a,b:x', /hosts:1:5: "b:x" is not a number/],
  ['a,dns:///', /hosts:1:3: "dns:\/\/\/" is not a name to resolve/],
];

for (const [text, line] of REFUSED) {
  test(`refuses ${JSON.stringify(text)} at its line and column`, () => {
    assert.throws(
      () => parseHostfile(text, 'hosts'),
      (e) => e instanceof FractalError && e.code === 'HOSTFILE_SYNTAX' && line.test(e.message),
    );
  });
}

test('bounds what a range may expand to', () => {
  for (const text of ['n[1-99999999]', 'n[1-9999][1-9999]', 'a[1-60000]\nb[1-60000]', 'a[1-60000]\n'.repeat(80_000)]) {
    assert.throws(
      () => parseHostfile(text, 'hosts'),
      (e) => e instanceof FractalError && e.code === 'HOSTFILE_LIMIT',
    );
  }
});

test('a megabyte of anything is parsed or refused at once, in one short line', () => {
  const size = 1 << 20;
  const nasty = ['[', ':', ',', 'a:', '[1]', '[::1]', 'a ', '=', 'slots=', '^', '@', '1-', ' ', '\t', 'a\n', '[1-9],'];
  for (const piece of nasty) {
    const text = piece.repeat(size / piece.length);
    for (const parse of [() => parseHostfile(text, 'hosts'), () => parseHosts(`a${text}`), () => parseHosts(text)]) {
      const start = performance.now();
      try {
        parse();
      } catch (error) {
        assert.ok(error instanceof FractalError, String(error));
        assert.ok(error.message.length < 300, `${error.message.length} characters for ${JSON.stringify(piece)}`);
      }
      // Linear work takes some tens of milliseconds; what is quadratic takes hours.
      assert.ok(performance.now() - start < 5000, `slow on ${JSON.stringify(piece)}`);
    }
  }
});

test('reads a file, and names one that is missing or too long', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostfile-'));
  try {
    const path = join(folder, 'hosts');
    await assert.rejects(
      readHostfile(path),
      (e) =>
        e instanceof FractalError &&
        e.code === 'HOSTFILE_READ' &&
        e.message.includes(path) &&
        /--local/.test(e.message),
    );
    writeFileSync(path, '\uFEFFa slots=2\r\n');
    assert.deepEqual(await readHostfile(path), [{ host: 'a', port: 50051, slots: 2, line: 1 }]);
    writeFileSync(path, Buffer.from('\uFEFFa\r\nb slots=2\r\n', 'utf16le'));
    assert.deepEqual(
      (await readHostfile(path)).map(({ host }) => host),
      ['a', 'b'],
    );
    writeFileSync(path, 'a\r\n\u001a');
    assert.equal((await readHostfile(path)).length, 1);
    writeFileSync(path, '#'.repeat((1 << 20) + 1));
    await assert.rejects(readHostfile(path), (e) => e instanceof FractalError && e.code === 'HOSTFILE_LIMIT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('--host takes the same entries between commas', () => {
  const hosts = parseHosts('a:2,n[1,2],[::1]:3').map(({ host, slots }) => `${host} ${slots ?? '-'}`);
  assert.deepEqual(hosts, ['a 2', 'n1 -', 'n2 -', '::1 3']);
});

test('hostfile.example names every port that a worker takes by itself', () => {
  const text = readFileSync(new URL('../../../hostfile.example', import.meta.url), 'utf8');
  assert.deepEqual(
    parseHostfile(text, 'hostfile.example').map(({ port }) => port),
    [...PORT_RANGE],
  );
});

test('any bytes are a hostfile, or refused with one short line', () => {
  const whole = Buffer.from('node01 slots=4 max_slots=8\r\nbob@n[1-3,7]:2,[::1] port=50052 # x\n^N2\ndns:///pods:7\n');
  const broken = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }).map((changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), broken), (bytes) => {
      try {
        parseHostfile(decodeText(bytes), 'hosts');
      } catch (error) {
        assert.ok(error instanceof FractalError, String((error as Error).stack));
        assert.ok(error.message.length < 300 && !/[\r\n]/.test(error.message), error.message);
      }
    }),
    { seed: 3, numRuns: 5000 },
  );
});

test('any text is understood or refused with a FractalError', () => {
  const token = fc.constantFrom(
    'a',
    'node',
    '[',
    ']',
    '[1-3]',
    ':',
    '4',
    '=',
    'slots',
    'port=',
    ' ',
    '\n',
    '^',
    '@',
    '#',
    ',',
    '-',
    '::1',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join('')),
  );
  fc.assert(
    fc.property(text, (value) => {
      try {
        parseHostfile(value, 'hosts');
        parseHosts(value);
      } catch (error) {
        assert.ok(error instanceof FractalError, String(error));
      }
    }),
    { numRuns: 40_000 },
  );
});

test('dns:///name:port is a name that stands for its addresses, whatever they will be', () => {
  const [a, b, c] = parseHostfile('dns:///pods.example:7 slots=2\ndns:///pods.example\npods.example', 'hosts');
  assert.deepEqual(a, { host: 'pods.example', port: 7, dns: true, slots: 2, line: 1 });
  assert.deepEqual(b, { host: 'pods.example', port: 50051, dns: true, line: 2 });
  assert.deepEqual(c, { host: 'pods.example', port: 50051, line: 3 });
  for (const wrong of ['dns:///', 'dns:///a:b', 'dns:///a:1:2', 'dns:///a:0', 'dns:///-x', 'dns:///a:7 port=8']) {
    assert.throws(() => parseHostfile(wrong, 'hosts'), { code: 'HOSTFILE_SYNTAX', message: /^hosts:1:1: / }, wrong);
  }
});
