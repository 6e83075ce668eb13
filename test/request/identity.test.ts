/** Command line → request → parameters of a picture → request file → request is the identity. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWords } from '../../bin/command-line.js';
import { leaderOptions } from '../../bin/options.js';
import { FractalError } from '../../src/errors.js';
import type { Flag } from '../../src/request/flags/flag.js';
import { flagsOf, PICTURE_FLAGS } from '../../src/request/flags/index.js';
import { parametersOf } from '../../src/request/metadata.js';
import type { Request } from '../../src/request/request.js';
import { folder } from '../e2e/processes.js';
import { valueFor } from './values.js';

const ENTRIES = Object.entries<Flag>(PICTURE_FLAGS)
  .filter(([name]) => name !== 'location' && name !== 'request')
  .map(([name, flag]) => ({ name, word: valueFor(name, flag).map((value) => `--${name}=${value}`) }));

/** Up to nine flags with values that they take, as words of a command line. */
const words = fc
  .uniqueArray(fc.constantFrom(...ENTRIES), { selector: ({ name }) => name, maxLength: 9 })
  .chain((entries) => fc.tuple(...entries.map(({ word }) => word)));

/** What shapes the pictures of a request: without outfile, workers, and what belongs to no still and no palette. */
function shapeOf(request: Request): object {
  const { outfile, outfiles, encoding, shape, blockSize, kernel, autoIterations, ...rest } = request;
  const { colours, film } = rest;
  const { palette, step, density, offset, interpolation, ...others } = colours;
  return {
    ...rest,
    film: film.frames > 1 ? film : { frames: 1, end: film.end },
    colours: colours.mode === 'palette' || colours.mode === 'distance' ? colours : others,
  };
}

test('a request that goes through the parameters of its picture is the same request', async (t) => {
  const path = join(folder(t), 'parameters.json');
  let [valid, invalid] = [0, 0];
  const options = async (line: readonly string[]) =>
    leaderOptions(readWords(line, 'fractal leader', flagsOf('leader')));
  await fc.assert(
    fc.asyncProperty(words, async (line) => {
      let request: Request;
      try {
        ({ request } = await options(line));
      } catch (error) {
        // Two flags that contradict one another, or a picture that is too large.
        if (!(error instanceof FractalError)) throw error;
        invalid++;
        return;
      }
      valid++;
      const parameters = parametersOf(request);
      writeFileSync(path, parameters);
      const { request: again } = await options(['--request', path]);
      assert.deepEqual(shapeOf(again), shapeOf(request), line.join(' '));
      assert.equal(parametersOf(again), parameters);
      const { request: located } = await options(['--location', path]);
      assert.deepEqual(shapeOf(located), shapeOf(request), line.join(' '));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(valid > 400, `${valid} requests, ${invalid} combinations that are refused`);
});
