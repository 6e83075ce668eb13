/** The part of the shader that takes means of the palette over footprints: the formulas of src/render/palette-filter.ts. */

export const FILTER_GLSL = `
// Of the entries before each: sumsTexture in textures.ts.
uniform sampler2D sums;
// Of a cycle: the mean over more differs by less than 1/8000 from that of the palette.
const float MOST_HALF = 4096.0;

// Half of the interval on the cycle, for the width of a footprint in counts.
float halfOf(float off, float width) {
  float v = base4 + off;
  if (!(v > 0.0)) return 0.0;
  float root = sqrt(v), slope = 1.0;
#ifdef CURVE
  float k = clamp(floor(first + off / (root + root0) * perRoot), 0.0, 4094.0);
  slope = texelFetch(curve, ivec2(int(k), 0), 0).g * perRoot;
#endif
  return clamp(speed * slope / 4.0 * width / root, 0.0, MOST_HALF);
}

vec3 sumTo(int k, int part) {
  int texel = 2 * k + part;
  return texelFetch(sums, ivec2(texel & 4095, texel >> 12), 0).rgb;
}

vec3 meanAround(float position, float half1) {
  float size = float(entries);
  float from = position - half1, to = position + half1;
  float first1 = floor(from), last = floor(to);
  int k = int((from - first1) * size), l = int((to - last) * size);
  float cycles1 = last - first1;
  float count = float(l - k) + cycles1 * size;
  if (2.0 * half1 * size <= 1.0 || count < 1.0) return entryOf(onCycle(position));
  vec3 sum = sumTo(l, 0) - sumTo(k, 0) + (sumTo(l, 1) - sumTo(k, 1)) + cycles1 * sumTo(entries, 0);
  return max(sum / count, 0.0);
}
`;
