/** What owners of jobs may use of the cluster: a file with lines OWNER WEIGHT [SLOTS]. */

import { FractalError } from '../errors.js';

export interface OwnerTerms {
  /** Its share of the slots among owners with jobs of the same priority, 1 to 1000. */
  readonly weight: number;
  /** Slots that its jobs may use at once; 0: any number. */
  readonly maxSlots: number;
}

export type OwnerTable = ReadonlyMap<string, OwnerTerms>;

export const NO_OWNERS: OwnerTable = new Map();
const MOST_WEIGHT = 1000;

/** `name`: of the file. @throws FractalError REQUEST_FILE */
export function parseOwners(text: string, name: string): OwnerTable {
  const owners = new Map<string, OwnerTerms>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) continue;
    const wrong = (why: string) => new FractalError('REQUEST_FILE', `${name}:${at + 1}: ${why}`);
    const [owner = '', weight = '', slots = '0', more] = words;
    if (!/^\d{1,4}$/.test(weight) || Number(weight) < 1 || Number(weight) > MOST_WEIGHT)
      throw wrong(`the weight "${weight}" is not a whole number from 1 to ${MOST_WEIGHT}: write OWNER WEIGHT SLOTS`);
    if (!/^\d{1,6}$/.test(slots)) throw wrong(`"${slots}" is not a number of slots: 0 is any number`);
    if (more !== undefined) throw wrong(`"${more}" is one word too many: write OWNER WEIGHT SLOTS`);
    if (owners.has(owner)) throw wrong(`"${owner}" stands in a line before`);
    owners.set(owner, { weight: Number(weight), maxSlots: Number(slots) });
  }
  return owners;
}
