/** The state of one slot: the arguments of a call of `iterate`, and its progress. */

import { DISCS_BYTES } from './known-cycle';
import { LANES_BYTES } from './lane';
import { log2 } from './log2';
import { beginProofs, openProofs, Proofs } from './proofs';
import { ADDED } from './spread';
import { TRAY_BYTES } from './tray';

/** Flags: points are z_0 and c is given; whole counts; interior shortcuts and proofs. */
export const FLAG_JULIA: i32 = 1;
export const FLAG_WHOLE: i32 = 2;
export const FLAG_INTERIOR: i32 = 4;

/** Iterations of the first run on a tray, which shows whether a point needs a lane. */
export const TRIAL: i32 = 16;
export const SHORTEST_REST: i32 = 8;

@unmanaged
export class Job {
  /** The formula, as in formula.ts; of a Julia set points are z_0 and c is juliaRe + i·juliaIm. */
  step: i32;
  power: i32;
  julia: bool;
  juliaRe: f64;
  juliaIm: f64;
  whole: bool;
  /** Points begin at z_first: 1 of a Mandelbrot set, since z_1 is c, otherwise 0. Counts, and the limit, are from there on. */
  first: i64;
  limit: i64;
  /** |z|^2 at the bailout. */
  bailout2: f64;
  perLog2: f64;
  /** Whether discs around z are proved; the closed forms; attracting cycles of z^d + c. */
  discs: bool;
  closedForms: bool;
  cycles: bool;
  /** Arrays of `count` points and of their nu, and the next point that has no lane yet. */
  re: usize;
  im: usize;
  nu: usize;
  /** Array of the width of nu across each point's footprint; 0: none. */
  footprint: usize;
  /** Array of the phase of the iterate of which each point's nu is made; 0: none. */
  phase: usize;
  /** The size of a point's footprint in the plane. */
  side: f64;
  /** What an iteration adds to the square of a spread (spread.ts). */
  added: f64;
  count: i32;
  next: i32;
  /** Iterations of finished points. */
  done: i64;
  /** Whether points are iterated on trays: only z^2. */
  trays: bool;
  /** A bit for every point of the tray `readyTray` that needs a lane; how many are on the tray `escapedTray`. */
  ready: i32;
  escaped: i32;
  /** Points that get a lane without a trial, and how many after the next trial that none of eight ended in. */
  rest: i32;
  longerRest: i32;
  lanes: usize;
  readyTray: usize;
  escapedTray: usize;
  proofs: Proofs;
}

const PROOFS_AT: usize = 256;
const LANES_AT: usize = 512;
const READY_AT: usize = LANES_AT + LANES_BYTES;
const ESCAPED_AT: usize = READY_AT + TRAY_BYTES;
const DISCS_AT: usize = ESCAPED_AT + TRAY_BYTES;

/** Bytes of a slot's state. */
export const SLOT_BYTES: usize = DISCS_AT + DISCS_BYTES;

/** Lays the state of a slot over SLOT_BYTES of zeroed memory, at a multiple of 16. */
export function openSlot(at: usize): Job {
  if (offsetof<Job>() > PROOFS_AT || offsetof<Proofs>() > LANES_AT - PROOFS_AT) unreachable();
  const job = changetype<Job>(at);
  job.proofs = changetype<Proofs>(at + PROOFS_AT);
  job.lanes = at + LANES_AT;
  job.readyTray = at + READY_AT;
  job.escapedTray = at + ESCAPED_AT;
  openProofs(job.proofs, at + DISCS_AT);
  return job;
}

// prettier-ignore
export function begin(job: Job, step: i32, power: i32, flags: i32, limit: i64, bailout: f64, juliaRe: f64, juliaIm: f64,
  count: i32, re: usize, im: usize, nu: usize, footprint: usize, side: f64, phase: usize): void {
  job.step = step;
  job.power = power;
  job.julia = (flags & FLAG_JULIA) != 0;
  job.juliaRe = juliaRe;
  job.juliaIm = juliaIm;
  job.whole = (flags & FLAG_WHOLE) != 0;
  job.first = job.julia ? 0 : 1;
  job.limit = limit - job.first;
  job.bailout2 = job.whole ? 4.0 : bailout * bailout;
  job.perLog2 = 1.0 / log2(<f64>power);
  job.discs = (flags & FLAG_INTERIOR) != 0;
  job.cycles = job.discs && !job.julia && step == 0;
  job.closedForms = job.cycles && power == 2;
  job.re = re;
  job.im = im;
  job.nu = nu;
  job.footprint = footprint;
  job.side = side;
  job.phase = phase;
  job.added = job.julia ? 0 : ADDED * side * side;
  job.count = count;
  job.next = 0;
  job.done = 0;
  job.trays = power == 2 && job.limit >= 2 * TRIAL;
  job.ready = 0;
  job.escaped = 0;
  job.rest = 0;
  job.longerRest = SHORTEST_REST;
  beginProofs(job.proofs, step, power, job.julia, limit);
}

/** Iterations executed since `begin`. */
export function executed(job: Job): i64 {
  return job.done + job.proofs.spent;
}
