import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Json, JsonError, parseJson } from '../../src/request/json.js';

/** With numbers, true and false as text, as parseJson gives them. */
function plain(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  return Array.isArray(json) ? json.map(plain) : json;
}

function asText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
}

test('any JSON is read as JSON.parse reads it, with numbers as they are written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
      assert.deepEqual(
        plain(parseJson(JSON.stringify(value, null, indent))),
        asText(JSON.parse(JSON.stringify(value))),
      );
    }),
    { seed: 1, numRuns: 3000 },
  );
  assert.equal(parseJson('-0.10e+400'), '-0.10e+400');
});

test('what is not JSON is an error at its line and column, but for keys without quotes', () => {
  assert.deepEqual(plain(parseJson('{START: [1, 2.50], zoom-end: 3, _a1: "x"}')), {
    START: ['1', '2.50'],
    'zoom-end': '3',
    _a1: 'x',
  });
  const wrong: readonly [text: string, line: number, column: number, why: RegExp][] = [
    ['', 1, 1, /it ends where a value/],
    ['{"a": 1', 1, 8, /it ends where "," or "}"/],
    ['{"a": 1,}', 1, 9, /a key is missing/],
    ['{"a": 1 "b": 2}', 1, 9, /"," or "}" is missing/],
    ['{\n"a" 1}', 2, 5, /":" is missing/],
    ['{"a": 1, b: 2,\n "a": 3}', 2, 2, /"a" stands twice/],
    ['{a: 1, "a": 1}', 1, 8, /"a" stands twice/],
    ['{"a": "x\ny"}', 1, 7, /string that begins here has no end/],
    ['{"a": "\\q"}', 1, 7, /backslash/],
    ['{"a": 01}', 1, 7, /a value/],
    ['{"a": 1.}', 1, 7, /a value/],
    ['{"a": NaN}', 1, 7, /a value/],
    ['{"a": trueish}', 1, 7, /a value/],
    ['[1] 2', 1, 5, /ended before/],
    ['['.repeat(100), 1, 34, /deep/],
  ];
  for (const [text, line, column, why] of wrong) {
    assert.throws(
      () => parseJson(text),
      (error) => {
        assert.ok(error instanceof JsonError, text);
        assert.deepEqual([error.line, error.column], [line, column], text);
        assert.match(error.message, why);
        return true;
      },
    );
  }
});

test('broken JSON is refused as JSON.parse refuses it', () => {
  const text = fc
    .tuple(fc.json(), fc.nat(200), fc.constantFrom('{', '"', ',', ']', '-', '\\', '\n', '1', ''))
    .map(
      ([json, at, piece]) => json.slice(0, at % (json.length + 1)) + piece + json.slice((at % (json.length + 1)) + 1),
    );
  const parsed = (parse: () => unknown) => {
    try {
      return [parse()];
    } catch (error) {
      assert.ok(error instanceof SyntaxError || error instanceof JsonError, String((error as Error).stack));
      return [];
    }
  };
  fc.assert(
    fc.property(text, (value) => {
      const [theirs] = parsed(() => JSON.parse(value));
      const ours = parsed(() => parseJson(value));
      // This parser is stricter: a key twice is an error; it accepts keys without quotes.
      if (ours.length === 0 || /[{,]\s*[A-Za-z_]/.test(value)) return;
      assert.notEqual(theirs, undefined, value);
    }),
    { seed: 2, numRuns: 5000 },
  );
});
