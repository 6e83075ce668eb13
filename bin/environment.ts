/** What the environment tells: a secret, and a place. */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** FRACTAL_TOKEN, once: no process that is started later inherits it. */
export function tokenOfEnvironment(): string | undefined {
  const token = process.env.FRACTAL_TOKEN;
  delete process.env.FRACTAL_TOKEN;
  return token;
}

/** Where programs of this user keep what they could make again: the platform's convention. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  // The specification of the XDG folders wants relative ones to be passed over.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
