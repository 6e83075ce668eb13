/** Real 2x2 matrices by rows, four f64. */

/** The larger singular value: how much longer a vector can get. */
@inline
export function matrixNorm(at: usize): f64 {
  const a = load<f64>(at);
  const b = load<f64>(at, 8);
  const c = load<f64>(at, 16);
  const d = load<f64>(at, 24);
  const squares = a * a + b * b + c * c + d * d;
  const twice = 2 * (a * d - b * c);
  return Math.sqrt(0.5 * (squares + Math.sqrt(max(0, (squares - twice) * (squares + twice)))));
}
