/** Constants that a compiled WebAssembly module exports: those of both sides are declared in the module alone. */

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

/** The import `abort` of the modules, which is never expected to be called. */
export function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
