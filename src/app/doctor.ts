/** `fractal doctor`: what this machine has, how fast it is, and for what is missing the command that installs it. */

import { existsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { buildDigest } from '../build.js';
import { FractalError, messageOf } from '../errors.js';
import { openCpu } from '../kernel/gpu/open.js';
import { type Probed, probeGpu, vulkanDrivers } from '../kernel/gpu/probe.js';
import { gigaPerSecond } from '../kernel/gpu/speed.js';
import type { Kernel } from '../kernel/kernel.js';
import { compileSimd, openSimd } from '../kernel/simd.js';
import { findFfmpeg } from '../render/ffmpeg.js';
import { examinePovray } from './doctor-povray.js';
import type { Finding } from './finding.js';
import { orAborted } from './stage.js';

export type { Finding };

const OLDEST_NODE = [20, 15] as const;
/** The encoders that the film formats of `--outfile` need. */
const FILM_ENCODERS = 'libx264 libx265 libvpx-vp9 libaom-av1 libsvtav1 prores_ks ffv1 apng gif';

/** `env`: of the process, where programs are looked for. Throws the signal's reason. */
export async function examine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Finding[]> {
  const found: Finding[] = [node(), build(), processor(), memory()];
  // One after another: measured at the same time they would slow one another down. Every iteration is computed, so that speeds
  // can be compared.
  found.push(await measured('kernel simd', async () => openSimd(compileSimd(1), 0, false)));
  signal.throwIfAborted();
  found.push(await measured('kernel cpu', openCpu));
  signal.throwIfAborted();
  const { webgpu, headlessgl } = await orAborted(signal, probeGpu());
  found.push(gpu('kernel gpu, WebGPU', webgpu), gpu('kernel gpu, headless GL', headlessgl));
  // Other systems have no Vulkan loader, and a display always.
  if (process.platform === 'linux') found.push(vulkan(), display(env));
  found.push(...(await orAborted(signal, ffmpeg())));
  found.push(...(await orAborted(signal, examinePovray(env.PATH ?? ''))));
  return found;
}

/** What installs a program here. */
function command(debian: string, homebrew: string, winget: string): string {
  return { darwin: homebrew, win32: winget }[process.platform as string] ?? debian;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const text = `${process.version}, ${process.platform} ${process.arch}`;
  if (good) return { topic: 'node', state: 'good', text };
  const debian = 'curl -fsSL https://deb.nodesource.com/setup_22.x | sudo bash - && sudo apt-get install -y nodejs';
  const remedy = command(debian, 'brew install node', 'winget install OpenJS.NodeJS.LTS');
  return { topic: 'node', state: 'bad', text: `${text}: older than ${OLDEST_NODE.join('.')}`, remedy };
}

function build(): Finding {
  try {
    return { topic: 'build', state: 'good', text: buildDigest() };
  } catch (error) {
    return { topic: 'build', state: 'bad', text: messageOf(error), remedy: 'make build' };
  }
}

function processor(): Finding {
  const threads = availableParallelism();
  const text = `${threads} thread${threads === 1 ? '' : 's'} at once (${cpus()[0]?.model.trim() ?? 'unnamed'})`;
  return { topic: 'processor', state: 'good', text };
}

function memory(): Finding {
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return { topic: 'memory', state: 'good', text: `${gib(totalmem())} GiB, ${gib(freemem())} free` };
}

/** Opens a kernel, measures it for about 0.2 s in one thread, and closes it. */
async function measured(topic: string, open: () => Promise<Kernel>): Promise<Finding> {
  try {
    const kernel = await open();
    const speed = await gigaPerSecond(kernel);
    await kernel.close();
    return { topic, state: 'good', text: `${giga(speed)} in one thread (${kernel.detail})` };
  } catch (error) {
    // Optional packages, which the message names.
    if (error instanceof FractalError && error.code === 'KERNEL_MISSING')
      return { topic, state: 'less', text: messageOf(error) };
    return { topic, state: 'bad', text: messageOf(error), remedy: 'make build' };
  }
}

function gpu(topic: string, probed: Probed): Finding {
  if (!probed.ok) return { topic, state: 'less', text: probed.reason, remedy: probed.remedy };
  return { topic, state: 'good', text: `${giga(probed.gigaPerSecond)} (${probed.detail})` };
}

function giga(speed: number): string {
  return `${speed.toFixed(speed < 10 ? 2 : 0)} G iterations/s`;
}

function vulkan(): Finding {
  const drivers = vulkanDrivers();
  const topic = 'Vulkan drivers';
  if (drivers.length > 0) return { topic, state: 'good', text: drivers.map((file) => basename(file)).join(' ') };
  return { topic, state: 'less', text: 'none', remedy: 'sudo apt-get install -y mesa-vulkan-drivers' };
}

function display({ DISPLAY, WAYLAND_DISPLAY, PATH = '' }: NodeJS.ProcessEnv): Finding {
  const topic = 'display';
  if (DISPLAY || WAYLAND_DISPLAY) return { topic, state: 'good', text: `${DISPLAY ?? WAYLAND_DISPLAY}` };
  if (PATH.split(delimiter).some((folder) => existsSync(join(folder, 'xvfb-run')))) {
    return { topic, state: 'less', text: 'none, but Xvfb: start the program with xvfb-run -a to have one' };
  }
  const text = 'none (only headless GL needs one)';
  return { topic, state: 'less', text, remedy: 'sudo apt-get install -y xvfb xauth' };
}

async function ffmpeg(): Promise<Finding[]> {
  const remedy = command('sudo apt-get install -y ffmpeg', 'brew install ffmpeg', 'winget install Gyan.FFmpeg');
  try {
    const { path, from, version, encoders } = await findFfmpeg();
    const [have, lack] = [
      FILM_ENCODERS.split(' ').filter((name) => encoders.has(name)),
      FILM_ENCODERS.split(' ').filter((name) => !encoders.has(name)),
    ];
    const state = have.length > 0 ? 'good' : 'less';
    const text = `${have.join(' ')}${lack.length > 0 ? ` (without ${lack.join(' ')})` : ''}`;
    return [
      { topic: 'ffmpeg', state: 'good', text: `${version}, ${from}: ${path}` },
      { topic: 'encoders', state, text, ...(have.length > 0 ? {} : { remedy }) },
    ];
  } catch (error) {
    const missing = error instanceof FractalError && error.code === 'ENCODER_MISSING';
    return [{ topic: 'ffmpeg', state: 'bad', text: missing ? 'none that runs' : messageOf(error), remedy }];
  }
}
