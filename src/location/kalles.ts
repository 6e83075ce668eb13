/**
 * Kalles Fraktaler's parameter files, .kfr and .kfp: a line a parameter, `Key: value`. `Zoom` is ours: the view is
 * 4 / Zoom high. `RotateAngle` turns the camera, in degrees; the older `Rotate` and `Ratio` are read by no version since
 * 2.15 and not here. KF's imaginary axis points down unless `ImagPointsUp` is 1; ours always points up, so that such a
 * picture is KF's mirrored, top to bottom: the same points of the plane.
 */

import type { RawFlags } from '../request-file.js';
import { type Found, isZero, listed, refuse } from './found.js';

const NEEDED = ['Re', 'Im', 'Zoom', 'Iterations'] as const;

/** The formulas of FractalType that people meet most; all but three are not here. */
const TYPES: Readonly<Record<string, string>> = {
  1: 'Burning Ship',
  2: 'Buffalo',
  3: 'Celtic',
  4: 'Mandelbar',
  5: 'Mandelbar Celtic',
  6: 'Perpendicular Mandelbrot',
  7: 'Perpendicular Burning Ship',
  8: 'Perpendicular Celtic',
  9: 'Perpendicular Buffalo',
};

/** @throws FractalError LOCATION_FILE */
export function readKalles(text: string, path: string): Found {
  const fields = fieldsOf(text);
  demandWhole(text, path);
  const missing = NEEDED.filter((key) => !fields.get(key));
  if (missing.length > 0)
    throw refuse(path, `it has no ${listed(missing)}: it is cut short, or no location (that needs ${listed(NEEDED)})`);
  if (!isZero(fields.get('StretchAmount')))
    throw refuse(
      path,
      `it stretches the picture (StretchAmount ${fields.get('StretchAmount')}), which is not done here`,
    );
  const rotate = fields.get('RotateAngle');
  return {
    raw: {
      xpos: fields.get('Re') as string,
      ypos: fields.get('Im') as string,
      zoom: fields.get('Zoom') as string,
      iters: fields.get('Iterations') as string,
      ...(isZero(rotate) ? {} : { rotate: rotate as string }),
      ...formulaOf(fields, path),
    },
    words: { xpos: 'Re', ypos: 'Im', zoom: 'Zoom', iters: 'Iterations', rotate: 'RotateAngle', power: 'Power' },
  };
}

/** Of a key that comes twice, the first counts. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/[\r\n]+/)) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon)).trim();
    if (key !== '' && !fields.has(key)) fields.set(key, line.slice(colon + 1).trim());
  }
  return fields;
}

/** KF ends every line, the last one too, with \r\n; by hand the last line may be open, but it is a whole one. */
function demandWhole(text: string, path: string): void {
  const last = text.slice(text.lastIndexOf('\n') + 1).trim();
  if (last !== '' && (text.includes('\r\n') || !last.includes(':')))
    throw refuse(path, `it is cut short: its last line, "${last.slice(0, 40)}", has no end`);
}

function formulaOf(fields: ReadonlyMap<string, string>, path: string): RawFlags {
  if (!isZero(fields.get('UseHybridFormula')))
    throw refuse(path, 'its formula is a hybrid one, which is not here (Mandelbrot, Burning Ship and Mandelbar are)');
  if (!isZero(fields.get('SeedR')) || !isZero(fields.get('SeedI')))
    throw refuse(path, 'its orbits start at a seed other than 0 (SeedR, SeedI), which is not done here');
  const power = fields.get('Power') ?? '2';
  const type = fields.get('FractalType') ?? '0';
  switch (type) {
    case '0':
      return power === '2' ? { formula: 'mandelbrot' } : { formula: 'multibrot', power };
    case '1':
      return { formula: 'burning-ship', power };
    case '4':
      return { formula: 'tricorn', power };
    default: {
      const name = Object.hasOwn(TYPES, type) ? ` ${TYPES[type]}` : '';
      const known = 'Mandelbrot (0), Burning Ship (1) and Mandelbar (4) are';
      throw refuse(path, `its formula${name}, FractalType "${type.slice(0, 40)}", is not here; ${known}`);
    }
  }
}
