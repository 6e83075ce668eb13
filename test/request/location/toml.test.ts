import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseToml, type Toml, TomlError } from '../../../src/request/location/toml.js';

/** Maps as plain objects, to compare. */
function plain(value: Toml): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
}

test('tables, dotted and quoted keys, lists of tables; numbers stay text', () => {
  const text = 'a.b = 1.50 # one\n"c d" = true\r\n[t.u]\nx = -1e400\n[[l]]\ny = 1\n[[l]]\ny = 2\n[l.z]\nw = 3\n';
  assert.deepEqual(plain(parseToml(text)), {
    a: { b: '1.50' },
    'c d': 'true',
    t: { u: { x: '-1e400' } },
    l: [{ y: '1' }, { y: '2', z: { w: '3' } }],
  });
});

test('whole numbers in other bases are read', () => {
  const table = parseToml('a = 0x1_90\nb = 0o17\nc = 0b101\nd = 0xg\ne = 0.5');
  assert.deepEqual([...table.values()], ['400', '15', '5', '0xg', '0.5']);
});

test('strings of all four kinds', () => {
  const text = `a = "x\\t\\"\\u00e9\\\\"\nb = 'C:\\n'\nc = """\nx\\\n   y "" z"""\nd = '''\n[t]\n'''\n`;
  assert.deepEqual(plain(parseToml(text)), { a: 'x\t"é\\', b: 'C:\\n', c: 'xy "" z', d: '[t]\n' });
});

test('lists over lines, with comments, and inline tables', () => {
  const text = 'a = [1, # one\n  [2, "3]"],\n]\nb = {c.d = 1, e = []}\n';
  assert.deepEqual(plain(parseToml(text)), { a: ['1', ['2', '3]']], b: { c: { d: '1' }, e: [] } });
});

test('errors name their line', () => {
  const wrong: readonly [string, number, RegExp][] = [
    ['a = 1\nb', 2, /"="/],
    ['a = "x\ny"', 1, /no end/],
    ['a = """\n\n', 1, /no end/],
    ['a = 1 2', 1, /ended before/],
    ['a = 1\na.b = 2', 2, /a value and a table/],
    ['\n\n[[a', 3, /"]]"/],
    ['a = [1\n', 1, /list/],
    [`a = ${'['.repeat(100)}`, 1, /deep/],
  ];
  for (const [text, line, why] of wrong) {
    assert.throws(
      () => parseToml(text),
      (error) => error instanceof TomlError && error.line === line && why.test(error.message),
      text,
    );
  }
});

test('any string comes back from any kind of quotes that can hold it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(parseToml(`a = ${JSON.stringify(text)}`).get('a'), text);
      assert.equal(parseToml(`a = """${JSON.stringify(text).slice(1, -1)}"""`).get('a'), text);
      const literal = text.replaceAll("'", '');
      assert.equal(parseToml(`a = '${literal}'`).get('a'), literal);
    }),
  );
});

test('a megabyte of any text is read quickly', () => {
  for (const piece of ['#\n', '\n', '[', 'a=1\n', '[[a]]\n', '"', '\\', 'a.', '{a=']) {
    try {
      parseToml(piece.repeat((1 << 20) / piece.length));
    } catch (error) {
      assert.ok(error instanceof TomlError, String(error));
    }
  }
});
