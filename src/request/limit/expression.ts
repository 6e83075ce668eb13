/**
 * Expressions of --iters, as calculators have them:
 *
 *   sum = product (("+" | "-") product)*       product = signed (("*" | "/") signed)*
 *   signed = "-" signed | power                power = atom ("^" signed)?
 *   atom = number | name | function "(" sum ("," sum)* ")" | "(" sum ")"
 */

import { nearest } from '../../nearest.js';
import { type Extended, exp2, extended, isLess, log2, negative, over, plus, root, times, toPower } from './extended.js';

/** The values of an expression's names. */
export interface Moment {
  /** From 0. */
  readonly frame: number;
  /** 0 in the first frame, 1 in the last. */
  readonly t: number;
  /** log10 of the zoom. */
  readonly depth: number;
}

export type Expression = (moment: Moment) => Extended;

/** The message completes a sentence about the expression. */
export class ExpressionError extends Error {}

const LOG2_10 = Math.LN10 / Math.LN2;

const NAMES: Readonly<Record<string, Expression>> = {
  zoom: ({ depth }) => exp2(depth * LOG2_10),
  frame: ({ frame }) => extended(frame),
  t: ({ t }) => extended(t),
};

type Operation = (...values: readonly Extended[]) => Extended;

const scaledLog = (scale: number) => (x: Extended) => extended(log2(x) * scale);
const chosen =
  (better: (a: Extended, b: Extended) => boolean) =>
  (first: Extended, ...rest: readonly Extended[]) =>
    rest.reduce((a, b) => (Number.isNaN(b.m) || better(b, a) ? b : a), first);

/** With the number of their values; 0: any. */
const FUNCTIONS: Readonly<Record<string, readonly [Operation, number]>> = {
  log2: [scaledLog(1) as Operation, 1],
  log10: [scaledLog(1 / LOG2_10) as Operation, 1],
  ln: [scaledLog(Math.LN2) as Operation, 1],
  sqrt: [root as Operation, 1],
  min: [chosen(isLess) as Operation, 0],
  max: [chosen((a, b) => isLess(b, a)) as Operation, 0],
};

/** More nested parentheses and signs are refused. */
const MAX_DEPTH = 100;

/** @throws ExpressionError naming the column */
export function parseExpression(text: string): Expression {
  let at = 0;
  const fail = (what: string, where = at) => new ExpressionError(`${what} at column ${where + 1}`);
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const take = (marks: string): string | undefined => {
    match(/\s*/y);
    const mark = text[at];
    return mark !== undefined && marks.includes(mark) ? text[at++] : undefined;
  };
  const close = () => {
    if (!take(')')) throw fail('a ")" is missing');
  };

  const sum = (depth: number): Expression => {
    let left = product(depth);
    for (let mark = take('+-'); mark; mark = take('+-')) {
      const [a, b, minus] = [left, product(depth), mark === '-'];
      left = (moment) => plus(a(moment), minus ? negative(b(moment)) : b(moment));
    }
    return left;
  };
  const product = (depth: number): Expression => {
    let left = signed(depth);
    for (let mark = take('*/'); mark; mark = take('*/')) {
      const [a, b, operation] = [left, signed(depth), mark === '*' ? times : over];
      left = (moment) => operation(a(moment), b(moment));
    }
    return left;
  };
  const signed = (depth: number): Expression => {
    if (depth > MAX_DEPTH) throw fail(`more than ${MAX_DEPTH} parentheses and signs lie in one another`);
    if (!take('-')) return power(depth);
    const value = signed(depth + 1);
    return (moment) => negative(value(moment));
  };
  const power = (depth: number): Expression => {
    const base = atom(depth);
    if (!take('^')) return base;
    const exponent = signed(depth + 1);
    return (moment) => toPower(base(moment), exponent(moment));
  };
  const atom = (depth: number): Expression => {
    if (take('(')) {
      const inner = sum(depth + 1);
      close();
      return inner;
    }
    const from = at;
    const number = match(/(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy);
    if (number !== undefined) {
      if (!Number.isFinite(Number(number))) throw fail(`"${number}" is too large`, from);
      const value = extended(Number(number));
      return () => value;
    }
    const name = match(/[a-z]\w*/iy);
    if (name === undefined) throw fail('a number, zoom, frame, t or a function is missing', from);
    if (Object.hasOwn(NAMES, name)) return NAMES[name] as Expression;
    if (Object.hasOwn(FUNCTIONS, name)) return call(name, from, depth);
    const known = new Set([...Object.keys(NAMES), ...Object.keys(FUNCTIONS)]);
    throw fail(`"${name.slice(0, 20)}" is not a name${nearest(name, known)}`, from);
  };
  const call = (name: string, from: number, depth: number): Expression => {
    const [operation, count] = FUNCTIONS[name] as readonly [Operation, number];
    if (!take('(')) throw fail(`${name} has no "(" behind it`);
    const values = [sum(depth + 1)];
    while (take(',')) values.push(sum(depth + 1));
    close();
    if (count > 0 && values.length !== count) throw fail(`${name} takes one value`, from);
    return (moment) => operation(...values.map((one) => one(moment)));
  };

  const whole = sum(0);
  match(/\s*/y);
  if (at < text.length) throw fail(`"${text.slice(at, at + 10)}" is one too many`);
  return whole;
}
