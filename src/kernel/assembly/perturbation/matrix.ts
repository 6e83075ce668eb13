/** Sizes of complex numbers, and of real 2x2 matrices (by rows, four f64), though their squares may be beyond doubles. */

/** Sums of squares between them are as exact as any. */
const LEAST: f64 = 1e-280;
const MOST: f64 = 1e280;

/** |re + i·im|. */
export function modulus(re: f64, im: f64): f64 {
  const squares = re * re + im * im;
  if (squares > LEAST && squares < MOST) return Math.sqrt(squares);
  const larger = max(Math.abs(re), Math.abs(im));
  const ratio = min(Math.abs(re), Math.abs(im)) / larger;
  return larger == 0 ? 0 : larger * Math.sqrt(1 + ratio * ratio);
}

/** The larger singular value: how much longer a vector can get. */
@inline
export function matrixNorm(at: usize): f64 {
  const a = load<f64>(at);
  const b = load<f64>(at, 8);
  const c = load<f64>(at, 16);
  const d = load<f64>(at, 24);
  const squares = a * a + b * b + c * c + d * d;
  return squares > LEAST && squares < MOST ? singularValue(a, b, c, d) : scaledNorm(a, b, c, d);
}

/**
 * A matrix is a multiple of a rotation plus one of a reflection; its larger singular value is the sum of both factors. No
 * power above the second is formed, so that nothing leaves the range of doubles for `squares` between LEAST and MOST.
 */
@inline
function singularValue(a: f64, b: f64, c: f64, d: f64): f64 {
  const rotation = (a + d) * (a + d) + (c - b) * (c - b);
  const reflection = (a - d) * (a - d) + (c + b) * (c + b);
  return 0.5 * (Math.sqrt(rotation) + Math.sqrt(reflection));
}

function scaledNorm(a: f64, b: f64, c: f64, d: f64): f64 {
  const larger = max(max(Math.abs(a), Math.abs(b)), max(Math.abs(c), Math.abs(d)));
  return larger == 0 ? 0 : larger * singularValue(a / larger, b / larger, c / larger, d / larger);
}

/** The root of the sum of squares: between the norm and sqrt(2) times that. */
export function frobenius(at: usize): f64 {
  return modulus(modulus(load<f64>(at), load<f64>(at, 8)), modulus(load<f64>(at, 16), load<f64>(at, 24)));
}
