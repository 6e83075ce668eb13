/**
 * Patterns made of the phase of samples, on top of any colours:
 *
 *   stripes        cos(2π·N·phase), averaged over the iterates after the escape (J. Härkönen, "On smooth fractal coloring
 *                  techniques", 2007, averages over those before it). The term of the next iterate has the weight that the first one
 *                  lacks, 1 - S(f), so that nothing changes abruptly where bands meet
 *   decomposition  sectors of the phase, every other one darkened; two sectors are the binary decomposition
 *   lines          lines of constant phase, the field lines of the set's potential
 *   texture        a picture on the phase and the fraction (texture.ts)
 *
 * Where they are as fine as the footprints of samples, they fade. Only + - * / and comparisons.
 */

import { edgeShare, forEscaped } from './escape.js';
import type { Painted } from './painted.js';
import { inShade } from './slope.js';
import { levelsOf, mixTexture, type Texture } from './texture.js';

/** So many in a turn of the phase; 0 to 1: how strong. */
export interface Pattern {
  readonly count: number;
  readonly strength: number;
}

/** Absent ones are not drawn. */
export interface Patterns {
  readonly stripes?: Pattern;
  readonly decomposition?: Pattern;
  readonly lines?: Pattern;
  /** Drawn before the others. */
  readonly texture?: Texture;
}

/** The width of a field line in pixels of a picture of LINE_ROWS rows; larger pictures get wider lines. */
const LINE = 1.25;
const LINE_ROWS = 720;
/** Field lines fade where the next one is nearer than so many widths, and are gone at half of that. */
const APART = 4;

/** `height`: of the picture, in pixels. `colours`: linear light, 3 numbers a sample. */
export function drawPatterns(samples: Painted, patterns: Patterns, height: number, colours: Float64Array): void {
  const { escaping } = samples;
  if (!escaping) throw new TypeError('phases came without the view that they are of');
  const { stripes, decomposition, lines, texture } = patterns;
  const levels = texture ? levelsOf(texture) : [];
  const { power } = escaping;
  const width = LINE * Math.max(1, height / LINE_ROWS);
  const perPixel = samples.scale ?? Math.sqrt(samples.perPixel);
  forEscaped(samples, escaping, (sample, at) => {
    const { fraction, phase, next, turns } = sample;
    if (texture) mixTexture(sample, power, texture, levels, colours, at);
    if (stripes) {
      const own = smooth(fraction);
      const { count, strength } = stripes;
      const wave = own * waveOf(count * phase, count * turns);
      shade(colours, at, strength * (wave + (1 - own) * waveOf(count * next, count * power * turns)));
    }
    if (decomposition) {
      const own = edgeShare(sample);
      const half = decomposition.count / 2;
      const light = own * squareOf(half * phase, half * turns);
      const mean = light + (1 - own) * squareOf(half * next, half * power * turns);
      darken(colours, at, (decomposition.strength * (1 - mean)) / 2);
    }
    if (lines) {
      const own = smooth(fraction);
      const line = own * lineOf(phase, lines.count, perPixel * turns, width);
      const other = (1 - own) * lineOf(next, lines.count, perPixel * power * turns, width);
      darken(colours, at, lines.strength * (line + other));
    }
  });
}

/** From 0 to 1 with slope 0 at both. */
function smooth(x: number): number {
  return x * x * (3 - 2 * x);
}

/** Stripes are gone where a light and a dark one are together as wide as so many samples. */
const FINEST = 1.5;

/** cos(2πx), less where `width` is a large part of a period. */
function waveOf(x: number, width: number): number {
  const fine = FINEST * width;
  if (!(fine < 1)) return 0;
  const y = Math.abs(2 * (x - Math.floor(x)) - 1) - 0.5;
  const y2 = y * y;
  // sin(πy) from its Taylor series.
  const sine = y * (Math.PI + y2 * (-5.16771278004997 + y2 * (2.550164039877345 - 0.5992645293207919 * y2)));
  const rest = 1 - fine * fine;
  return sine * rest * rest;
}

/** 1 in the first half of a unit, -1 in the second one: its mean over `width`. */
function squareOf(x: number, width: number): number {
  if (width < 1e-9) return x - Math.floor(x) < 0.5 ? 1 : -1;
  return (triangle(x + width / 2) - triangle(x - width / 2)) / width;
}

/** The integral of the square wave. */
function triangle(x: number): number {
  const part = x - Math.floor(x);
  return part < 0.5 ? part : 1 - part;
}

/** How much of a pixel a line covers. `turns`: of the phase across it. `width`: of the line, in pixels. */
function lineOf(phase: number, count: number, turns: number, width: number): number {
  const x = count * phase;
  const off = Math.abs(x - Math.floor(x + 0.5)) / count;
  const covered = (width + 1) / 2 - off / turns;
  if (!(covered > 0)) return 0;
  const apart = 2 / (count * turns * width * APART) - 1;
  return apart > 0 ? Math.min(1, covered) * Math.min(1, apart) * Math.min(1, width) : 0;
}

function shade(colours: Float64Array, at: number, by: number): void {
  for (let c = at; c < at + 3; c++) colours[c] = inShade(colours[c] as number, by);
}

function darken(colours: Float64Array, at: number, by: number): void {
  const rest = 1 - by;
  for (let c = at; c < at + 3; c++) colours[c] = (colours[c] as number) * rest;
}
