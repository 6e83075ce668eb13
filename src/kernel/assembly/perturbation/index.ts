/** What the module gives to perturbation/kernel.ts. */
export { buildDeepLevel } from './deep';
export { setKnown } from './interior';
export { setOrbit, setView } from './orbit';
export { setTables } from './levels';
export { enter, estimateAt, nuOf, perturb, prepareProofs } from './perturb';
export { setSeries } from './series';
export { buildLevel } from './table';
