/** What POV-Ray says on its standard error: why it failed, and how long its stages took. */

/** Characters of a reason. */
const LONGEST = 600;
/** Lines that state a fault of the scene, in the order of their use. */
const FAULTS = [/\bParse Error: /, /\bPossible Parse Error: /, /\bError: /, /^Fatal error/, /\b(cannot|failed)\b/i];
/** Stated before or after the reason, and no reason by itself. */
const NOISE = /configuration file|I\/O restrictions|^Render failed|^==== |Stream to console/;

/** The lines that give the reason of a failure, with file and number; empty: it says nothing. */
export function reasonIn(text: string): string {
  const lines = unwrapped(text).filter((line) => !NOISE.test(line));
  const found = FAULTS.map((fault) => lines.filter((line) => fault.test(line))).find((some) => some.length > 0);
  const reason = found ? found.slice(-2).join('; ') : (lines.at(-1) ?? '');
  return reason.length > LONGEST ? `${reason.slice(0, LONGEST)}...` : reason;
}

/** Long lines are broken before 80 characters, and continued with a space. */
function unwrapped(text: string): string[] {
  const joined = text.replaceAll('\r', '\n').replace(/\n (?! )/g, ' ');
  return joined
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** POV-Ray read the scene, and refuses it: every worker would. */
export function isFaultOfScene(text: string): boolean {
  return /^Fatal error in parser/m.test(text) && !isOutOfMemory(text);
}

export function isOutOfMemory(text: string): boolean {
  return /bad_alloc|out of memory|cannot allocate/i.test(text);
}

export interface Statistics {
  /** Seconds that tracing took, without parsing, photons and starting. */
  readonly traceSeconds: number;
  /** CPU seconds of it. */
  readonly traceCpuSeconds: number;
  /** Rays that were followed, those for shadows apart. */
  readonly rays: number;
}

export function statisticsIn(text: string): Statistics {
  const [, wall, cpu] =
    /Trace Time:[^(]*\((\d+\.\d+) seconds\)\s*using \d+ thread\(s\) with (\d+\.\d+) CPU/.exec(text) ?? [];
  const [, rays] = /^Rays:\s+(\d+)/m.exec(text) ?? [];
  return { traceSeconds: Number(wall ?? 0), traceCpuSeconds: Number(cpu ?? 0), rays: Number(rays ?? 0) };
}
