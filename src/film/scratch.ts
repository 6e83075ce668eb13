/** A part of the memory in which one frame's tables are placed one after another, and forgotten together. */

import { FractalError } from '../errors.js';
import { copyTo } from './memory.js';

export class Scratch {
  private next: number;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly at: number,
    private readonly bytes: number,
  ) {
    this.next = at;
  }

  clear(): void {
    this.next = this.at;
  }

  /** The address of a copy. @throws FractalError RESOURCES */
  place(table: Int16Array | Int32Array | Float32Array): number {
    const at = this.next;
    this.next += 16 * Math.ceil(table.byteLength / 16);
    if (this.next > this.at + this.bytes) {
      throw new FractalError('RESOURCES', 'a frame shows too many keyframes at once: use a smaller --shutter');
    }
    copyTo(this.memory, at, table);
    return at;
  }
}
