/**
 * Exact decimal numbers of any length and exponent: what coordinates and zooms are until a kernel rounds them once.
 * The value is digits * 10^exponent.
 */

export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,15}))?$/;
/** Larger exponents are not read as numbers: some millions of digits are the most that can be computed with. */
const MAX_EXPONENT = 1_000_000;

interface Parts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
}

function partsOf(text: string): Parts | undefined {
  const match = SYNTAX.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  if (Math.abs(Number(exponent)) > MAX_EXPONENT) return undefined;
  return { negative: sign === '-', whole, fraction, exponent: Number(exponent) };
}

/** "-0.75", "1e-300", "+.5", "3."; undefined for anything that is not a finite decimal number. */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = partsOf(text);
  if (!parts) return undefined;
  const { negative, whole, fraction, exponent } = parts;
  const digits = BigInt(whole + fraction);
  return { digits: negative ? -digits : digits, exponent: exponent - fraction.length };
}

/** Properties of a number as text, without converting its digits, which is slow for many digits. */
export interface Outline {
  /** floor(log10(|d|)), -Infinity for zero. */
  readonly magnitude: number;
  readonly negative: boolean;
  /** Digits behind the point, as given: "-1.50" has two, "1e-3" three, "1e5" none. */
  readonly decimals: number;
}

/** undefined for what parseDecimal does not take. */
export function outlineOf(text: string): Outline | undefined {
  const parts = partsOf(text);
  if (!parts) return undefined;
  const { negative, whole, fraction, exponent } = parts;
  const first = (whole + fraction).search(/[1-9]/);
  return {
    magnitude: first < 0 ? -Infinity : whole.length - 1 - first + exponent,
    negative: negative && first >= 0,
    decimals: Math.max(0, fraction.length - exponent),
  };
}

/** The whole number that a text stands for, in any spelling: "64", "64.0", "6.4e1"; undefined beyond 20 digits. */
export function wholeOf(text: string): number | undefined {
  const outline = outlineOf(text);
  if (!outline || outline.magnitude > 20) return undefined;
  const { digits, exponent } = parseDecimal(text) as Decimal;
  if (digits === 0n) return 0;
  if (exponent >= 0) return Number(digits * 10n ** BigInt(exponent));
  // A whole number ends in as many zeros as it has digits behind the point.
  const zeros = /0*$/.exec(digits.toString())?.[0].length ?? 0;
  return zeros >= -exponent ? Number(digits / 10n ** BigInt(-exponent)) : undefined;
}

/** log10(|d|) in double precision, however large the exponent; -Infinity for zero. */
export function log10(d: Decimal): number {
  if (d.digits === 0n) return -Infinity;
  const text = d.digits.toString().replace('-', '');
  return Math.log10(Number(`0.${text.slice(0, 20)}`)) + text.length + d.exponent;
}

const PLAIN = /^-?\d+\.\d+$/;
/** Digits of a difference that are looked at. */
const LEADING = 30;

/**
 * log10(|a - b|) of decimal texts, -Infinity for equal ones: of plain texts by the digits from the first on that differs, since
 * there may be thousands. Where 9s stand against 0s from there on, it may be too large.
 */
export function differenceLog10(a: string, b: string): number {
  if (a === b) return -Infinity;
  const point = a.indexOf('.');
  if (PLAIN.test(a) && PLAIN.test(b) && b.indexOf('.') === point) {
    let first = 0;
    while (a[first] === b[first]) first++;
    const digits = (text: string) => BigInt(text.slice(first, first + LEADING).padEnd(LEADING, '0'));
    const difference = first > point ? digits(a) - digits(b) : 0n;
    if (difference !== 0n) return log10({ digits: difference, exponent: point + 1 - first - LEADING });
  }
  const [p, q] = [parseDecimal(a), parseDecimal(b)];
  return p && q ? log10(add(p, negate(q))) : Number.NaN;
}

/** The decimal whose log10 is the given one, to 17 digits: so that geometric zoom paths may have any exponent. */
export function fromLog10(log: number): string {
  const exponent = Math.floor(log);
  // Not 10 ** x, whose last bit is another one from Node 24 on.
  const mantissa = Math.exp((log - exponent) * Math.LN10);
  return exponent === 0 ? String(mantissa) : `${mantissa}e${exponent}`;
}

/** floor(d * 2^bits): fixed point. */
export function toFixed(d: Decimal, bits: number): bigint {
  const scaled = d.digits << BigInt(bits);
  if (d.exponent >= 0) return scaled * 10n ** BigInt(d.exponent);
  const divisor = 10n ** BigInt(-d.exponent);
  const quotient = scaled / divisor;
  return quotient * divisor > scaled ? quotient - 1n : quotient;
}

/** The nearest double, and the double nearest to the remainder: together about 106 bits of d. */
export function toDoubles(text: string): [high: number, low: number] {
  // What is behind 1,100 decimals is below every double.
  const d = parseDecimal(text.replace(/^([+-]?\d*\.\d{1100})\d+$/, '$1'));
  if (!d) return [Number.NaN, Number.NaN];
  const high = Number(`${d.digits}e${d.exponent}`);
  if (!Number.isFinite(high) || high === 0) return [high, 0];
  const bits = 1200;
  const rest = toFixed(d, bits) - doubleToFixed(high, bits);
  return [high, fixedToDouble(rest, bits)];
}

/** A double as fixed point; exact when bits >= 1074. */
function doubleToFixed(value: number, bits: number): bigint {
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent++;
  }
  return BigInt(scaled) << BigInt(bits - exponent);
}

function fixedToDouble(value: bigint, bits: number): number {
  const length = (value < 0n ? -value : value).toString(2).length;
  const drop = Math.max(0, length - 64);
  return Number(value >> BigInt(drop)) * 2 ** (drop - bits);
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const digits = a.digits * 10n ** BigInt(a.exponent - exponent) + b.digits * 10n ** BigInt(b.exponent - exponent);
  return { digits, exponent };
}

/** d cut off behind so many decimals. */
export function cutOff(d: Decimal, decimals: number): Decimal {
  const more = -d.exponent - decimals;
  return more <= 0 ? d : { digits: d.digits / 10n ** BigInt(more), exponent: -decimals };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

export function negate(a: Decimal): Decimal {
  return { digits: -a.digits, exponent: a.exponent };
}

/** a / b to at least `significant` digits, cut off. */
export function divide(a: Decimal, b: Decimal, significant: number): Decimal {
  const shift = Math.max(0, significant + b.digits.toString().length - a.digits.toString().length + 1);
  return { digits: (a.digits * 10n ** BigInt(shift)) / b.digits, exponent: a.exponent - b.exponent - shift };
}

/** The shortest exact text: "-0.75", "1.5e50". */
export function formatDecimal({ digits, exponent }: Decimal): string {
  if (digits === 0n) return '0';
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString();
  const text = all.replace(/0+$/, '');
  const point = all.length + exponent;
  if (point > 0 && point <= 21) {
    return sign + (text.length > point ? `${text.slice(0, point)}.${text.slice(point)}` : text.padEnd(point, '0'));
  }
  if (point <= 0 && point > -7) return `${sign}0.${'0'.repeat(-point)}${text}`;
  return `${sign}${text[0]}${text.length > 1 ? `.${text.slice(1)}` : ''}e${point - 1}`;
}

/** The same text for the same number, however it was written; texts that are no number stay as they are. */
export function plainDecimal(text: string): string {
  const number = parseDecimal(text);
  return number ? formatDecimal(number) : text;
}
