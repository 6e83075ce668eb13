/** What is checked of a scene before anything is opened, and how its errors are explained. */

import { FractalError } from '../errors.js';
import type { SceneRequest } from '../request/povray/scene-request.js';
import { checkOption } from '../work/povray/options.js';
import { declareFault, mainFault, pathFault } from '../work/povray/validate.js';
import type { SceneFile } from './scene-files.js';

interface Checked {
  readonly request: Pick<SceneRequest, 'main' | 'options' | 'declares'>;
  readonly files: readonly Pick<SceneFile, 'path'>[];
}

/** @throws FractalError REQUEST_INVALID, SCENE_FILES */
export function checkScene({ request, files }: Checked): void {
  const { main, options, declares } = request;
  const fault = mainFault(main);
  if (fault) throw new FractalError('SCENE_FILES', `"${main}": ${fault}`);
  for (const { path } of files) {
    const wrong = pathFault(path);
    if (wrong) throw new FractalError('SCENE_FILES', `${JSON.stringify(path)} cannot be a file of a scene: ${wrong}`);
  }
  for (const option of options) checkOption(option);
  for (const { name, values } of declares) {
    const wrong = values.map((value) => declareFault(name, value)).find((one) => one !== undefined);
    if (wrong) throw new FractalError('REQUEST_INVALID', `--declare: ${wrong}`);
  }
}

/** POV-Ray's words for a file that it does not find. */
const MISSING = /(?:cannot|can't|could not|couldn't) (?:open|find)[^'"]*['"]([^'"]+)['"]/i;

/** The same error, with the way out where a file was not sent. */
export function explained(error: unknown, { files }: Checked): unknown {
  if (!(error instanceof FractalError) || error.code !== 'SHARD_FAILED') return error;
  const [, name] = MISSING.exec(error.message) ?? [];
  if (name === undefined || files.some(({ path }) => path === name)) return error;
  const way = `"${name}" was not sent: put it into the scene's folder, by the path that the scene names, or give --all-files`;
  return new FractalError(error.code, `${error.message}; ${way}`, { cause: error });
}
