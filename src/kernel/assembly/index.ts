/** What the module gives to simd.ts: functions on a slot's state, which `openSlot` lays out, and constants of both sides. */

export { iterate } from './direct';
export { distances } from './distance';
export { BURNING_SHIP, HOLOMORPHIC, TRICORN } from './formula';
export { FLAG_INTERIOR, FLAG_JULIA, FLAG_WHOLE, openSlot, SLOT_BYTES } from './job';
