/** What a proof for one point implies for others: discs of dc, and of a Julia set the disc around its attracting cycle. */

/** The last discs are kept, in a ring buffer. */
const MOST_DISCS: i32 = 32;

/** A disc of dc whose points stay bounded. */
@unmanaged
class Disc {
  re: f64;
  im: f64;
  radius: f64;
}

/** How many were proved, and behind that MOST_DISCS discs. */
@unmanaged
export class Discs {
  proved: i32;
}

const DISCS_AT: usize = 8;
const DISC_BYTES: usize = offsetof<Disc>();
export const DISCS_BYTES: usize = DISCS_AT + <usize>MOST_DISCS * DISC_BYTES;

@inline
function discAt(discs: Discs, k: i32): Disc {
  return changetype<Disc>(changetype<usize>(discs) + DISCS_AT + <usize>k * DISC_BYTES);
}

/** Whether dc lies in a disc that is proved. */
export function isInDisc(discs: Discs, cr: f64, ci: f64): bool {
  for (let k = 0, count = min(discs.proved, MOST_DISCS); k < count; k++) {
    const disc = discAt(discs, k);
    const x = cr - disc.re;
    const y = ci - disc.im;
    const r = disc.radius;
    if (x * x + y * y < r * r) return true;
  }
  return false;
}

export function addDisc(discs: Discs, cr: f64, ci: f64, radius: f64): void {
  const disc = discAt(discs, discs.proved++ % MOST_DISCS);
  disc.re = cr;
  disc.im = ci;
  disc.radius = radius;
}

/** A disc of z that a period of a Julia set's only attracting cycle takes into itself: points in it stay bounded. */
@unmanaged
export class AttractingDisc {
  re: f64;
  im: f64;
  /** 0: no disc is known. */
  radius: f64;
  /** |z|^2 below which a z may be in it. */
  reach2: f64;
}

@inline
export function isInAttractingDisc(attractingDisc: AttractingDisc, zr: f64, zi: f64): bool {
  const x = zr - attractingDisc.re;
  const y = zi - attractingDisc.im;
  return x * x + y * y < attractingDisc.radius * attractingDisc.radius;
}
