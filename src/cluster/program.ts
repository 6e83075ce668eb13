/** The program on each side of a session: only equal ones work together, since others may compute other bits. */

export interface Program {
  readonly version: string;
  /** The build identity, see src/build.ts. */
  readonly build: string;
}

const SHOWN = 12;

/** One line: the build on `its` side differs from the one on `our` side. */
export function otherBuild(its: string, theirs: string, our: string, ours: string): string {
  const [other, own] = [theirs, ours].map((digest) => digest.slice(0, SHOWN) || 'unknown');
  return `${its} build ${other}, ${our} build ${own}: build the same sources on both ("make build")`;
}
