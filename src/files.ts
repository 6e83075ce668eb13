/** In what the file systems of operating systems differ: which names a file may have, and when one may replace another. */

import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Windows refuses for a moment while another program, a virus scanner say, has one of the files open. */
const BUSY: ReadonlySet<string> = new Set(['EACCES', 'EBUSY', 'EPERM']);
/** Between attempts: half a second in all. */
const PAUSES_MS: readonly number[] = [10, 20, 40, 80, 150, 200];

/** Replaceable for tests. */
export interface System {
  readonly platform: NodeJS.Platform;
  rename(from: string, to: string): Promise<void>;
  pause(ms: number): Promise<unknown>;
}

const HERE: System = { platform: process.platform, rename, pause: (ms) => delay(ms) };

/** Gives a file another name, over an older file of that name, in one step. Rejects with the system's error. */
export async function replaceFile(from: string, to: string, system: System = HERE): Promise<void> {
  for (const ms of system.platform === 'win32' ? PAUSES_MS : []) {
    try {
      return await system.rename(from, to);
    } catch (error) {
      if (!BUSY.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    await system.pause(ms);
  }
  await system.rename(from, to);
}

/** Names of devices in Windows, with any extension: a file of such a name would be written to the device. */
const DEVICES = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[1-9¹²³])[ .]*(\.|$)/i;

/** Why no file may have this name (without folders), if so. Windows has rules that no other system has. */
export function refusedName(name: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform !== 'win32') return undefined;
  // A colon would name a stream of another file.
  const letter = [...name].find((one) => one < ' ' || '<>:"|?*'.includes(one));
  if (letter !== undefined) return `on Windows a file name has no ${JSON.stringify(letter)}`;
  if (DEVICES.test(name)) return 'on Windows that is the name of a device';
  return /[. ]$/.test(name) ? 'on Windows a file name ends with neither a dot nor a blank' : undefined;
}
