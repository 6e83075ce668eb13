/**
 * The folder of a worker for POV-Ray: its settings, the files of its scenes, and a folder for each scene. It is removed when
 * the worker ends; what killed workers left is removed when the next one starts.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FractalError, messageOf } from '../../errors.js';
import { KeptFiles, SceneFolder } from './scene-folder.js';

/** Folders of this process. */
const open = new Set<string>();

const PREFIX = `fractal-povray-${hostname()}-`;

export class Scratch {
  private scenes = 0;
  private readonly kept: KeptFiles;

  private constructor(
    readonly path: string,
    includes: readonly string[],
  ) {
    const files = join(path, 'files');
    mkdirSync(files);
    this.kept = new KeptFiles(files);
    mkdirSync(join(this.settings, '.povray', '3.7'), { recursive: true });
    const paths = includes.map((folder) => `Library_Path="${folder}"\n`).join('');
    writeFileSync(join(this.settings, 'povray.ini'), paths);
    const security = '[File I/O Security]\nnone\n[Shellout Security]\nforbidden\n';
    writeFileSync(join(this.settings, '.povray', '3.7', 'povray.conf'), security);
  }

  /** `includes`: folders of POV-Ray's own files. @throws FractalError DISK */
  static open(includes: readonly string[]): Scratch {
    const parent = tmpdir();
    try {
      removeLeft(parent);
      const path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
      if (open.size === 0) process.once('exit', removeOpen);
      open.add(path);
      return new Scratch(path, includes);
    } catch (error) {
      const way = 'name another folder with the environment variable TMPDIR';
      throw new FractalError('DISK', `no folder can be made in ${parent} (${messageOf(error)}): ${way}`);
    }
  }

  /** Read by POV-Ray: the paths of its includes, and that scenes start no programs. */
  get settings(): string {
    return join(this.path, 'settings');
  }

  /** Removes all of it. */
  remove(): void {
    open.delete(this.path);
    removeFolder(this.path);
  }

  /** For a further scene; nothing is written yet. */
  folder(): SceneFolder {
    return new SceneFolder(join(this.path, `scene-${this.scenes++}`), this.kept);
  }
}

function removeOpen(): void {
  for (const path of open) removeFolder(path);
}

/** Folders of workers of this machine whose process is gone. */
function removeLeft(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = name.startsWith(PREFIX) ? (/^(\d+)-/.exec(name.slice(PREFIX.length)) ?? []) : [];
    if (pid !== undefined && !isAlive(Number(pid))) removeFolder(join(parent, name));
  }
}

function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another user's, or one that somebody works in.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
