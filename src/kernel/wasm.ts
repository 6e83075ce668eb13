/** What the host reads of a compiled WebAssembly module: constants that both sides share are declared there alone. */

import type { Step } from '../view/view.js';

/** Values of the globals that an instance exports. @throws Error when one is missing */
export function constantsOf<K extends string>(
  exports: Record<string, unknown>,
  names: readonly K[],
): Readonly<Record<K, number>> {
  const entries = names.map((name) => {
    const exported = exports[name] as { readonly value: number | bigint } | undefined;
    if (exported === undefined) throw new Error(`the WebAssembly module exports no ${name}`);
    return [name, Number(exported.value)] as const;
  });
  return Object.fromEntries(entries) as Record<K, number>;
}

const STEPS: Readonly<Record<Step, string>> = {
  holomorphic: 'HOLOMORPHIC',
  'burning-ship': 'BURNING_SHIP',
  tricorn: 'TRICORN',
};

/** The number of a step of a formula, as a module exports it. */
export function stepNumber(exports: Record<string, unknown>, step: Step): number {
  const name = STEPS[step];
  return constantsOf(exports, [name])[name] as number;
}

/** For modules that import it: nothing in them is expected to. */
export function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
