import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptLine, roughly, summaryLine } from '../../bin/summary.js';
import { parseRequest } from '../../src/request/parse.js';
import type { Request } from '../../src/request/request.js';

const file = (path: string, bytes: number, replaced = false) => ({ path, bytes, replaced });

function line(
  request: Request,
  files: readonly ReturnType<typeof file>[],
  outcome: { samples: number; recalled: number } | undefined,
  seconds: number,
): string {
  return summaryLine({ request, files, outcome, seconds });
}

test('the last line says file, size, length of a film, time, shares, and what was replaced', () => {
  const still = parseRequest({ width: '640', height: '360' });
  assert.equal(
    line(still, [file('x.png', 999)], { samples: 5, recalled: 0 }, 0.417),
    'x.png: 640x360, 999 bytes; took 0.42 s; all computed',
  );
  const film = parseRequest({ width: '640', height: '360', frames: '75', fps: '30', 'zoom-end': '1e3' });
  assert.equal(
    line(film, [file('x.mp4', 24_060_000, true)], { samples: 300, recalled: 100 }, 83),
    'x.mp4: 640x360, 75 frames, 2.5 s at 30 frames a second, 24.1 MB; took 1:23; 75 % computed, 25 % from the store; replaced an older file',
  );
  const frames = [file('f-0.png', 1000, true), file('f-1.png', 1000)];
  assert.equal(
    line(parseRequest({ frames: '2', 'zoom-end': '1e3', outfile: 'f-%d.png' }), frames, undefined, 3723),
    'f-0.png to f-1.png: 1280x720, 2 frames, 2 kB; took 1:02:03; painted from samples in the store; replaced an older file',
  );
});

test('a film from keyframes: how many, and the samples of an octave in pictures', () => {
  const film = parseRequest({ frames: '60', 'zoom-end': '1e3', assembly: 'keyframes' });
  const of = (octaves: number) =>
    summaryLine({
      request: film,
      files: [file('x.mp4', 1)],
      outcome: { samples: 1, recalled: 0 },
      seconds: 1,
      keyframes: { count: 40, octaves, pictures: 17.3 },
    });
  assert.match(of(10), /; all computed; 40 keyframes, the samples of 1\.7 pictures for each doubling of the zoom$/);
  assert.match(of(0.5), /; all computed; 40 keyframes$/);
});

test('a contact sheet computes its own small frames, whatever the store has of the film', () => {
  const request = parseRequest({ frames: '60', 'zoom-end': '1e3', width: '160', height: '90' });
  const sheet = (samples: number, recalled: number) =>
    summaryLine({ request, files: [file('s.png', 1)], outcome: { samples, recalled }, seconds: 1, sheetFrames: 24 });
  assert.equal(sheet(9, 0), 's.png: 24 frames of 160x90, 1 bytes; took 1.0 s; all computed at this size');
  assert.match(sheet(1, 3), /; 25 % computed at this size, 75 % from the store$/);
  assert.match(sheet(0, 3), /; all from the store$/);
});

test('a very small share is not shown as 0 %', () => {
  const shares = (samples: number, recalled: number) =>
    line(parseRequest({}), [file('x.png', 1)], { samples, recalled }, 1);
  assert.match(shares(1, 1e6), /1 % computed, 99 % from the store/);
  assert.match(shares(1e6, 1), /99 % computed, 1 % from the store/);
  assert.match(shares(0, 9), /all from the store/);
});

test('an interrupted run names what is kept, and where it continues', () => {
  const kept = { samplesDone: 370, samples: 1000, store: 'all', place: '/s' } as const;
  assert.equal(keptLine(kept), '37 % of the samples are kept in the store "/s": the same command goes on from there');
  assert.equal(
    keptLine({ ...kept, keyframes: { done: 12, all: 40 } }),
    '37 % of the samples, with 12 of 40 keyframes complete, are kept in the store "/s": the same command goes on from there',
  );
  const frames = { done: 3, all: 9 };
  assert.match(
    keptLine({ ...kept, keyframes: { done: 12, all: 40 }, frames }),
    /^37 % of the samples, with 12 of 40 keyframes and 3 of 9 single frames complete, are kept/,
  );
  assert.match(keptLine({ ...kept, frames: { done: 0, all: 9 } }), /^37 % of the samples are kept/);
  assert.match(keptLine({ ...kept, frames }), /^37 % of the samples, with 3 of 9 frames complete, are kept/);
  assert.match(keptLine({ ...kept, store: 'some' }), /^a part of the 37 % that were computed is kept in the store/);
  assert.match(keptLine({ ...kept, store: 'none' }), /^nothing is kept of the 37 %/);
  assert.match(keptLine({ ...kept, place: undefined }), /^nothing is kept of the 37 % .*--no-store/);
  assert.match(keptLine({ ...kept, samplesDone: 1 }), /^less than 1 % of the samples/);
  assert.match(keptLine({ ...kept, samplesDone: 0 }), /^nothing was computed yet/);
});

test('durations are in a suitable unit, never with an exponent', () => {
  for (const [seconds, text] of [
    [0.001, 'less than 0.1 s'],
    [0.42, '0.4 s'],
    [40, '40 s'],
    [119, '119 s'],
    [1050, '18 min'],
    [7100, '118 min'],
    [9000, '2.5 h'],
    [150_000, '42 h'],
    [1_000_000, '12 days'],
    [1e9, '32 years'],
  ] as const)
    assert.equal(roughly(seconds), text);
});
