/** One computing thread of a worker: a slot. It computes what it is told, one shard at a time. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Scene } from '../cluster/messages.js';
import { messageOf } from '../errors.js';
import type { Kernel, KernelName } from '../kernel/kernel.js';
import { fingerprintOf, openKernel, speedOf } from '../kernel/open.js';
import type { Paint } from '../render/colours.js';
import { paint } from '../render/paint.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

const { simd, slot } = workerData as ThreadData;
const port = parentPort;
if (!port) throw new Error('thread.js runs as a thread of a worker only');

const scenes = new Map<string, Scene>();
const kernels = new Map<KernelName, Promise<Kernel>>();

port.on('message', async (message: ToThread) => {
  switch (message.kind) {
    case 'scene':
      scenes.set(message.key, message.scene);
      return;
    case 'forget':
      scenes.delete(message.key);
      return;
    case 'open':
      return answer(await open(message.kernel));
    case 'compute':
      return answer(await compute(message));
  }
});

function answer(message: FromThread): void {
  port?.postMessage(message, message.kind === 'done' ? [message.bytes.buffer] : []);
}

function kernelOf(name: KernelName): Promise<Kernel> {
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, (kernel = openKernel(name, simd, slot)));
  return kernel;
}

async function open(name: KernelName): Promise<FromThread> {
  try {
    const kernel = await kernelOf(name);
    const fingerprint = await fingerprintOf(kernel);
    return { kind: 'opened', kernel: name, detail: kernel.detail, fingerprint, speed: await speedOf(kernel) };
  } catch (error) {
    return { kind: 'unavailable', kernel: name, reason: messageOf(error) };
  }
}

async function compute({ kernel, scene: key, view, rect }: ToThread & { kind: 'compute' }): Promise<FromThread> {
  try {
    const scene = scenes.get(key);
    if (!scene) throw new Error(`scene ${key} was never sent`);
    const from = performance.now();
    const { nu, iterations } = await (await kernelOf(kernel)).compute(view, rect);
    const bytes = scene.samples
      ? new Uint8Array(nu.buffer as ArrayBuffer)
      : paint(nu, nu.length / (rect.width * rect.height), paintOf(scene), view.iterations);
    const seconds = (performance.now() - from) / 1000;
    return { kind: 'done', bytes: bytes as Uint8Array<ArrayBuffer>, seconds, iterations, samples: nu.length };
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) };
  }
}

/** The paint that the leader took apart for the wire. */
function paintOf(scene: Scene): Paint {
  return { ...scene.paint, ...scene.tables } as unknown as Paint;
}
