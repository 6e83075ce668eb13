/** Samples of a keyframe in linear light as texels, of which those whose colour is chance take part of their neighbours' colour. */

import { BIAS, PAIR } from './texels';

/** A smaller share changes nothing that is seen. */
const LEAST: f32 = 1.0 / 256;
/** The share of a texel that is all samples. */
const WHOLE: f32 = 65535;
/** Bytes of a sample's light. */
const LIGHT: usize = 12;

/**
 * `light`: red, green and blue (f32) of the samples of a tile and of those around it, `width + 2` of each of `2 * pairs + 2`
 * rows, and 4 bytes more. `noise`: of each the part of its colour that is chance (f32, 0 to 1), less than 0 where there is no
 * sample. `texels`: `width` columns of `pairs`, each texel its sample mixed with the mean of itself and the neighbours that there are.
 */
export function steady(light: usize, noise: usize, width: i32, pairs: i32, texels: usize): void {
  const next = <usize>(width + 2);
  for (let row = 0; row < 2 * pairs; row++, light += LIGHT * next, noise += 4 * next) {
    let to = texels + <usize>(row >> 1) * <usize>width * PAIR + (<usize>(row & 1) << 1);
    let before = column(light, noise, next);
    let here = column(light + LIGHT, noise + 4, next);
    for (let x: usize = 0; x < <usize>width; x++, to += PAIR) {
      const after = column(light + LIGHT * (x + 2), noise + 4 * (x + 2), next);
      const at = next + x + 1;
      const chance = load<f32>(noise + 4 * at);
      if (chance >= LEAST) {
        const sum = f32x4.add(f32x4.add(before, here), after);
        const mean = f32x4.splat(chance / f32x4.extract_lane(sum, 3));
        const own = f32x4.mul(v128.load(light + LIGHT * at), f32x4.splat(1 - chance));
        put(to, f32x4.add(own, f32x4.mul(sum, mean)), WHOLE);
      } else if (chance >= 0) put(to, v128.load(light + LIGHT * at), WHOLE);
      else put(to, f32x4.splat(0), 0);
      before = here;
      here = after;
    }
  }
}

/** The sums of three samples, one above the other, and how many there are. */
// @ts-ignore: decorator
@inline
function column(light: usize, noise: usize, next: usize): v128 {
  const upper = sample(light, noise);
  const middle = sample(light + LIGHT * next, noise + 4 * next);
  const lower = sample(light + 2 * LIGHT * next, noise + 8 * next);
  return f32x4.add(f32x4.add(upper, middle), lower);
}

// @ts-ignore: decorator
@inline
function sample(light: usize, noise: usize): v128 {
  const there = f32x4.ge(v128.load32_splat(noise), f32x4.splat(0));
  return v128.and(f32x4.replace_lane(v128.load(light), 3, 1), there);
}

/** Red, green and blue of one texel of a pair, and the share. */
// @ts-ignore: decorator
@inline
function put(to: usize, light: v128, share: f32): void {
  const scaled = f32x4.add(f32x4.mul(light, f32x4.splat(WHOLE)), f32x4.splat(0.5));
  const numbers = i32x4.sub(i32x4.trunc_sat_f32x4_s(f32x4.replace_lane(scaled, 3, share)), i32x4.splat(BIAS));
  v128.store16_lane(to, numbers, 0);
  v128.store16_lane(to, numbers, 2, 4);
  v128.store16_lane(to, numbers, 4, 8);
  v128.store16_lane(to, numbers, 6, 12);
}
