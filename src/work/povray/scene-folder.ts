/** The folder that a scene reads: links to files that are kept once, by digest, and shared with other scenes of the worker. */

import { closeSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asResourceError, FractalError, messageOf } from '../../errors.js';
import type { PovrayFile } from './scene.js';

/** Bytes that are written in one step. */
const STEP_BYTES = 4 << 20;

/** Files by digest, in one folder. */
export class KeptFiles {
  /** How many scenes have each. */
  private readonly holders = new Map<string, number>();

  constructor(private readonly folder: string) {}

  pathOf(digest: string): string {
    return join(this.folder, digest);
  }

  has(digest: string): boolean {
    return this.holders.has(digest);
  }

  hold(digest: string): void {
    this.holders.set(digest, (this.holders.get(digest) ?? 0) + 1);
  }

  /** The last scene that has it removes it. */
  release(digest: string): void {
    const left = (this.holders.get(digest) ?? 1) - 1;
    if (left > 0) return void this.holders.set(digest, left);
    this.holders.delete(digest);
    rmSync(this.pathOf(digest), { force: true });
  }
}

export class SceneFolder {
  private readonly held = new Set<string>();
  /** A file that is being written: two scenes may do so in turns, each under a name of its own. */
  private open: { readonly file: number; readonly path: string } | undefined;

  constructor(
    readonly path: string,
    private readonly kept: KeptFiles,
  ) {}

  /** Step by step. `assets`: contents by digest. @throws FractalError RESOURCES, DISK */
  *write(files: readonly PovrayFile[], assets: ReadonlyMap<string, Uint8Array>): Generator<void> {
    try {
      mkdirSync(this.path);
      for (const { path, digest } of files) {
        const bytes = assets.get(digest);
        if (!bytes) throw new Error(`the scene has no asset for its file ${path}`);
        if (!this.held.has(digest)) yield* this.keep(digest, bytes);
        const own = join(this.path, path);
        mkdirSync(dirname(own), { recursive: true });
        linkSync(this.kept.pathOf(digest), own);
      }
    } catch (error) {
      const way = 'free some space, or name another folder with the environment variable TMPDIR';
      const disk = new FractalError('DISK', `a scene cannot be written to ${this.path} (${messageOf(error)}): ${way}`);
      throw asResourceError(error) ?? disk;
    }
  }

  /** A scene that is being written is not written on. */
  remove(): void {
    if (this.open) {
      closeSync(this.open.file);
      rmSync(this.open.path, { force: true });
      this.open = undefined;
    }
    rmSync(this.path, { recursive: true, force: true });
    for (const digest of this.held) this.kept.release(digest);
    this.held.clear();
  }

  private *keep(digest: string, bytes: Uint8Array): Generator<void> {
    if (!this.kept.has(digest)) {
      const path = `${this.path}.part`;
      const file = openSync(path, 'wx', 0o444);
      this.open = { file, path };
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(file, bytes.subarray(at, at + STEP_BYTES));
        yield;
      }
      closeSync(file);
      this.open = undefined;
      renameSync(path, this.kept.pathOf(digest));
    }
    this.kept.hold(digest);
    this.held.add(digest);
  }
}
