/** What `fractal doctor` finds of POV-Ray and of the sandbox that its scenes run in. */

import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { findInstallation, type Installation, ProgramMissing } from '../work/povray/installation.js';
import { measured } from '../work/povray/measure.js';
import { Scratch } from '../work/povray/scratch.js';
import type { Finding } from './finding.js';

const NAMESPACES = 'sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000';
const NEEDED = 'missing (only "fractal worker --povray" needs it)';

/** `path`: where programs are looked for. Renders a small picture with each that is there. */
export async function examinePovray(path: string): Promise<Finding[]> {
  const povray = await rendered('povray', path, false);
  if (povray.state !== 'good') return [povray, await found(path)];
  return [povray, await rendered('bubblewrap', path, true)];
}

async function found(path: string): Promise<Finding> {
  try {
    const { bubblewrap = '' } = await findInstallation(path, true);
    return { topic: 'bubblewrap', state: 'good', text: bubblewrap };
  } catch (error) {
    // Without POV-Ray it is not looked for.
    const missing = error instanceof ProgramMissing && error.program === 'bwrap';
    return { topic: 'bubblewrap', state: 'less', text: missing ? NEEDED : 'not examined without povray' };
  }
}

async function rendered(topic: 'povray' | 'bubblewrap', path: string, confined: boolean): Promise<Finding> {
  let installation: Installation;
  try {
    installation = await findInstallation(path, confined);
  } catch (error) {
    if (error instanceof ProgramMissing) return { topic, state: 'less', text: NEEDED, remedy: error.remedy };
    return { topic, state: 'bad', text: messageOf(error) };
  }
  try {
    const scratch = Scratch.open(installation.includes);
    try {
      await measured(installation, scratch.settings, join(scratch.path, 'fixed'));
      const text = confined
        ? `${installation.bubblewrap}: POV-Ray renders in it`
        : `POV-Ray ${installation.version}: ${installation.povray}`;
      return { topic, state: 'good', text };
    } finally {
      scratch.remove();
    }
  } catch (error) {
    return { topic, state: 'bad', text: messageOf(error), ...(confined ? { remedy: NAMESPACES } : {}) };
  }
}
