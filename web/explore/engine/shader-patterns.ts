/** The part of the shader that draws patterns of the phase: the formulas of src/render/patterns.ts and escape.ts. */

export const PATTERNS_GLSL = `
// Counts, and strengths, of stripes, decomposition and lines.
uniform vec3 patternCounts, patternStrengths;
// fract(base + beyond), power, turns, and the step: 0 holomorphic, 1 burning ship, 2 tricorn.
uniform vec4 escape;

float nextPhase(float phase) {
  float half1 = phase < 0.5 ? phase : phase - 0.5;
  float folded = half1 < 0.25 ? half1 : 0.5 - half1;
  float before = escape.w == 1.0 ? folded : escape.w == 2.0 ? -phase : phase;
  return fract(escape.y * before);
}

float smoothed(float x) { return x * x * (3.0 - 2.0 * x); }

float waveOf(float x, float width) {
  float fine = 1.5 * width;
  if (!(fine < 1.0)) return 0.0;
  float rest = 1.0 - fine * fine;
  return sin(3.14159265 * (abs(2.0 * fract(x) - 1.0) - 0.5)) * rest * rest;
}

float triangle(float x) {
  float part = fract(x);
  return part < 0.5 ? part : 1.0 - part;
}

float squareOf(float x, float width) {
  if (width < 1e-3) return fract(x) < 0.5 ? 1.0 : -1.0;
  return (triangle(x + width / 2.0) - triangle(x - width / 2.0)) / width;
}

float lineOf(float phase, float count, float turns, float width) {
  float x = count * phase;
  float off = abs(x - floor(x + 0.5)) / count;
  float covered = (width + 1.0) / 2.0 - off / turns;
  if (!(covered > 0.0)) return 0.0;
  float apart = 2.0 / (count * turns * width * 4.0) - 1.0;
  return apart > 0.0 ? min(1.0, covered) * min(1.0, apart) * min(1.0, width) : 0.0;
}

vec3 drawPatterns(vec3 value, float off, float phase, float width) {
  float fraction = 1.0 - fract(escape.x + off);
  float power = escape.y;
  float next = nextPhase(phase);
  float turns = width * escape.z * pow(power, fraction);
  if (patternCounts.x > 0.0) {
    float own = smoothed(fraction), count = patternCounts.x;
    float wave = own * waveOf(count * phase, count * turns) + (1.0 - own) * waveOf(count * next, count * power * turns);
    value = inShade(value, vec3(patternStrengths.x * wave));
  }
  if (patternCounts.y > 0.0) {
    float own = min(1.0, fraction / min(1.0, max(width, 1e-6))), half1 = patternCounts.y / 2.0;
    float mean = own * squareOf(half1 * phase, half1 * turns) + (1.0 - own) * squareOf(half1 * next, half1 * power * turns);
    value *= 1.0 - patternStrengths.y * (1.0 - mean) / 2.0;
  }
  if (patternCounts.z > 0.0) {
    float own = smoothed(fraction), wide = 1.25 * max(1.0, rows / 720.0);
    float line = own * lineOf(phase, patternCounts.z, turns, wide)
      + (1.0 - own) * lineOf(next, patternCounts.z, power * turns, wide);
    value *= 1.0 - patternStrengths.z * line;
  }
  return value;
}
`;
