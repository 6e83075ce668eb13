/**
 * Samples of keyframes to linear light by the palette filter: what render/palette-filter.ts and render/noise.ts say, in the
 * same steps, so that the bytes are the same.
 */

/** Bytes of a sample: nu and the width of nu across its footprint (f64). */
const SAMPLE: usize = 16;
/** Bytes of an entry in the sums (f64) and in the table of colours (f32), and of a sample's light (f32). */
const SUMS: usize = 24;
const ENTRY: usize = 12;
const LIGHT: usize = 12;

/**
 * `samples`: `count` of them; nu is NaN where there is none. `sums`: of the first k entries of the palette's cycle, for k from
 * 0 to `size`. `linear`: its entries, and the interior's. `start`, `speed`, `shift`: of cycleOf in render/positions.ts.
 * `curve`: the values of a curve (render/curve.ts), or 0 where there is none; `last`: the index of the one before the last.
 * `quiet`, `most`: the constants of noise.ts. `light`: gets red, green and blue. `noise`: gets the part of the colour that is
 * chance, less than 0 where there is no sample (f32).
 */
export function paintFiltered(
  samples: usize,
  count: i32,
  sums: usize,
  linear: usize,
  size: i32,
  start: f64,
  speed: f64,
  shift: f64,
  curve: usize,
  last: f64,
  first: f64,
  perRoot: f64,
  quiet: f64,
  most: f64,
  light: usize,
  noise: usize,
): void {
  const straight = speed / 4;
  const entries = <f64>size;
  const cycle = sums + SUMS * <usize>size;
  const whole = v128.load(cycle);
  const wholeBlue = load<f64>(cycle, 16);
  const none = f64x2.splat(0);
  for (const end = samples + SAMPLE * <usize>count; samples < end; samples += SAMPLE, light += LIGHT, noise += 4) {
    const nu = load<f64>(samples);
    if (nu != nu) {
      store<f32>(noise, -1);
      continue;
    }
    if (nu == Infinity) {
      store<f32>(noise, 0);
      copyEntry(linear + ENTRY * <usize>size, light);
      continue;
    }
    const root = sqrt<f64>(nu > -shift ? nu + shift : 0);
    let position: f64;
    let quarter = straight;
    if (curve == 0) position = start + speed * root;
    else {
      const at = (root - first) * perRoot;
      // max and min of WebAssembly are slow.
      const k = at > 0 ? (at < last ? <i32>at : <i32>last) : 0;
      const knot = curve + 8 * <usize>k;
      const value = load<f64>(knot);
      const step = load<f64>(knot, 8) - value;
      position = start + speed * (value + (at - <f64>k) * step);
      quarter = speed * (step * perRoot) * 0.25;
    }
    const half = root > 0 ? (quarter * load<f64>(samples, 8)) / root : 0;
    const cycles = min<f64>(most, 2 * half);
    const x = cycles * cycles;
    store<f32>(noise, cycles > 0 ? <f32>(x / (x + quiet + x * x)) : 0);
    if (2 * half * entries > 1) {
      const first = floor<f64>(position - half);
      const last = floor<f64>(position + half);
      const k = <i32>((position - half - first) * entries);
      const l = <i32>((position + half - last) * entries);
      const times = last - first;
      const scale = 1 / (<f64>(l - k) + times * entries);
      const from = sums + SUMS * <usize>k;
      const to = sums + SUMS * <usize>l;
      const redGreen = f64x2.add(f64x2.sub(v128.load(to), v128.load(from)), f64x2.mul(f64x2.splat(times), whole));
      const blue = load<f64>(to, 16) - load<f64>(from, 16) + times * wholeBlue;
      const mean = f64x2.mul(f64x2.pmax(redGreen, none), f64x2.splat(scale));
      v128.store64_lane(light, f32x4.demote_f64x2_zero(mean), 0);
      store<f32>(light, blue > 0 ? <f32>(blue * scale) : 0, 8);
      continue;
    }
    const k = <i32>((position - floor<f64>(position)) * entries);
    copyEntry(linear + ENTRY * <usize>select<i32>(k, 0, k < size), light);
  }
}

// @ts-ignore: decorator
@inline
function copyEntry(entry: usize, light: usize): void {
  store<u64>(light, load<u64>(entry));
  store<u32>(light, load<u32>(entry, 8), 8);
}
