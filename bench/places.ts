/** Views of every kind: shallow and deep, sparse and dense, of each formula; by the flags that show them. */

import { readFileSync } from 'node:fs';
import type { RawRequest } from '../src/request/parse.js';

export interface Shown {
  readonly name: string;
  readonly flags: RawRequest;
}

const at = (xpos: string, ypos: string, zoom: string, more: RawRequest = {}): RawRequest => ({
  ...{ xpos, ypos, zoom },
  ...more,
});
const julia = (re: string, im: string): RawRequest => ({ formula: 'julia', 'julia-re': re, 'julia-im': im });

const SHALLOW: readonly Shown[] = [
  { name: 'whole set', flags: at('-0.6', '0', '1.2') },
  { name: 'seahorse', flags: at('-0.7436438870371587', '0.13182590420531197', '1e3') },
  { name: 'spirals', flags: at('-0.7436438870371587', '0.13182590420531197', '1e6') },
  { name: 'spirals deep', flags: at('-0.7436438870371587', '0.13182590420531197', '1e12') },
  { name: 'elephants', flags: at('0.2925755', '-0.0149977', '2e3') },
  { name: 'star', flags: at('-0.81153120295763', '0.20142958206181', '1.2e4') },
  { name: 'lightning', flags: at('-0.235125', '0.827215', '1e5') },
  { name: 'snowflake', flags: at('-1.315180982097868', '0.073481649996795', '2e13') },
  { name: 'rosette', flags: at('0.281717921930775', '0.5771052841488505', '2.5e12') },
  { name: 'island', flags: at('-1.7598171332019067457', '-0.0125933093380550574', '3e8') },
  { name: 'wheel', flags: at('-0.7445398603559083806', '0.1217237738944248242', '8e16') },
  { name: 'antenna', flags: at('-1.78', '0', '30') },
  { name: 'outside', flags: at('0.6', '0.8', '20') },
  { name: 'rabbit', flags: at('0', '0', '1.2', julia('-0.123', '0.745')) },
  { name: 'dendrite', flags: at('0', '0', '1.3', julia('0', '1')) },
  { name: 'dust', flags: at('0', '0', '1.3', julia('-0.8', '0.3')) },
  { name: 'ship', flags: at('-0.45', '-0.5', '1.1', { formula: 'burning-ship' }) },
  { name: 'power 8', flags: at('0', '0', '1.4', { formula: 'multibrot', power: '8' }) },
];

/** Of test/golden. */
const GOLDEN: readonly (readonly [file: string, ids: readonly string[]])[] = [
  [
    'golden.json',
    ['default', 'minibrot-valley', 'zoom-end', 'kf-1e14', 'kf-1e50', 'kf-5e113', 'kf-4e533', 'rf-flake', 'rf-e318'],
  ],
  ['golden.json', ['rf-dragon', 'rf-tick_tock', 'rf-burning_ship_test']],
  ['formulas.json', ['mandelbrot-power3', 'mandelbrot-power5', 'julia', 'burning-ship', 'tricorn']],
  ['deep-formulas.json', ['power3-1e20', 'tricorn-1e20', 'julia-rabbit-1e120', 'burning-ship-1e60']],
];

/** A view as files of golden values have it. */
interface Golden {
  readonly id: string;
  readonly formula: string;
  readonly power?: number;
  readonly juliaRe?: string;
  readonly juliaIm?: string;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly iterations: number;
}

function golden(file: string, ids: readonly string[]): Shown[] {
  const views: Golden[] = JSON.parse(readFileSync(new URL(`../../test/golden/${file}`, import.meta.url), 'utf8'));
  return views.filter(({ id }) => ids.includes(id)).map((view) => ({ name: view.id, flags: flagsOf(view) }));
}

function flagsOf({ formula, power = 2, juliaRe = '', juliaIm = '', re, im, zoom, iterations }: Golden): RawRequest {
  const named = formula === 'mandelbrot' && power > 2 ? 'multibrot' : formula;
  return at(re, im, zoom, {
    ...(named === 'julia' ? julia(juliaRe, juliaIm) : { formula: named }),
    ...(power > 2 ? { power: String(power) } : {}),
    iters: String(iterations),
  });
}

export function places(): readonly Shown[] {
  return [...SHALLOW, ...GOLDEN.flatMap(([file, ids]) => golden(file, ids))];
}
