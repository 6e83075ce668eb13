/** Scenes that jobs in a row have in common: they stay ready without a job, as long as their memory is not needed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scene } from '../../src/cluster/messages.js';
import { keptReference } from '../../src/work/fractal/kept-reference.js';
import { fractal } from '../../src/work/fractal/kind.js';
import type { FractalScene } from '../../src/work/fractal/scene.js';
import type { Kind } from '../../src/work/kind.js';
import { type Holder, Memory } from '../../src/worker/memory.js';
import { Scenes } from '../../src/worker/scenes.js';

const MIB = 1 << 20;

/** A kind whose scenes take 8 MiB and last under the step of their orbit, and the scenes that it prepared. */
function counting() {
  const prepared: Scene['work'][] = [];
  const kind = {
    ...fractal,
    lastingKey: ({ reference }: FractalScene) => reference?.re,
    prepare(work: FractalScene) {
      prepared.push(work);
      return {
        bytes: 8 * MIB,
        *load() {},
        forThreads: () => undefined,
        rebuild: () => false,
        mayEnd: () => true,
      };
    },
  } as unknown as Kind;
  return { kind, prepared };
}

const sceneOf = (re?: string): Scene => ({
  work: { kind: 'fractal', ...(re === undefined ? {} : { reference: { re } }) } as FractalScene,
  assets: [],
});
const holder = (): Holder => ({ bytes: 0, idle: false, evict: () => assert.fail('nothing is evicted') });

function scenesOf(most: number, unused = 0) {
  const forgotten: string[] = [];
  const memory = new Memory(most, unused);
  const forget = async (key: string) => void forgotten.push(key);
  return { scenes: new Scenes(memory, 1, 1, forget), memory, forgotten };
}

test('the next job finds a lasting scene ready, though it is another object', () => {
  const { kind, prepared } = counting();
  const { scenes, forgotten } = scenesOf(64 * MIB);
  const [one, other] = [holder(), holder()];
  const first = scenes.add(sceneOf('1'), kind, new Map(), one);
  scenes.release(first, one);
  assert.equal(one.bytes, 0);
  const second = scenes.add(sceneOf('1'), kind, new Map(), other);
  assert.equal(second, first);
  assert.deepEqual([prepared.length, other.bytes, forgotten.length], [1, 8 * MIB, 0]);
  assert.notEqual(scenes.add(sceneOf('2'), kind, new Map(), other), first);
});

test('a scene without a lasting key is dropped with its last job', () => {
  const { kind, prepared } = counting();
  const { scenes, forgotten } = scenesOf(64 * MIB);
  const one = holder();
  for (let k = 0; k < 2; k++) scenes.release(scenes.add(sceneOf(), kind, new Map(), one), one);
  assert.deepEqual([prepared.length, forgotten.length], [2, 2]);
});

test('scenes that no job uses make room for others, the oldest first', () => {
  const { kind, prepared } = counting();
  const { scenes, forgotten } = scenesOf(20 * MIB);
  const one = holder();
  const keys = ['1', '2', '3'].map((re) => {
    const scene = scenes.add(sceneOf(re), kind, new Map(), one);
    scenes.release(scene, one);
    return scene.key;
  });
  assert.deepEqual(forgotten, [keys[0]]);
  for (const re of ['3', '2']) scenes.release(scenes.add(sceneOf(re), kind, new Map(), one), one);
  assert.equal(prepared.length, 3);
});

test('where scenes have no bound, as many stay as the pool is given memory for', () => {
  for (const [unused, prepares] of [
    [0, 2],
    [8 * MIB, 1],
  ] as const) {
    const { kind, prepared } = counting();
    const { scenes } = scenesOf(Infinity, unused);
    const one = holder();
    for (let k = 0; k < 2; k++) scenes.release(scenes.add(sceneOf('1'), kind, new Map(), one), one);
    assert.equal(prepared.length, prepares);
  }
});

test('scenes of orbits that are assets last under their digest, others do not last', () => {
  const formula = { step: 'holomorphic', power: 2 } as const;
  const orbit = Float64Array.of(0, 0, -1, 0.5);
  const reference = { formula, re: '-1', im: '0.5', orbit, underflow: new Float64Array(0), start: 1, extended: false };
  const keyOf = (changes: object) =>
    fractal.lastingKey?.({ kind: 'fractal', reference: keptReference({ ...reference, ...changes }).reference });
  assert.equal(keyOf({}), keyOf({ orbit: orbit.slice() }));
  assert.notEqual(keyOf({}), keyOf({ orbit: Float64Array.of(0, 0, -1, 0.25) }));
  assert.notEqual(keyOf({}), keyOf({ extended: true }));
  const { reference: kept } = keptReference(reference);
  assert.notEqual(keyOf({}), fractal.lastingKey?.({ kind: 'fractal', reference: kept, packed: true }));
  assert.equal(fractal.lastingKey?.({ kind: 'fractal', reference }), undefined);
  assert.equal(fractal.lastingKey?.({ kind: 'fractal', packed: true }), undefined);
});
