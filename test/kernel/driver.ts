/**
 * A Vulkan driver for tests: that of the environment, else SwiftShader, which is in Debian's chromium-common; and a
 * display for headless GL: that of the environment, else an Xvfb.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Probed, probeWebgpu, vulkanDrivers } from '../../src/kernel/gpu/probe.js';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Has to come before a driver is loaded in this process; processes that are started later have it, too. */
export function chooseDriver(): void {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, DISPLAY, WAYLAND_DISPLAY } = process.env;
  // A machine with a display may have a GPU of its own.
  const own = vulkanDrivers().length > 0 && (DISPLAY || WAYLAND_DISPLAY);
  if (VK_DRIVER_FILES || VK_ICD_FILENAMES || own || !existsSync(SWIFTSHADER)) return;
  process.env.VK_DRIVER_FILES = SWIFTSHADER;
  process.env.VK_ICD_FILENAMES = SWIFTSHADER;
}

/**
 * Has to come before headless GL is loaded, like chooseDriver. Without a display and without Xvfb there is none afterwards.
 * @returns ends the Xvfb, if one was started
 */
export async function chooseDisplay(): Promise<() => void> {
  if (process.env.DISPLAY || process.platform !== 'linux') return () => {};
  // The server takes a free number and writes it to descriptor 3 once it answers.
  const words = ['-displayfd', '3', '-screen', '0', '64x64x24', '-nolisten', 'tcp'];
  const server = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise<string | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.once('exit', () => resolve(undefined));
    (server.stdio[3] as Readable).once('data', (data: Buffer) => resolve(String(data).trim()));
  });
  if (number !== undefined) process.env.DISPLAY = `:${number}`;
  return () => void server.kill();
}

/** Why tests with a GPU are skipped, or false. */
export function skipOf(kind: string, probed: Probed): string | false {
  return probed.ok ? false : `${kind}: ${probed.reason} (${probed.remedy})`;
}

export async function skipWithoutWebgpu(): Promise<string | false> {
  chooseDriver();
  return skipOf('webgpu', await probeWebgpu());
}

/** Variables with which a process finds no GPU. */
export const NO_GPU = { VK_DRIVER_FILES: '/nonexistent', VK_ICD_FILENAMES: '/nonexistent', DISPLAY: '' } as const;
