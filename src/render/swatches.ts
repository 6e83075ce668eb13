/** Swatches of all palettes: for the terminal, and as a PNG. */

import { type Colours, DEFAULT_COLOURS, prepare } from './colours.js';
import { hexOf, paletteNames } from './palette.js';
import { bytesOf } from './quantise.js';
import { loadSharp } from './stills.js';

/** One line a palette: its name, then one cycle in 24-bit colour; `width` columns in all, at least 24. */
export function swatchesAnsi(width: number): string {
  const names = paletteNames();
  const label = Math.max(...names.map((name) => name.length)) + 2;
  const columns = Math.max(8, Math.floor(width) - label);
  const lines = names.map((name) => {
    // A half block has two colours: two entries a column.
    const colours = cells(name, 2 * columns);
    let line = name.padEnd(label);
    for (let i = 0; i < columns; i++) line += `\x1b[38;2;${colours[2 * i]};48;2;${colours[2 * i + 1]}m▌`;
    return `${line}\x1b[0m`;
  });
  return lines.join('\n');
}

/** A PNG of labelled swatches; without labels where no font is installed. */
export async function swatchesPng(): Promise<Buffer> {
  const [width, bar, gap, margin] = [960, 56, 34, 24];
  const names = paletteNames();
  const height = margin + names.length * (bar + gap);
  const bars = names.map((name, i) => ({
    input: row(name, width - 2 * margin, bar),
    raw: { width: width - 2 * margin, height: bar, channels: 3 as const },
    left: margin,
    top: margin + gap - 10 + i * (bar + gap),
  }));
  const labels = names.map((name, i) => `<text x="${margin}" y="${margin + 15 + i * (bar + gap)}">${name}</text>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + margin}"
    font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="16" fill="#d8dae6">${labels.join('')}</svg>`;
  const sharp = await loadSharp();
  const canvas = { width, height: height + margin, channels: 3 as const, background: '#101218' };
  const text = await sharp(Buffer.from(svg))
    .png()
    .toBuffer()
    .then(
      (input) => [{ input, left: 0, top: 0 }],
      () => [],
    );
  return sharp({ create: canvas })
    .composite([...bars, ...text])
    .png()
    .toBuffer();
}

/** `count` colours of one cycle as "r;g;b". */
function cells(name: string, count: number): string[] {
  const colours = table(name, count);
  return Array.from({ length: count }, (_, i) => colours.subarray(3 * i, 3 * i + 3).join(';'));
}

function row(name: string, width: number, height: number): Buffer {
  const line = table(name, width);
  const rgb = Buffer.alloc(3 * width * height);
  for (let y = 0; y < height; y++) rgb.set(line, 3 * width * y);
  return rgb;
}

/** One cycle, 8-bit sRGB. */
function table(name: string, count: number): Uint8Array {
  const { linear } = prepare({ ...DEFAULT_COLOURS, palette: name, step: count });
  return bytesOf(linear.subarray(0, 3 * count));
}

/** So many colours of a cycle, or of a formula from 0 to 1, as hex. */
export function swatchOf(colours: Partial<Colours>, count: number): string[] {
  const { linear, size } = prepare({ ...DEFAULT_COLOURS, step: count, ...colours });
  const rgb = bytesOf(linear.subarray(0, 3 * size));
  return Array.from({ length: count }, (_, i) => {
    const at = 3 * Math.floor((i * size) / count);
    return hexOf([rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number]);
  });
}
