/**
 * Eight points in flight: their state in memory, one array of 8 doubles per field, as vectors need it. Iterations are counted
 * by the loop as a whole (`now`); a lane stores the count at its start.
 */

export const LANES: i32 = 8;

// Fields: byte offsets of arrays of 8 doubles (or 8 i64) from the pointer `lanes`.
export const Z_RE: usize = 0; // z after the block
export const Z_IM: usize = 64;
export const START_RE: usize = 128; // z before the block
export const START_IM: usize = 192;
export const C_RE: usize = 256;
export const C_IM: usize = 320;
export const MARK_RE: usize = 384; // an earlier z, to which a cycle would return
export const MARK_IM: usize = 448;
export const NEAR: usize = 512; // squared distance to the mark that is worth a proof; negative: never
export const BOUND: usize = 576; // the squared bailout, twice
export const BEGUN: usize = 640; // i64: `now` at which the lane's count was 0
export const MARKED: usize = 704; // i64: `now` at the mark
export const DUE: usize = 768; // i64: `now` at which the mark moves or the limit is reached; NEVER for an idle lane
export const POINT: usize = 832; // i64: index of the point
export const SPREAD2: usize = 896; // |dz|^2 over the sample's footprint, after the block (spread.ts)
export const START_SPREAD2: usize = 960; // the same before the block
export const TOGETHER: usize = 1024; // i64: `now` of the last block after which the spread was small
export const ADDS: usize = 1088; // 8 pairs of equal doubles: what every second iteration of a block adds (spread.ts)
export const LANES_BYTES: usize = 1216;

/** Iterations between two tests of the lanes: a power of 2. */
export const BLOCK: i64 = 16;

/** `DUE` of an idle lane. */
export const NEVER: i64 = i64.MAX_VALUE;
