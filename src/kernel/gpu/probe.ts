/**
 * What a machine offers to gpu.js. Each way is tested on a small view, in a process of its own: a driver that aborts
 * or hangs ends only that process.
 */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf, INSTALL, isInstalled } from './packages.js';

export type Probed =
  | { readonly ok: true; readonly detail: string; readonly gigaPerSecond: number }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };

export interface GpuProbe {
  readonly webgpu: Probed;
  readonly headlessgl: Probed;
}

/** The line that the child ends with. */
export type Report = { readonly detail: string; readonly gigaPerSecond: number } | { readonly failed: string };

/** On Debian, as in docs/gpu.md. */
const REMEDY = {
  driver: 'sudo apt-get install -y mesa-vulkan-drivers; for NVIDIA: sudo apt-get install -y nvidia-driver',
  software:
    'without a GPU, SwiftShader does: sudo apt-get install -y chromium-common libvulkan1 && ' +
    'export VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json',
  gl:
    'sudo apt-get install -y g++ make python3 pkg-config libxi-dev libglu1-mesa-dev libglew-dev && ' +
    'npm rebuild gl --ignore-scripts=false',
  display: 'sudo apt-get install -y xvfb xauth, and start the program with xvfb-run -a',
} as const;

const TIMEOUT_MS = 20_000;

/** Both, one after the other, so that neither slows the other down. Never throws; each answers within `timeoutMs`. */
export async function probeGpu(timeoutMs = TIMEOUT_MS): Promise<GpuProbe> {
  return { webgpu: await probeWebgpu(timeoutMs), headlessgl: await probeHeadlessGl(timeoutMs) };
}

/** Never throws; answers within about `timeoutMs`. */
export async function probeWebgpu(timeoutMs = TIMEOUT_MS): Promise<Probed> {
  if (!isInstalled('webgpu')) return { ok: false, reason: 'the package webgpu is not installed', remedy: INSTALL };
  const report = await tryOut('webgpu', timeoutMs);
  if (!('failed' in report)) return { ok: true, ...report };
  if (!/no adapter/.test(report.failed)) return { ok: false, reason: report.failed, remedy: REMEDY.driver };
  return vulkanDrivers().length === 0
    ? { ok: false, reason: 'there is no Vulkan driver', remedy: REMEDY.driver }
    : { ok: false, reason: 'no Vulkan driver here finds a GPU that WebGPU accepts', remedy: REMEDY.software };
}

/** Manifests of the Vulkan drivers that the loader would read, where Debian and its users put them. */
export function vulkanDrivers(): string[] {
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (named) return named.split(delimiter).filter((file) => existsSync(file));
  return ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((file) => `${folder}/${file}`) : [],
  );
}

/** Never throws; answers within about `timeoutMs`. */
export async function probeHeadlessGl(timeoutMs = TIMEOUT_MS): Promise<Probed> {
  const gl = folderOf('gl');
  if (!gl) return { ok: false, reason: 'the package gl, which comes with gpu.js, is not installed', remedy: INSTALL };
  if (!existsSync(join(gl, 'build/Release/webgl.node'))) {
    return { ok: false, reason: 'the optional package gl is not built', remedy: REMEDY.gl };
  }
  const report = await tryOut('headlessgl', timeoutMs);
  if (!('failed' in report)) return { ok: true, ...report };
  if (process.platform === 'linux' && !process.env.DISPLAY) {
    return { ok: false, reason: 'there is no display', remedy: REMEDY.display };
  }
  return { ok: false, reason: report.failed, remedy: REMEDY.gl };
}

function tryOut(mode: 'webgpu' | 'headlessgl', timeoutMs: number): Promise<Report> {
  const script = fileURLToPath(new URL('./probe-child.js', import.meta.url));
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 22 } as const;
    execFile(process.execPath, [script, mode], options, (error, stdout) => {
      const report = lastReport(stdout);
      if (report) resolve(report);
      else if (error?.killed) resolve({ failed: `its driver gave no answer within ${timeoutMs} ms` });
      else resolve({ failed: `its driver ended the process that tried it (${error?.signal ?? error?.code ?? 0})` });
    });
  });
}

/** Drivers and gpu.js may print too: only a whole line of ours counts. */
function lastReport(stdout: string): Report | undefined {
  for (const line of stdout.split('\n').reverse()) {
    if (line.startsWith('probe: ')) return JSON.parse(line.slice('probe: '.length)) as Report;
  }
  return undefined;
}
