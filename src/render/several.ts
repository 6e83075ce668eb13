/** Every frame to several outputs. */

import { FractalError, messageOf } from '../errors.js';
import { converted, wantsOfAll } from './conversion.js';
import type { Output } from './output-options.js';
import type { Written } from './temporary.js';

/** `outputs`: with the names of their files. */
export function several(outputs: readonly (readonly [outfile: string, output: Output])[]): Output {
  return {
    wants: wantsOfAll(outputs.map(([, { wants }]) => wants)),
    async write(frame, parameters, raw) {
      for (const [, output] of outputs) {
        await output.write(await converted(frame, output.wants, raw), parameters, raw);
      }
    },
    async close() {
      const closed = await Promise.allSettled(outputs.map(([, output]) => output.close()));
      const files: Written[] = closed.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      const errors = closed.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      const [first] = errors;
      if (first === undefined) return files;
      const complete = outputs.flatMap(([name], k) => (closed[k]?.status === 'fulfilled' ? [`"${name}"`] : []));
      const rest = complete.length > 0 ? `; complete: ${complete.join(', ')}` : '';
      const message = `${errors.map(messageOf).join('; ')}${rest}`;
      throw first instanceof FractalError ? new FractalError(first.code, message, { cause: first }) : first;
    },
    async abort() {
      await Promise.all(outputs.map(([, output]) => output.abort()));
    },
  };
}
