/** The enclosure of a period's image of a disc: the result of enclose.ts. */

@unmanaged
export class Enclosure {
  /** Steps of proofs for the present point, and how many one period may take. */
  spent: i64;
  allowed: i64;
  /** The image of the centre of a disc after one period, and the radius of a disc around it that holds the image. */
  re: f64;
  im: f64;
  radius: f64;
  /** |(f^period)'| at the centre, and that as a complex number (analytic formulas). */
  slope: f64;
  slopeRe: f64;
  slopeIm: f64;
  /** The growth of the radius with the radius of dc. */
  reach: f64;
}
