/** The formula of a picture, to and from the flags that name it. */

import type { Formula } from '../view/view.js';
import { invalid } from './values.js';

export const FORMULAS = ['mandelbrot', 'multibrot', 'julia', 'burning-ship', 'tricorn'] as const;

/** The Julia set that --formula julia alone shows. */
export const DEFAULT_JULIA = { re: '-0.8', im: '0.156' };

export interface FormulaValues {
  readonly formula: (typeof FORMULAS)[number];
  readonly power: number | undefined;
  readonly 'julia-re': string | undefined;
  readonly 'julia-im': string | undefined;
}

/** @throws FractalError REQUEST_INVALID */
export function formulaOf(v: FormulaValues): Formula {
  const { formula: name, power: given, 'julia-re': re, 'julia-im': im } = v;
  if (given !== undefined && given !== 2 && name === 'mandelbrot') {
    throw invalid(`--power ${given} belongs to --formula multibrot, julia, burning-ship or tricorn`);
  }
  const step = name === 'burning-ship' || name === 'tricorn' ? name : 'holomorphic';
  const power = given ?? (name === 'multibrot' ? 3 : 2);
  if (re === undefined && im === undefined) {
    return name === 'julia' ? { step, power, julia: DEFAULT_JULIA } : { step, power };
  }
  return { step, power, julia: { re: re ?? '0', im: im ?? '0' } };
}

/** Whether the imaginary axis points down by default: programs and books show the Burning Ship as a ship that floats upright. */
export function pointsDown({ step }: Formula): boolean {
  return step === 'burning-ship';
}

export type FormulaFlags = Partial<Record<keyof FormulaValues, string>>;

/** The flags with which `formulaOf` makes this formula. */
export function formulaFlags({ step, power, julia }: Formula): FormulaFlags {
  const constant = julia ? { 'julia-re': julia.re, 'julia-im': julia.im } : {};
  if (step !== 'holomorphic') return { formula: step, power: String(power), ...constant };
  if (julia) return { formula: 'julia', power: String(power), ...constant };
  return power === 2 ? { formula: 'mandelbrot' } : { formula: 'multibrot', power: String(power) };
}
