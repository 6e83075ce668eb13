/** What frames take of tiles, in SIMD: gather.ts lays out the memory and gives the weights. */

export { paintFiltered } from './filtered';
export { COARSE, FINE, finishBytes, finishDeep, finishPlanes, useTables } from './finish';
export { halve } from './halve';
export { steady } from './steady';
export { BIAS } from './texels';
export { addTurned, PLACES } from './turned';
export { addUpright, MARGIN } from './upright';
