/**
 * A table of the frames of a film as they are written, one a line, as text with commas between: number, zoom in octaves
 * of the default MPI view, seconds since the frame before, and the command that renders the frame alone.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { FractalError, messageOf } from '../errors.js';
import { pictureFlags } from '../request/metadata.js';
import { depthAt, type Request } from '../request/request.js';
import { type Emit, logTo } from './events.js';

export interface FrameLog {
  /** `frame`: its number in the whole film. `request`: with its iteration limit. */
  wrote(frame: number, request: Request): void;
  close(): void;
}

const HEADER = 'frame,zoom_level,time_seconds,command\n';
/** A view of the MPI renderer's zoom 1 has zoom 4 here. */
const MPI_OCTAVES = 2;

/** Replaces the file. Lines that cannot be written are left out, with a warning. @throws FractalError OUTFILE_UNWRITABLE */
export function openFrameLog(path: string, emit: Emit): FrameLog {
  let file: number | undefined;
  let since = performance.now();
  try {
    file = openSync(path, 'w');
    writeSync(file, HEADER);
  } catch (error) {
    throw new FractalError('OUTFILE_UNWRITABLE', `--frame-log ${path}: ${messageOf(error)}`, { cause: error });
  }
  const close = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    wrote(frame, request) {
      if (file === undefined) return;
      const now = performance.now();
      const octaves = depthAt(request, frame) * Math.log2(10) - MPI_OCTAVES;
      const seconds = (now - since) / 1000;
      since = now;
      try {
        writeSync(file, `${frame},${octaves.toFixed(6)},${seconds.toFixed(6)},"${commandOf(request, frame)}"\n`);
      } catch (error) {
        logTo(emit, 'warn')(`--frame-log ${path} cannot be written any more: ${messageOf(error)}`);
        close();
      }
    },
    close,
  };
}

/** Within quotes of a table: each quote is written twice. */
function commandOf(request: Request, frame: number): string {
  const flags = Object.entries(pictureFlags(request, frame)).map(([name, value]) => `--${name}=${quoted(value)}`);
  return `fractal leader ${flags.join(' ')} -o frame-${frame}.png`.replaceAll('"', '""');
}

/** For a shell. */
function quoted(value: string): string {
  return /^[\w.,:+%@/-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
