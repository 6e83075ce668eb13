import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timetable } from '../../src/app/timetable.js';
import type { Keyframe } from '../../src/film/cover.js';

const keyframe = (level: number, zoom: string): Keyframe => {
  return { level, camera: { re: '0', im: '0', zoom, rotation: 0 }, parts: [] };
};

test('what frames wait for, across parts of a film that are made in different ways', () => {
  const order = {
    keyframes: [keyframe(2, '1'), keyframe(1, '1.19'), keyframe(0, '1.3e30')],
    needed: [2, 2, 3, 3],
    lastUse: [[1], [3, -1], [2]],
    refines: [false, false, false],
  };
  const { needed, names, depths } = timetable([
    { from: 0, renders: [0, 0] },
    { from: 2, renders: [0, 0, 0], order },
    { from: 6, renders: [0] },
  ]);
  assert.deepEqual(needed, [1, 2, 4, 4, 5, 5, 6]);
  assert.deepEqual(
    names.map((name) => name()),
    [
      'frame 0',
      'frame 1',
      'the keyframe of zoom 1, for frames 2 to 3',
      'the keyframe of zoom 1.19, for frames 2 to 5',
      'the keyframe of zoom 1.3e30, for frame 4',
      'frame 6',
    ],
  );
  assert.deepEqual(depths.map(Math.round), [0, 0, 30]);
});
