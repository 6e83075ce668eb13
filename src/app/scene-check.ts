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

/** Its words where every worker refuses the scene: which shard was the first does not matter. */
const REFUSED = /POV-Ray refuses the scene: .*/;

/** The same error in the words of scenes, with the way out where a file was not sent. */
export function explained(error: unknown, { files }: Checked): unknown {
  if (!(error instanceof FractalError)) return error;
  const said = (message: string) => new FractalError(error.code, message, { cause: error });
  if (error.code === 'NO_WORKER') return said(error.message.replace('"fractal worker"', '"fractal worker --povray"'));
  if (error.code !== 'SHARD_FAILED') return error;
  const message = REFUSED.exec(error.message)?.[0] ?? error.message;
  if (/longer than its limit/.test(message)) return said(`${message}: raise --limit, or lower the quality`);
  if (/more memory than its limit/.test(message)) return said(`${message}: raise --memory-limit`);
  const [, name] = MISSING.exec(message) ?? [];
  if (name === undefined || files.some(({ path }) => path === name)) return said(message);
  const way = `"${name}" was not sent: put it into the scene's folder, by the path that the scene names, or give --all-files`;
  return said(`${message}; ${way}`);
}
