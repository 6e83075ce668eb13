/** What the module gives to perturbation/kernel.ts. */
export { buildDeepLevel, buildLevel, perturb, perturbDeep } from './perturb';
