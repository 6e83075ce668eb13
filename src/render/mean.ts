/** The mean of the samples of each pixel, in linear light. */

/** `colours`: 3 numbers a sample. `pixels`: gets 3 numbers a pixel, and says how many there are. */
export function meanOfColours(colours: Float64Array, perPixel: number, pixels: Float32Array): void {
  if (perPixel === 1) {
    for (let o = 0; o < pixels.length; o++) pixels[o] = colours[o] as number;
    return;
  }
  for (let k = 0, o = 0; o < pixels.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = k + 3 * perPixel; k < end; k += 3) {
      red += colours[k] as number;
      green += colours[k + 1] as number;
      blue += colours[k + 2] as number;
    }
    pixels[o] = red / perPixel;
    pixels[o + 1] = green / perPixel;
    pixels[o + 2] = blue / perPixel;
  }
}

/** The same of samples whose colours are entries of a table. */
export function meanOfEntries(entries: Int32Array, perPixel: number, linear: Float32Array, pixels: Float32Array): void {
  if (perPixel === 1) {
    coloursOfEntries(entries, linear, pixels);
    return;
  }
  for (let i = 0, o = 0; o < pixels.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = i + perPixel; i < end; i++) {
      const k = 3 * (entries[i] as number);
      red += linear[k] as number;
      green += linear[k + 1] as number;
      blue += linear[k + 2] as number;
    }
    pixels[o] = red / perPixel;
    pixels[o + 1] = green / perPixel;
    pixels[o + 2] = blue / perPixel;
  }
}

/** One after the other. `colours`: gets 3 numbers an entry, and says how many there are. */
export function coloursOfEntries(
  entries: Int32Array,
  linear: Float32Array,
  colours: Float32Array | Float64Array,
): void {
  for (let i = 0, o = 0; o < colours.length; i++, o += 3) {
    const k = 3 * (entries[i] as number);
    colours[o] = linear[k] as number;
    colours[o + 1] = linear[k + 1] as number;
    colours[o + 2] = linear[k + 2] as number;
  }
}
