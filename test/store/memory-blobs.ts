/**
 * Blobs in memory, as an object store keeps them: each batch is an object of its own, `<key>/<writer>-<number>`. Several
 * may share a bucket, as programs share an object store.
 */

import type { Blobs, Listed, Part, PartWriter } from '../../src/store/blobs.js';

interface StoredObject {
  readonly bytes: Uint8Array;
  usedAt: number;
}

/** Objects by name. */
export type Bucket = Map<string, StoredObject>;

export function memoryBlobs(bucket: Bucket, limit = Infinity): Blobs {
  const writing = new Set<string>();
  const keyOf = (name: string) => name.slice(0, name.indexOf('/'));
  const writerOf = (name: string) => name.slice(0, name.indexOf('-'));
  const namesOf = (key: string) =>
    [...bucket.keys()].filter((name) => keyOf(name) === key && !writing.has(writerOf(name)));

  function partOf(name: string, object: StoredObject): Part {
    let position = 0;
    return {
      size: object.bytes.length,
      async take(bytes) {
        const taken = object.bytes.slice(position, position + bytes);
        position += taken.length;
        return taken;
      },
      async used() {
        object.usedAt = Date.now();
      },
      async delete() {
        bucket.delete(name);
      },
    };
  }

  return {
    traits: { batchBytes: 256 << 10, batchMs: 100, lanes: 3, merges: false },
    limit,
    async *read(key): AsyncGenerator<Part> {
      for (const name of namesOf(key)) {
        const object = bucket.get(name);
        if (object) yield partOf(name, object);
      }
    },
    async put(key, bytes): Promise<PartWriter | undefined> {
      const used = [...bucket.values()].reduce((sum, object) => sum + object.bytes.length, 0);
      if (used + bytes > limit) return undefined;
      const writer = `${key}/${crypto.randomUUID().replaceAll('-', '')}`;
      writing.add(writer);
      let batches = 0;
      return {
        async write(chunks) {
          bucket.set(`${writer}-${batches++}`, { bytes: new Uint8Array(Buffer.concat(chunks)), usedAt: Date.now() });
        },
        async close() {
          writing.delete(writer);
        },
      };
    },
    async expect(entries) {
      const names = [...bucket.keys()].map(keyOf);
      const missing = [...entries].filter(({ key }) => !names.includes(key));
      const bytes = missing.reduce((sum, entry) => sum + entry.bytes, 0);
      const used = [...bucket.values()].reduce((sum, object) => sum + object.bytes.length, 0);
      return { room: used + bytes > limit ? 'too small' : 'fits', bytes };
    },
    async delete(key) {
      for (const name of namesOf(key)) bucket.delete(name);
    },
    async *list(): AsyncGenerator<Listed> {
      for (const [name, { bytes, usedAt }] of bucket) yield { key: keyOf(name), bytes: bytes.length, usedAt };
    },
    async close() {
      writing.clear();
    },
  };
}
