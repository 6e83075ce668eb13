/**
 * rust-fractal's location files, .toml: `real`, `imag` and `zoom` as strings, `iterations`, `rotate` in degrees, all at
 * the top, and any of its settings. Its view is 4 / zoom from the middle of the first row of pixels to that of the last,
 * a pixel more than here. Its imaginary axis points down. It draws the Mandelbrot set and nothing else.
 */

import { isZero, listed, type ReadResult, refuse, truncationNote, unterminatedLine, unusedNote } from './result.js';
import { parsedToml, scalar } from './toml-file.js';

const NEEDED = ['real', 'imag', 'zoom'] as const;
const USED: readonly string[] = [...NEEDED, 'iterations', 'rotate', 'frame_offset'];
/** Settings of how a picture is computed, which change none. */
const NEUTRAL =
  /^(approximation_order|glitch_\w+|display_glitches|probe_sampling|data_storage_interval|high_precision_data_interval|valid_iteration_\w+|series_approximation_\w+|auto_adjust_iterations|experimental|show_output|export)$/;

/** @throws FractalError LOCATION_FILE */
export function readRustFractal(text: string, path: string): ReadResult {
  const root = parsedToml(text, path);
  const missing = NEEDED.filter((key) => !scalar(root, key, path));
  if (missing.length > 0)
    throw refuse(path, `it has no ${listed(missing)}: it is cut short, or no location (that needs ${listed(NEEDED)})`);
  // Its first frame is zoomed out by so many steps.
  const offset = scalar(root, 'frame_offset', path);
  if (!isZero(offset))
    throw refuse(path, `it starts at another frame (frame_offset ${offset}), which is not done here`);
  const iterations = scalar(root, 'iterations', path)?.replaceAll('_', '');
  const rotate = scalar(root, 'rotate', path);
  const last = unterminatedLine(text);
  return {
    raw: {
      xpos: scalar(root, 'real', path) as string,
      ypos: scalar(root, 'imag', path) as string,
      zoom: scalar(root, 'zoom', path) as string,
      iters: iterations ?? 'auto',
      ...(isZero(rotate) ? {} : { rotate: rotate as string }),
      flip: 'true',
      formula: 'mandelbrot',
    },
    keys: { xpos: 'real', ypos: 'imag', zoom: 'zoom', iters: 'iterations', rotate: 'rotate' },
    notes: [
      ...(iterations === undefined ? ['it has no iterations: the limit is found on a coarse grid (--iters auto)'] : []),
      ...unusedNote([...root.keys()].filter((key) => !USED.includes(key) && !NEUTRAL.test(key))),
      // rust-fractal writes no line end at the end of a file; only a number there may be incomplete.
      ...(last !== undefined && /^(iterations|rotate)\s*=\s*[^#]*[1-9]/.test(last) ? [truncationNote(last)] : []),
    ],
  };
}
