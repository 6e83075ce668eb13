/** What the module gives to kernel.ts: functions on a slot's state, and the layout of what both sides share. */

export { ENTRY_BYTES, EXTENDED_ENTRY_BYTES, MATRIX_ENTRY_BYTES } from './bla-entry';
export { buildExtendedLevel } from './bla-extended-table';
export { findCycle } from './cycle';
export { estimateAt } from './distance';
export { BEYOND } from '../escape';
export { phaseOf } from '../phase';
export { BURNING_SHIP, HOLOMORPHIC, TRICORN } from '../formula';
export { UNDERFLOW_BYTES } from '../underflow';
export { buildLevel, openSlot, setReference, setTables, setView } from './setup';
export { CERTAIN, DOUBTFUL, beginBlock, iteratePoints, LEAST_BAILOUT2, nuOf, prepareProofs, UNCERTAIN } from './samples';
export { SLOT_BYTES } from './slot';
export { FLAG_PROOFS, FLAG_WHOLE } from './view';
