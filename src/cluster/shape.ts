/**
 * Checks the shape of a protobuf message before it is decoded (https://protobuf.dev/programming-guides/encoding/):
 * the decoder makes an object of every field that is there, so a megabyte of empty submessages would keep the event
 * loop busy for a long time. This check reads only tags and lengths.
 */

import { FractalError } from '../errors.js';
import { BOUNDS } from './bounds.js';

const LENGTH_DELIMITED = 2;

/** The fields of a message whose values are messages, with the same of those: their fields are counted, too. */
export interface Nested {
  readonly [field: number]: Nested;
}

/**
 * Checks a message of one `oneof`: it has exactly one field. `large`: the fields that may be longer than
 * BOUNDS.smallMessageBytes, each with the fields within it that are messages.
 * @throws FractalError PROTOCOL
 */
export function checkOneof(bytes: Uint8Array, large: Nested): void {
  if (bytes.length === 0) return;
  const { number, type, from, to } = fieldAt(bytes, 0, bytes.length);
  if (type !== LENGTH_DELIMITED || to !== bytes.length) throw wrong('several messages in one');
  const nested = large[number];
  if (nested !== undefined) checkFields(bytes, nested, from, to);
  else if (bytes.length > BOUNDS.smallMessageBytes) {
    throw wrong(`a message of ${bytes.length} bytes, the bound is ${BOUNDS.smallMessageBytes}`);
  }
}

/**
 * Checks the number of fields of a message, with those of the messages in it that `nested` names.
 * @throws FractalError PROTOCOL
 */
export function checkFields(bytes: Uint8Array, nested: Nested, from = 0, to = bytes.length): void {
  countFields(bytes, nested, from, to, 0);
}

/** How many they are, with those `before`. */
function countFields(bytes: Uint8Array, nested: Nested, from: number, to: number, before: number): number {
  let count = before;
  for (let at = from; at < to; ) {
    if (++count > BOUNDS.fields) throw wrong(`a message of more than ${BOUNDS.fields} fields`);
    const field = fieldAt(bytes, at, to);
    const inner = nested[field.number];
    if (field.type === LENGTH_DELIMITED && inner) count = countFields(bytes, inner, field.from, field.to, count);
    at = field.to;
  }
  return count;
}

interface Field {
  readonly number: number;
  readonly type: number;
  /** Where its value begins and ends. */
  readonly from: number;
  readonly to: number;
}

function fieldAt(bytes: Uint8Array, at: number, end: number): Field {
  const [tag, from] = varint(bytes, at, end);
  const field = { number: Math.floor(tag / 8), type: tag % 8 };
  switch (field.type) {
    case 0:
      return { ...field, from, to: varint(bytes, from, end)[1] };
    case 1:
      return { ...field, from, to: within(from + 8, end) };
    case LENGTH_DELIMITED: {
      const [length, begin] = varint(bytes, from, end);
      return { ...field, from: begin, to: within(begin + length, end) };
    }
    case 5:
      return { ...field, from, to: within(from + 4, end) };
    default:
      throw wrong(`a field of type ${field.type}`);
  }
}

/** The number, and where the next byte is. */
function varint(bytes: Uint8Array, at: number, end: number): [value: number, next: number] {
  let value = 0;
  for (let k = 0; k < 10 && at + k < end; k++) {
    const byte = bytes[at + k] as number;
    value += (byte & 127) * 2 ** (7 * k);
    if (byte < 128) return [value, at + k + 1];
  }
  throw wrong('a number that does not end');
}

function within(to: number, end: number): number {
  if (to > end) throw wrong('a field that ends behind its message');
  return to;
}

function wrong(what: string): FractalError {
  return new FractalError('PROTOCOL', `the peer sent ${what}`);
}
