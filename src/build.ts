/**
 * The build identity: one digest over everything that shapes the bytes of a picture (tools/build-identity.mjs). Programs
 * with equal digests compute and paint the same bits, so it stands in the handshake and in every key of the store.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FractalError, messageOf } from './errors.js';

interface Build {
  readonly digest: string;
  /** Files that the program reads when it runs, by name from the checkout's root, and their SHA-256. */
  readonly files: Readonly<Record<string, string>>;
}

const ROOT = new URL('../../', import.meta.url);
const REBUILD = 'run "make build"';

let digest: string | undefined;

/**
 * 64 hexadecimal digits. Reads what the program is made of, once: about 3 ms.
 * @throws FractalError BUILD_STALE when what was built is not what is there
 */
export function buildDigest(): string {
  digest ??= checkedBuild(ROOT).digest;
  return digest;
}

/** What the build step noted of a checkout. @throws FractalError BUILD_STALE */
export function checkedBuild(root: URL): Build {
  const build = readBuild(new URL('dist/build.json', root));
  for (const [name, checksum] of Object.entries(build.files)) {
    if (checksumOf(new URL(name, root)) !== checksum) {
      throw new FractalError('BUILD_STALE', `${name} is not the one of this build: ${REBUILD}`);
    }
  }
  return build;
}

function readBuild(file: URL): Build {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Build;
  } catch (error) {
    const why = `dist/build.json cannot be read (${messageOf(error)}): ${REBUILD}`;
    throw new FractalError('BUILD_STALE', why, { cause: error });
  }
}

/** undefined: it cannot be read. */
function checksumOf(file: URL): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}
