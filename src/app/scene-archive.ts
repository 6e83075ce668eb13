/** A scene's frames in the store: by a key of all that shapes their bytes; and what was found out about the scene. */

import type { Archive as JobArchive, Piece } from '../leader/job/gathering.js';
import { declaresAt } from '../request/povray/scene-request.js';
import { areaOf } from '../shard/missing.js';
import { Archive } from '../store/archive.js';
import { keyer } from '../store/key.js';
import { pieceOf } from '../store/record.js';
import type { Store } from '../store/store.js';
import { povrayScene, type ScenePart, type SceneWorkOptions } from './scene-job.js';

type Key = (part: Readonly<Record<string, unknown>>) => string;

/** `fingerprint`: of the workers' POV-Ray. Limits shape no bytes. */
export function sceneKey(work: SceneWorkOptions, fingerprint: string): Key {
  const { files, limits, ...scene } = povrayScene(work);
  const named = Object.fromEntries([...files].map(({ path, digest }) => [path, digest]).sort());
  return keyer({ ...scene, files: named, work: scene.kind, fingerprint });
}

export type SceneArchive = JobArchive & Pick<Archive, 'suspend' | 'hasSome' | 'expects'>;

/** `split`: bands and whole pictures have keys of their own, in case they differ after all. */
export function sceneArchive(
  store: Store,
  key: Key,
  work: SceneWorkOptions,
  parts: readonly ScenePart[],
  split: 'bands' | 'whole',
): SceneArchive {
  const partAt = (render: number) => parts[render] as ScenePart;
  const bytesPerPixel = work.bits === 16 ? 6 : 3;
  const archive = new Archive(store, {
    renders: parts.length,
    sizeOf(render) {
      const { width, height } = partAt(render).rect;
      return { width, height, bytesPerPixel };
    },
    keyOf(render) {
      const { frame, rect } = partAt(render);
      return key({ split, frame, rect, declares: declaresAt(work.request, frame) });
    },
  });
  return {
    /** Of a whole picture all or nothing is used: what is missing would be rendered as a part. */
    async recall(render, put) {
      const pieces: Piece[] = [];
      const missing = await archive.recall(render, (piece) => pieces.push(piece));
      const { width, height } = partAt(render).rect;
      if (split === 'whole' && areaOf(missing) > 0) return [{ x: 0, y: 0, width, height }];
      for (const piece of pieces) put(piece);
      return missing;
    },
    keep: (...args) => archive.keep(...args),
    disown: (by) => archive.disown(by),
    complete: (render) => archive.complete(render),
    suspend: () => archive.suspend(),
    expects: (renders) => archive.expects(renders),
    hasSome: () => archive.hasSome(),
  };
}

/** What trying has shown about a scene. */
export interface Trial {
  /** Pixels of a small picture that differ between bands and the whole, and all of it; of a larger one, unknown. */
  readonly differing: number;
  readonly pixels: number;
  /** Seconds that each shard takes, whatever its size, and those of a pixel. */
  readonly setup: number;
  readonly perPixel: number;
  /** Where a picture of the full size has shown more, what that was. */
  readonly seen?: string;
}

const trialKey = (key: Key) => key({ trial: 1 });

export async function recallTrial(store: Store | undefined, key: Key): Promise<Trial | undefined> {
  let found: Trial | undefined;
  if (!store) return undefined;
  for await (const record of store.read(trialKey(key), () => found !== undefined)) {
    const piece = await pieceOf(record);
    if (piece) found = JSON.parse(Buffer.from(piece.bytes).toString());
  }
  return found;
}

export function keepTrial(store: Store | undefined, key: Key, trial: Trial): void {
  if (!store) return;
  const bytes = Buffer.from(JSON.stringify(trial));
  const entry = store.begin(trialKey(key), bytes.length + 256);
  store.add(entry, { rect: { x: 0, y: 0, width: 1, height: 1 }, bytes, uncertain: 0 });
  store.finish(entry);
}
