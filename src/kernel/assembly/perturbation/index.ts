/** What the module gives to perturbation/kernel.ts. */
export { buildLevel, perturb } from './perturb';
