/** The kinds of values: from text to a checked value. Each message completes the sentence `--name "value" is not …`. */

import * as z from 'zod';
import { parseAddress } from '../../cluster/transport.js';
import { isCoordinate, isZoom, MAX_DIGITS, MAX_ITERATIONS, ZOOM_LOG10 } from '../../view/bounds.js';
import { outlineOf, parseDecimal, wholeOf } from '../../view/decimal.js';
import { SAMPLING_ERROR } from '../../view/view.js';
import { ExpressionError } from '../limit/expression.js';
import { limitOf } from '../limit/limit.js';

export const ZOOMS = `a number from 1e${ZOOM_LOG10.min} to 1e${ZOOM_LOG10.max}`;

const MAX_EXPRESSION = 1000;

export const text = z.string();

/** Any text but none. `what`: such as 'a file name'. */
export const someText = (what: string) => text.min(1, { message: what });

export const file = someText('a file name');
/** Of a flag that may be given several times. */
export const files = file.transform((v) => v.split('\n'));

/** In any spelling: 64, 64.0, 6.4e1. */
export const whole = (min: number, max: number) =>
  text
    .refine((v) => isBetween(wholeOf(v), min, max), { message: `a whole number from ${min} to ${max}` })
    .transform((v) => wholeOf(v) as number);

export const real = (min: number, max: number) =>
  text
    .refine((v) => parseDecimal(v) !== undefined && isBetween(Number(v), min, max), {
      message: `a number from ${min} to ${max}`,
    })
    // -0 would come back as 0 from the parameters of a picture.
    .transform((v) => Number(v) + 0);

/** A strength from 0 to 1; 'true', or no value: the usual one. */
export const strength = (usual: number) =>
  z.union([z.enum(['', 'true']).transform(() => usual), real(0, 1)], { message: 'a number from 0 to 1' });

/** The check that fails first gives the message. */
const decimal = text
  .refine((v) => v.length <= MAX_DIGITS, { message: `a number of at most ${MAX_DIGITS} characters`, abort: true })
  .refine((v) => outlineOf(v) !== undefined, { message: 'a decimal number such as -0.75 or 1.5e-30', abort: true });

/** A decimal string of any length, as the three that follow. */
export const coordinate = decimal.refine((v) => isCoordinate(v), { message: 'a number from -1e100 to 1e100' });

export const positive = decimal.refine((v) => (parseDecimal(v)?.digits ?? 1n) > 0n, { message: 'a number above 0' });

export const zoom = positive.refine((v) => isZoom(v), { message: ZOOMS });

/** `auto`, a number, or what limit.ts takes: the limit of each frame. */
export const iterations = text.transform((v, context): 'auto' | number | { readonly limit: string } => {
  if (v === 'auto') return v;
  const value = wholeOf(v);
  if (isBetween(value, 1, MAX_ITERATIONS)) return value as number;
  const message = 'auto, or a whole number from 1 to 2^48';
  const why = outlineOf(v) ? message : limitMistake(v);
  if (why === undefined) return { limit: v.trim() };
  context.addIssue({ code: 'custom', message: why === message ? message : `${message}, or an expression: ${why}` });
  return z.NEVER;
});

/** Samples a pixel: a number, or `auto`, `auto:8`, the standard error for which there are as many as it takes. */
export const sampleCount = (most: number) => {
  const { min, max, usual } = SAMPLING_ERROR;
  return text.transform((v, context): number | { readonly error: number } => {
    if (v === 'auto') return { error: usual };
    const count = wholeOf(v);
    if (isBetween(count, 1, most)) return count as number;
    const error = v.startsWith('auto:') ? v.slice('auto:'.length) : '';
    if (parseDecimal(error) !== undefined && isBetween(Number(error), min, max)) return { error: Number(error) };
    const message = `auto, auto:E with E from ${min} to ${max} levels, or a whole number from 1 to ${most}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
};

function limitMistake(v: string): string | undefined {
  if (v.length > MAX_EXPRESSION) return `at most ${MAX_EXPRESSION} characters are one`;
  try {
    limitOf(v);
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
  return undefined;
}

export const yesNo = z.enum(['true', 'false'], { message: 'true or false' }).transform((v) => v === 'true');

export const oneOf = <T extends string>(...names: T[]) =>
  z.enum(names as [T, ...T[]], { message: `one of ${names.join(', ')}` });

export const hexColour = text.regex(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i, { message: 'a hex colour such as #102030' });

const BYTES = /^(\d{1,15})([KMGT]?)i?B?$/i;

/** A number of bytes: 500M, 2G; powers of 1024. */
export const byteSize = text.regex(BYTES, { message: 'a number of bytes such as 500M or 2G' }).transform((v) => {
  const [, digits, unit = ''] = BYTES.exec(v) ?? [];
  return Number(digits) * 1024 ** ' KMGT'.indexOf(unit.toUpperCase() || ' ');
});

const SHARE = /^(\d{1,3}(?:\.\d{1,9})?|\.\d{1,9})(%?)$/;

function shareOf(v: string): number {
  const [, number, percent] = SHARE.exec(v) ?? [];
  return Number(number) / (percent ? 100 : 1);
}

/** A share of a whole, as a number from 0 to 1 or in percent. */
export const share = text
  .refine((v) => isBetween(shareOf(v), 0, 1), { message: 'a share: write 0.05, or 5%' })
  .transform(shareOf);

/** "node01:50051", "[::1]:50051". */
export const address = text.transform((v, context) => {
  const parsed = parseAddress(v);
  if (parsed) return parsed;
  context.addIssue({ code: 'custom', message: 'host:port: write 10.0.0.1:50050, or [::1]:50050' });
  return z.NEVER;
});

/** Without a slash at the end. */
export const httpUrl = text
  .refine((v) => URL.canParse(v) && /^https?:$/.test(new URL(v).protocol), { message: 'an http or https URL' })
  .transform((v) => v.replace(/\/+$/, ''));

/** `true`, or no value: text. `false`: none. */
export const metricsFormat = z
  .enum(['true', 'false', 'text', 'json'], { message: 'text or json' })
  .transform((v) => (v === 'true' ? 'text' : v === 'false' ? false : v));

function isBetween(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}
