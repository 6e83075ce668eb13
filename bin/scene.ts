/** `fractal scene`: renders a POV-Ray scene, and prints the progress and the files that it wrote. */

import { openSceneWorkers } from '../src/app/local-workers.js';
import { renderScene } from '../src/app/scene.js';
import { sceneSource } from '../src/app/scene-source.js';
import { workerSource } from '../src/app/worker-source.js';
import { ACCESS_FLAGS } from '../src/request/flags/access.js';
import { CLUSTER_FLAGS } from '../src/request/flags/cluster.js';
import { REPORT_FLAGS } from '../src/request/flags/report.js';
import { SCENE_FLAGS } from '../src/request/flags/scene.js';
import { STORE_FLAGS } from '../src/request/flags/store.js';
import { invalid, type RawFlags, valuesOf } from '../src/request/values.js';
import { tokenOfEnvironment } from './environment.js';
import { interrupts } from './interrupts.js';
import { clusterOptions, reportOptions, storeOptions } from './options.js';
import { reported } from './reported.js';

const TABLE = { ...SCENE_FLAGS, ...CLUSTER_FLAGS, ...ACCESS_FLAGS, ...STORE_FLAGS, ...REPORT_FLAGS };

/** Resolves to the exit code. */
export async function scene(flags: RawFlags): Promise<number> {
  const v = valuesOf(TABLE, flags);
  if (v.scene === undefined) throw invalid('no scene is named: write fractal scene FOLDER, or fractal scene SCENE.pov');
  const cluster = clusterOptions(v);
  const report = reportOptions(v);
  const store = storeOptions(v);
  const { request, files, notes } = await sceneSource(v.scene, flags, v['all-files']);
  const source = await workerSource(cluster, tokenOfEnvironment());
  const { hosts, file, access } = source;
  const local = source.local > 0 ? await openSceneWorkers(source.local, process.env.PATH ?? '', v.sandbox) : undefined;
  const stop = interrupts(report.timeoutSeconds);
  try {
    const workers = { hosts, ...(file === undefined ? {} : { file }), access, local };
    const order = { request, files, notes, store, cluster, metrics: report.metrics !== false };
    const hearing = { ...report, outfiles: request.outfiles, signal: stop.signal, store, notes: true };
    await reported(hearing, (context) => renderScene(order, workers, context));
    return 0;
  } finally {
    stop.release();
    await local?.close();
    if (report.forceExit) setImmediate(() => process.exit());
  }
}
