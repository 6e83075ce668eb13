/**
 * Samples of keyframes until no later frame shows them: in memory, and beyond its bound in files. A file has no name
 * once it is open, so none is left however the program ends.
 */

import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FractalError, messageOf } from '../errors.js';
import type { Rect } from '../shard/shard.js';
import { bytesOf, type KeyframeSamples } from './samples.js';

interface InFile {
  readonly file: FileHandle;
  readonly parts: readonly { readonly rect: Rect; readonly length: number }[];
}

export interface SpillOptions {
  /** Bytes in memory. */
  readonly bound: number;
  /** Absent: that of the system for temporary files. */
  readonly folder?: string;
}

export class Spill {
  private readonly inMemory = new Map<number, KeyframeSamples>();
  private readonly inFiles = new Map<number, InFile>();
  private bytes = 0;

  constructor(private readonly options: SpillOptions) {}

  /** @throws FractalError DISK */
  async put(keyframe: number, samples: KeyframeSamples): Promise<void> {
    const bytes = bytesOf(samples);
    if (this.bytes + bytes > this.options.bound) {
      this.inFiles.set(keyframe, await this.written(samples));
      return;
    }
    this.inMemory.set(keyframe, samples);
    this.bytes += bytes;
  }

  /** Of a keyframe that was put and not dropped. @throws FractalError DISK */
  async get(keyframe: number): Promise<KeyframeSamples> {
    const held = this.inMemory.get(keyframe);
    if (held) return held;
    const { file, parts } = this.inFiles.get(keyframe) as InFile;
    const samples = [];
    let at = 0;
    for (const { rect, length } of parts) {
      const values = new Float64Array(length);
      await this.orDisk(() => file.read(bytesIn(values), 0, values.byteLength, at));
      at += values.byteLength;
      samples.push({ rect, values });
    }
    return samples;
  }

  drop(keyframe: number): void {
    const held = this.inMemory.get(keyframe);
    if (held) this.bytes -= bytesOf(held);
    this.inMemory.delete(keyframe);
    this.inFiles.get(keyframe)?.file.close();
    this.inFiles.delete(keyframe);
  }

  close(): void {
    for (const keyframe of [...this.inMemory.keys(), ...this.inFiles.keys()]) this.drop(keyframe);
  }

  private async written(samples: KeyframeSamples): Promise<InFile> {
    const file = await this.orDisk(() => unnamedFile(this.folder));
    let at = 0;
    for (const { values } of samples) {
      await this.orDisk(() => file.write(bytesIn(values), 0, values.byteLength, at));
      at += values.byteLength;
    }
    return { file, parts: samples.map(({ rect, values }) => ({ rect, length: values.length })) };
  }

  private get folder(): string {
    return this.options.folder ?? tmpdir();
  }

  private async orDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const way = 'TMPDIR names another folder, and films outwards need none';
      throw new FractalError('DISK', `samples of keyframes, in ${this.folder}: ${messageOf(error)}; ${way}`);
    }
  }
}

function bytesIn({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Its name is random and exclusive. Windows may keep a folder that has an open file: so it has none of its own. */
async function unnamedFile(folder: string): Promise<FileHandle> {
  const path = join(folder, `fractal-${randomBytes(8).toString('hex')}`);
  const file = await open(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
