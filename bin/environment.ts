/** What is read from the environment: a secret, a folder, and whether a stream shows colours. */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** FRACTAL_TOKEN, once: no process that is started later inherits it. */
export function tokenOfEnvironment(): string | undefined {
  const token = process.env.FRACTAL_TOKEN;
  delete process.env.FRACTAL_TOKEN;
  return token;
}

/** The folder for data that programs of this user can compute again, by the platform's convention. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  // The XDG specification requires that relative paths are ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return env.XDG_CACHE_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}

/** The folder for data of this user that programs keep, by the platform's convention. */
export function dataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME)) return env.XDG_DATA_HOME;
  if (platform === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA;
  return platform === 'darwin' ? join(homedir(), 'Library', 'Application Support') : join(homedir(), '.local', 'share');
}

/**
 * Whether escape sequences for colours may be written to this stream: FORCE_COLOR other than 0 and false turns them on
 * (force-color.org), NO_COLOR that is not empty turns them off (no-color.org), else terminals that are not "dumb" do.
 */
export function usesColours({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY === true && !NO_COLOR && TERM !== 'dumb';
}
