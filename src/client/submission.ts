/** What `fractal submit` sends: all that is meant, without the names of files of this machine. */

import { JOB_FLAGS } from '../request/flags/job.js';
import { flagsOfSources } from '../request/sources.js';
import { invalid, type RawFlags } from '../request/values.js';

export interface Sent {
  /** JSON. */
  readonly body: string;
  /** Lines about the location file, for the user. */
  readonly notes: readonly string[];
}

/**
 * `given`: of the command line. The files of --request, --location, --path and --palette are read here.
 * @throws FractalError
 */
export async function sentBy(given: RawFlags): Promise<Sent> {
  const { flags, notes } = await flagsOfSources(given, JOB_FLAGS);
  const { request, location, ...rest } = flags;
  if (rest.audio !== undefined)
    throw invalid(
      `--audio "${rest.audio}" is a file of this machine, which a job cannot have: add it to the film later`,
    );
  const outfile = rest.outfile?.includes('\n') ? { outfile: rest.outfile.split('\n') } : {};
  return { body: JSON.stringify({ ...rest, ...outfile }), notes };
}
