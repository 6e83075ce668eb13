/** `make bench`: every table of docs/performance.md. usage: node dist/bench/all.js [name ...], of the names in ALL */

import { assembly } from './assembly.js';
import { clusters } from './clusters.js';
import { deaths } from './deaths.js';
import { deep } from './deep.js';
import { fair } from './fair.js';
import { film } from './film.js';
import { gpu } from './gpu.js';
import { healthy } from './healthy.js';
import { kernel } from './kernel.js';
import { leader } from './leader.js';
import { looks } from './looks.js';
import { phases } from './phases.js';
import { pictures } from './pictures.js';
import { pieces } from './pieces.js';
import { planning } from './planning.js';
import { priority } from './priority.js';
import { quality } from './quality.js';
import { reference } from './reference.js';
import { refining } from './refining.js';
import { sampling } from './sampling.js';
import { compared } from './scale/compared.js';
import { connections } from './scale/connections.js';
import { decisions } from './scale/decisions.js';
import { scale } from './scale/index.js';
import { scene } from './scene.js';
import { segments } from './segments.js';
import { serve } from './serve.js';
import { straggler } from './straggler.js';
import { transport } from './transport.js';

const ALL = {
  kernel,
  gpu,
  reference,
  leader,
  pictures,
  looks,
  phases,
  healthy,
  deep,
  film,
  assembly,
  segments,
  refining,
  quality,
  sampling,
  pieces,
  planning,
  clusters,
  scene: () => scene(),
  straggler,
  deaths,
  transport,
  priority,
  fair,
  serve,
  scale,
  compared,
  connections,
  decisions: async () => decisions(),
};
const names = process.argv.slice(2);
for (const [name, bench] of Object.entries(ALL)) if (names.length === 0 || names.includes(name)) await bench();
process.exit(0);
