/** usage: node probe-child.js webgpu|headlessgl: computes a small view and prints one line with what it found. */

import { messageOf } from '../../errors.js';
import { type Mode, openBackend } from './backend.js';
import { kernelOn } from './open.js';
import type { Report } from './probe.js';
import { gigaPerSecond, givesRightAnswers } from './speed.js';

async function report(mode: Mode): Promise<Report> {
  try {
    const kernel = kernelOn('gpu', await openBackend(mode));
    if (!(await givesRightAnswers(kernel))) return { failed: 'its driver computes wrong values' };
    return { detail: kernel.detail, gigaPerSecond: await gigaPerSecond(kernel) };
  } catch (error) {
    return { failed: messageOf(error) };
  }
}

process.stdout.write(`probe: ${JSON.stringify(await report(process.argv[2] as Mode))}\n`, () => process.exit(0));
