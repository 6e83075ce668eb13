/**
 * Where the levels of a table lie, and how the threads of a worker fill it together: each takes blocks of the orbit and
 * builds all levels within one; the one that ends the last block builds the few long entries above.
 */

export interface Table {
  /** The shortest entries cover 2^first steps. */
  readonly first: number;
  /** Where each level begins, by its number; 0 below the first. Entry j covers 2^level steps from 1 + j·2^level. */
  readonly levels: readonly number[];
  /** How many entries each has. */
  readonly entries: readonly number[];
  /** The byte behind the last. */
  readonly end: number;
  /** Three i32: the next block, blocks done, and whether all is built. */
  readonly counters: number;
}

/** Entries of two steps save less time than their lookup takes. */
const SHORTEST = 2;

/** Entries of the first level to a block, as a power of two. */
const BLOCK_LEVELS = 12;
const READY = 1;
const BROKEN = 2;

/** Room for a table of an orbit that ends at index `length`, from byte `at` on, in at most `most` bytes. */
export function levelsOf(length: number, at: number, entryBytes: number, most: number, counters: number): Table {
  const steps = Math.max(0, length - 1);
  let first = SHORTEST;
  while ((2 * steps * entryBytes) / 2 ** first > most) first++;
  const levels = new Array<number>(first).fill(0);
  const entries = new Array<number>(first).fill(0);
  let end = at;
  for (let level = first; steps >= 2 ** level; level++) {
    levels.push(end);
    entries.push(Math.floor(steps / 2 ** level));
    end += Math.floor(steps / 2 ** level) * entryBytes;
  }
  return { first, levels, entries, end, counters };
}

/** The state is the third of a table's counters. */
const STATE = 2;

/** Whether a table is built, or failed to be: no thread works at it any more. */
export function isBuilt({ counters }: Table, memory: WebAssembly.Memory): boolean {
  return Atomics.load(new Int32Array(memory.buffer, counters, 3), STATE) !== 0;
}

/**
 * Takes part in building until all is built. build: entries [from, to) of a level, once what is below is there.
 * @throws Error when a thread failed at it
 */
export function buildTogether(
  { first, entries, counters }: Table,
  memory: WebAssembly.Memory,
  build: (level: number, from: number, to: number) => void,
): void {
  const [next, done, state] = [0, 1, STATE];
  const shared = new Int32Array(memory.buffer, counters, 3);
  const depth = entries.length - 1;
  const top = Math.min(depth, first + BLOCK_LEVELS);
  const blocks = Math.max(1, Math.ceil((entries[first] ?? 0) / 2 ** BLOCK_LEVELS));
  const finish = (outcome: number) => {
    // An abandoned table stays abandoned.
    Atomics.compareExchange(shared, state, 0, outcome);
    Atomics.notify(shared, state);
  };
  try {
    for (let block = Atomics.add(shared, next, 1); block < blocks; block = Atomics.add(shared, next, 1)) {
      for (let level = first; level <= top; level++) {
        const width = 2 ** (first + BLOCK_LEVELS - level);
        build(level, block * width, Math.min(entries[level] as number, (block + 1) * width));
      }
      if (Atomics.add(shared, done, 1) < blocks - 1) continue;
      for (let level = top + 1; level <= depth; level++) build(level, 0, entries[level] as number);
      finish(READY);
    }
  } catch (error) {
    finish(BROKEN);
    throw error;
  }
  while (Atomics.load(shared, state) === 0) Atomics.wait(shared, state, 0);
  if (Atomics.load(shared, state) === BROKEN) throw new Error('the table of the reference orbit could not be built');
}

/** Marks an unfinished table as broken, so that the threads that build it end with an error. False: it was finished. */
export function abandonTable({ counters }: Table, memory: WebAssembly.Memory): boolean {
  const shared = new Int32Array(memory.buffer, counters, 3);
  const state = 2;
  if (Atomics.compareExchange(shared, state, 0, BROKEN) !== 0) return false;
  Atomics.notify(shared, state);
  return true;
}
