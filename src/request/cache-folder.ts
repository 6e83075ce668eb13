/** Where programs of this user keep what they could make again: the platform's convention. */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  // The XDG specification wants relative paths to be ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
