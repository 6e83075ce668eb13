/**
 * The shader that makes colours of samples, as src/render does on the CPU: its functions have the names and the formulas of
 * base-colour.ts, palette-filter.ts, slope.ts, distance-shade.ts and interior-colour.ts there. One program for each kind of look, compiled when it is
 * first needed.
 *
 * Counts are single-precision offsets from a base of the piece. What depends on the base is computed in doubles by the page:
 * with v = base + 4 and off the offset, root(v + off) - root(v) = off / (root(v + off) + root(v)), without cancellation.
 */

import { FILTER_GLSL } from './shader-filter.js';
import { PATTERNS_GLSL } from './shader-patterns.js';

export interface Variant {
  readonly kind: 'cycle' | 'bands' | 'ramp' | 'distance';
  readonly curve: boolean;
  /** 0 to 2. */
  readonly lights: number;
  readonly shade: boolean;
  readonly interior: 'none' | 'period' | 'multiplier' | 'distance';
  /** Of the kind `cycle`: colours are means over footprints. */
  readonly filter: boolean;
  readonly patterns: boolean;
  /** Counts between the samples are interpolated: of pieces that are not shown pixel by pixel. */
  readonly smooth: boolean;
}

export const VERTEX = `#version 300 es
precision highp float;
in vec2 corner;
uniform vec2 origin, across, down, size;
uniform float depth;
out vec2 uv;
void main() {
  uv = corner;
  vec2 at = origin + corner.x * across + corner.y * down;
  gl_Position = vec4(2.0 * at.x / size.x - 1.0, 1.0 - 2.0 * at.y / size.y, depth, 1.0);
}`;

export function fragmentOf(variant: Variant): string {
  const { kind, curve, lights, shade, interior, filter, patterns, smooth } = variant;
  const defines = [
    `KIND_${kind.toUpperCase()}`,
    ...(curve ? ['CURVE'] : []),
    ...(smooth ? ['SMOOTH'] : []),
    ...(lights > 0 ? [`LIGHTS ${lights}`] : []),
    ...(shade ? ['SHADE'] : []),
    ...(filter ? ['FILTER'] : []),
    ...(patterns ? ['PATTERNS'] : []),
    ...(interior === 'none' ? [] : [`INTERIOR_${interior.toUpperCase()}`, 'CYCLES']),
    ...(lights > 0 || shade || kind === 'distance' ? ['VECTORS'] : []),
  ];
  const parts = [HEAD, PLACES, ...(filter ? [FILTER_GLSL] : []), ...(patterns ? [PATTERNS_GLSL] : []), BODY];
  return `#version 300 es\n${defines.map((name) => `#define ${name}\n`).join('')}${parts.join('')}`;
}

const HEAD = `
precision highp float;
precision highp int;
precision highp sampler2D;
in vec2 uv;
out vec4 colour;
uniform sampler2D counts, table, curve, vectors, cycles, phases, footprints;
uniform vec2 texels;
uniform int entries;
uniform float base, base4, root0, start, speed, offset, density, bandStart, bandPart, first, perRoot, iterations, rows;
uniform bool hard;
uniform mat2 toScreen;
struct Light { vec2 to; vec3 colour; float strength, specular, shininess; };
uniform Light lights[2];
uniform vec2 shadeShape;
uniform vec3 shadeColour;
const float INTERIOR = 1e38;

vec3 entryOf(int k) { return texelFetch(table, ivec2(k & 4095, k >> 12), 0).rgb; }
ivec2 texelAt(vec2 t) { return clamp(ivec2(floor(t)), ivec2(0), ivec2(texels) - 1); }

float countAt(vec2 t) {
  float nearest = texelFetch(counts, texelAt(t), 0).r;
#ifdef SMOOTH
  if (nearest > INTERIOR) return nearest;
  vec2 part = fract(t - 0.5);
  float sum = 0.0, weights = 0.0;
  for (int k = 0; k < 4; k++) {
    vec2 to = vec2(float(k & 1), float(k >> 1));
    float value = texelFetch(counts, texelAt(t - 0.5 + to), 0).r;
    vec2 share = mix(1.0 - part, part, to);
    float weight = value > INTERIOR ? 0.0 : share.x * share.y;
    sum += weight > 0.0 ? weight * value : 0.0;
    weights += weight;
  }
  return weights > 0.0 ? sum / weights : nearest;
#else
  return nearest;
#endif
}

// In linear light: darker down to black, or brighter; hues stay, black stays black, white white.
vec3 inShade(vec3 value, vec3 shade) {
  vec3 gain = 2.0 * shade;
  return mix(value * (1.0 + gain) / (1.0 + gain * value), value * (1.0 + shade), lessThan(shade, vec3(0.0)));
}
`;

/** Where samples are on the palette. */
const PLACES = `
int entryOfDistance(float distance) {
  float scale = density / (0.125 * max(1.0, rows / 720.0));
  float x = sqrt(scale * distance);
  return min(int((1.0 - 1.0 / (1.0 + x)) * float(entries)), entries - 1);
}

int onCycle(float position) {
  int k = int(fract(position) * float(entries));
  return k < entries ? k : 0;
}

#ifdef KIND_CYCLE
float positionOf(float off) {
  float v = base4 + off;
  float beyond = v > 0.0 ? off / (sqrt(v) + root0) : -root0;
#ifdef CURVE
  float x = first + beyond * perRoot;
  float k = clamp(floor(x), 0.0, 4094.0);
  vec2 from = texelFetch(curve, ivec2(int(k), 0), 0).rg;
  return start + speed * (from.x + (x - k) * from.y);
#else
  return start + speed * beyond;
#endif
}
#endif
`;

