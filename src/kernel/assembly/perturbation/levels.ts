/** Where this instance finds the levels of its tables: pointers (u32), of which there are those from `first` to `depth`. */

export let levels: usize = 0;
export let first: i32 = 0;
export let depth: i32 = 0;
export let deepLevels: usize = 0;
export let deepFirst: i32 = 0;
export let deepDepth: i32 = 0;

/** Once, before points are iterated. */
// prettier-ignore
export function setTables(levels_: usize, first_: i32, depth_: i32, deepLevels_: usize, deepFirst_: i32,
  deepDepth_: i32): void {
  levels = levels_;
  first = first_;
  depth = depth_;
  deepLevels = deepLevels_;
  deepFirst = deepFirst_;
  deepDepth = deepDepth_;
}
