/** A process that renders a scene without end, in the sandbox: it is there to be killed. */

import { argumentsOf } from '../../../src/work/povray/arguments.js';
import { findInstallation } from '../../../src/work/povray/installation.js';
import { runPovray } from '../../../src/work/povray/run.js';
import { command } from '../../../src/work/povray/sandbox.js';
import { Scratch } from '../../../src/work/povray/scratch.js';
import { sceneOf } from './scenes.js';

const main = process.argv[2] ?? '';
const installation = await findInstallation(process.env.PATH ?? '', true);
const scratch = Scratch.open(installation.includes);
const { scene, assets } = sceneOf({ [main]: '#while (1) #end\n' });
const folder = scratch.folder();
for (const _ of folder.write(scene.files, new Map(assets.map(({ digest, bytes }) => [digest, bytes]))));
const rect = { x: 0, y: 0, width: scene.width, height: scene.height };
const place = { scene: folder.path, settings: scratch.settings };
const started = command(installation, place, scene.limits, argumentsOf(scene, { kind: 'povray', rect, declares: [] }));
await runPovray(started, scene.limits, { push() {} }, () => false);
