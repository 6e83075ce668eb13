/** The enclosure of a period's image of a disc: what enclose.ts leaves behind. */

@unmanaged
export class Enclosure {
  /** Steps taken here for the point in hand, and what one way through a period may take. */
  spent: i64;
  allowed: i64;
  /** Where a period takes the centre of a disc, and the radius of a disc around it that holds the image. */
  re: f64;
  im: f64;
  radius: f64;
  /** |(f^period)'| at the centre, and that as a complex number (analytic formulas). */
  slope: f64;
  slopeRe: f64;
  slopeIm: f64;
  /** What the radius grows by with the rim of dc. */
  reach: f64;
}