const BODY = `
#ifdef KIND_CYCLE
vec3 colourOf(float off, float position, ivec2 texel) {
#ifdef FILTER
  return meanAround(position, halfOf(off, texelFetch(footprints, texel, 0).r));
#else
  return entryOf(onCycle(position));
#endif
}
#endif

vec3 baseColour(float off, vec2 away, ivec2 texel) {
  if (off > INTERIOR) return entryOf(entries);
#if defined(KIND_CYCLE)
  return colourOf(off, positionOf(off), texel);
#elif defined(KIND_BANDS)
  float position = floor(bandStart + floor(off + bandPart) * density);
  float all = float(entries);
  return entryOf(int(position - all * floor(position / all)));
#elif defined(KIND_RAMP)
  if (hard) return entryOf(entries - 1);
  float position = clamp((base + off) / iterations, 0.0, 1.0) * float(entries - 1);
  int k = int(position);
  return mix(entryOf(k), entryOf(min(k + 1, entries - 1)), position - float(k));
#else
  return entryOf(entryOfDistance(length(away)));
#endif
}

#if defined(SMOOTH) && defined(KIND_CYCLE)
// Where the four samples around are far apart on the palette, a count between them has a colour of none of them: then their
// colours are mixed.
const float FAR = 0.3;

vec3 colourAround(vec2 t, float off) {
  if (off > INTERIOR) return entryOf(entries);
  vec2 part = fract(t - 0.5);
  vec3 sum = vec3(0.0);
  float weights = 0.0, least = INTERIOR, most = -INTERIOR;
  for (int k = 0; k < 4; k++) {
    vec2 to = vec2(float(k & 1), float(k >> 1));
    ivec2 texel = texelAt(t - 0.5 + to);
    float value = texelFetch(counts, texel, 0).r;
    if (value > INTERIOR) continue;
    float position = positionOf(value);
    vec2 share = mix(1.0 - part, part, to);
    least = min(least, position);
    most = max(most, position);
    sum += share.x * share.y * colourOf(value, position, texel);
    weights += share.x * share.y;
  }
  return most - least > FAR && weights > 0.0 ? sum / weights : baseColour(off, vec2(0.0), texelAt(t));
}
#endif

#ifdef CYCLES
vec3 interiorColour(vec3 plain, ivec2 texel) {
  vec4 cycle = texelFetch(cycles, texel, 0);
  if (cycle.x < 0.0) return plain;
#if defined(INTERIOR_PERIOD)
  return entryOf(onCycle(offset + cycle.x));
#elif defined(INTERIOR_MULTIPLIER)
  return mix(plain, entryOf(onCycle(offset + cycle.y)), min(1.0, cycle.z));
#else
  return entryOf(entryOfDistance(cycle.w * length(toScreen[0])));
#endif
}
#endif

#ifdef LIGHTS
float wholePower(float value, float exponent) {
  float power = 1.0;
  for (int left = int(exponent); left > 0; left >>= 1) {
    if ((left & 1) == 1) power *= value;
    value *= value;
  }
  return power;
}

vec3 lit(vec3 value, vec2 away) {
  float d = length(away);
  if (!(d > 0.0)) return value;
  float fading = 0.5 + d + d * d / (0.25 * rows);
  vec3 shade = vec3(0.0);
  for (int i = 0; i < LIGHTS; i++) {
    float s = dot(away, lights[i].to) / fading;
    if (s > 0.0) shade += s * lights[i].colour;
    else if (i == 0) shade += s;
  }
  value = inShade(value, shade);
  for (int i = 0; i < LIGHTS; i++) {
    if (!(lights[i].specular > 0.0)) continue;
    float most = d * lights[i].strength;
    float cosine = most > 0.0 ? clamp(dot(away, lights[i].to) / most, -1.0, 1.0) : 0.0;
    float gloss = lights[i].specular * wholePower((1.0 + cosine) / 2.0, lights[i].shininess) * d
      / (0.5 + d + d * d / (0.03 * rows));
    value += gloss * lights[i].colour * (1.0 - value);
  }
  return value;
}
#endif

vec3 toSrgb(vec3 linear) {
  vec3 value = clamp(linear, 0.0, 1.0);
  return mix(1.055 * pow(value, vec3(1.0 / 2.4)) - 0.055, 12.92 * value, lessThan(value, vec3(0.0031308)));
}

void main() {
  vec2 t = uv * texels;
  ivec2 texel = texelAt(t);
  float off = countAt(t);
  vec2 away = vec2(0.0);
#ifdef VECTORS
  away = toScreen * texelFetch(vectors, texel, 0).rg;
#endif
#if defined(SMOOTH) && defined(KIND_CYCLE)
  vec3 value = colourAround(t, off);
#else
  vec3 value = baseColour(off, away, texel);
#endif
#ifdef CYCLES
  if (off > INTERIOR) value = interiorColour(value, texel);
#endif
#ifdef PATTERNS
  if (off < INTERIOR) value = drawPatterns(value, off, texelFetch(phases, texel, 0).r, texelFetch(footprints, texel, 0).r);
#endif
#ifdef LIGHTS
  value = lit(value, away);
#endif
#ifdef SHADE
  if (off < INTERIOR) value = mix(value, shadeColour, shadeShape.y / (1.0 + dot(away, away) * shadeShape.x));
#endif
  colour = vec4(toSrgb(value), 1.0);
}`;
