/** The progress line on streams that imitate a terminal, with a clock that the test advances. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Progress, progress } from '../../bin/progress.js';
import type { Status } from '../../src/app/events.js';
import type { Outline } from '../../src/app/outline.js';

const MILLION = 1_000_000;

interface Fake {
  readonly stream: NodeJS.WriteStream;
  readonly written: string[];
  columns: number;
}

function fake(isTTY: boolean, columns = 80): Fake {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns,
    write(text: string) {
      written.push(text);
      return true;
    },
  };
  return Object.assign({
    stream: stream as unknown as NodeJS.WriteStream,
    written,
    get columns() {
      return stream.columns;
    },
    set columns(value: number) {
      stream.columns = value;
    },
  });
}

/** Frames of a million samples, of equal cost unless `costs` has others; each render is a frame. */
function frames(count: number, costs: readonly number[] = []): Outline {
  const until = [0];
  for (let frame = 0; frame < count; frame++) until.push((until[frame] ?? 0) + (costs[frame] ?? MILLION));
  return {
    frames: count,
    pixels: 1000,
    renders: count,
    keyframesIn: () => 0,
    needed: (frame) => frame + 1,
    costOf: (renders) => until[Math.min(renders, count)] ?? 0,
    zoomOf: (frame) => String(10 ** frame),
  };
}

const start: Status = {
  phase: 'rendering',
  outline: frames(60),
  framesDone: 0,
  rendersDone: 0,
  samplesDone: 0,
  samples: 60 * MILLION,
  costDone: 0,
  costRecalled: 0,
  searched: 0,
  busySeconds: 0,
  slots: 2,
  shardsDone: 0,
  iterations: 0,
  workers: 2,
  workersKnown: 3,
};

/** A run that computes a million samples, ten shards and 500 M iterations a second, updated each `stepMs`. */
function play(shown: Progress, clock: { ms: number }, seconds: number, stepMs = 50): void {
  for (const end = clock.ms + seconds * 1000; clock.ms < end; clock.ms += stepMs) shown.update(at(clock.ms / 1000));
}

function at(seconds: number): Status {
  const done = Math.min(60, seconds);
  return {
    ...start,
    framesDone: Math.floor(done),
    rendersDone: Math.floor(done),
    samplesDone: done * MILLION,
    costDone: done * MILLION,
    busySeconds: 2 * done,
    shardsDone: done * 10,
    iterations: done * 500 * MILLION,
  };
}

/** What stands on the screen after a write: no escape codes. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is about them
  return text.replace(/\x1b\[[?\d;]*[A-Za-z]/g, '').replace(/\r/g, '');
}

test('a terminal sees bar, percent, times, frame and zoom, workers and speeds', () => {
  const [screen, clock] = [fake(true, 140), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  play(shown, clock, 15);
  const line = visible(screen.written.at(-1) ?? '');
  shown.close();
  assert.equal(
    line,
    `${'█'.repeat(5)}${'░'.repeat(18)}  24 %  ETA 0:45  elapsed 0:15  frame 14/60  zoom 1.0e14  2/3 workers  500 M iterations/s  10.0 shards/s`,
  );
});

const STILL: Outline = { ...frames(1, [60 * MILLION]) };

test('80 columns hold what matters about a still', () => {
  const [screen, clock] = [fake(true, 80), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  for (; clock.ms < 15_000; clock.ms += 50)
    shown.update({ ...at(clock.ms / 1000), outline: STILL, rendersDone: 0, framesDone: 0 });
  const line = visible(screen.written.at(-1) ?? '');
  shown.close();
  assert.match(line, /^█+░+ +24 % {2}ETA 0:45 {2}elapsed 0:15 {2}2\/3 workers {2}500 M iterations\/s$/);
});

test('no line is as long as the terminal is wide, however it is resized', () => {
  const [screen, clock] = [fake(true, 200), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  for (const columns of [200, 80, 41, 40, 39, 20, 6, 1, 33, 120]) {
    screen.columns = columns;
    const before = screen.written.length;
    play(shown, clock, 1);
    assert.ok(screen.written.length > before);
    for (const text of screen.written.slice(before)) {
      assert.ok(visible(text).length <= Math.max(0, columns - 1), `${columns}: ${visible(text)}`);
    }
  }
  shown.close();
});

test('a line that a narrower terminal folded is taken away whole', () => {
  const [screen, clock] = [fake(true, 120), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  play(shown, clock, 2);
  const length = visible(screen.written.at(-1) ?? '').length;
  screen.columns = 30;
  shown.update(at(clock.ms / 1000));
  assert.ok(screen.written.at(-1)?.startsWith(`\x1b[${Math.floor((length - 1) / 30)}A\r\x1b[J`));
  shown.close();
});

test('it is painted at most ten times a second', () => {
  const [screen, clock] = [fake(true), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  play(shown, clock, 5, 1);
  const paints = screen.written.length;
  shown.close();
  assert.ok(paints > 10 && paints <= 50, `${paints}`);
});

test('every value shown is valid: empty jobs, stalls, jumps, the clock standing still', () => {
  for (const isTTY of [true, false]) {
    const [screen, clock] = [fake(isTTY, 200), { ms: 0 }];
    const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
    const odd: Partial<Status>[] = [
      { phase: 'connecting', workers: 0, workersKnown: 0 },
      { samples: 0, outline: frames(0) },
      { samplesDone: 1 },
      { samplesDone: 1 },
      { samplesDone: 99 * MILLION, shardsDone: 1e9, iterations: 1e18 },
      { samplesDone: 0 },
      { phase: 'encoding', samples: 0 },
    ];
    for (const change of odd) {
      for (const step of [0, 0, 300, 40_000, 1e9]) {
        clock.ms += step;
        shown.update({ ...start, ...change });
      }
    }
    shown.close();
    assert.ok(screen.written.length > odd.length);
    assert.doesNotMatch(screen.written.join(''), /NaN|Infinity|undefined|-\d|e\+/);
  }
});

test('every count is shown as digits, on one line that fits', () => {
  const count = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, 5e-324, Number.MAX_VALUE));
  const status = fc.record({
    phase: fc.constantFrom('connecting', 'rendering', 'encoding', 'done'),
    outline: fc.integer({ min: 0, max: 3 }).map((number) => frames(number)),
    ...{ framesDone: count, rendersDone: count, samplesDone: count, samples: count },
    ...{ costDone: count, costRecalled: count, searched: count, busySeconds: count, slots: count },
    ...{ shardsDone: count, iterations: count },
    ...{ workers: count, workersKnown: count },
  }) as fc.Arbitrary<Status>;
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(status, { maxLength: 8 }),
      fc.integer({ min: 1, max: 300 }),
      (isTTY, all, wide) => {
        const [screen, clock] = [fake(isTTY, wide), { ms: 0 }];
        const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
        for (const next of all) {
          clock.ms += 2500;
          shown.update(next);
        }
        shown.close();
        for (const text of screen.written.map(visible)) {
          assert.doesNotMatch(text, /NaN|Infinity|undefined|\d\.\d{2}|e[+-]\d/);
          if (isTTY) assert.ok(text.length < Math.max(2, wide) && !text.includes('\n'), text);
        }
      },
    ),
  );
});

test('the time left depends on recent rates only', () => {
  const [screen, clock] = [fake(true, 120), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  play(shown, clock, 10);
  // From here on a tenth as fast.
  for (let i = 1; i <= 1000; i++) {
    clock.ms += 100;
    const done = 10 * MILLION + i * 10_000;
    shown.update({ ...start, costDone: done, busySeconds: 20 + i * 0.2 });
  }
  const [, minutes = ''] = /ETA (\d+):\d\d /.exec(visible(screen.written.at(-1) ?? '')) ?? [];
  shown.close();
  // 40 M are left, at 0.1 M a second: 400 s, where the mean of the whole run says 220 s.
  assert.ok(Number(minutes) >= 6 && Number(minutes) <= 7, minutes);
});

test('what was found in the store shortens the time left, and does not count as speed', () => {
  const [screen, clock] = [fake(true, 120), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  // Half of the samples are found at once; the rest is computed, a million a second.
  for (; clock.ms <= 10_000; clock.ms += 100) {
    const done = clock.ms / 1000;
    const costRecalled = clock.ms < 500 ? 0 : 30 * MILLION;
    shown.update({ ...start, costDone: done * MILLION, costRecalled, busySeconds: 2 * done });
  }
  const line = visible(screen.written.at(-1) ?? '');
  shown.close();
  assert.match(line, / 33 % {2}ETA 0:20 /);
});

test('frames that cost more take longer: the time left is by cost, not by samples', () => {
  const [screen, clock] = [fake(true, 120), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  // The second half of the frames costs nine times as much as the first one: 300 s in all, 30 of them for half of the frames.
  const outline = frames(
    60,
    Array.from({ length: 60 }, (_, frame) => (frame < 30 ? 1 : 9) * MILLION),
  );
  for (; clock.ms <= 29_000; clock.ms += 100) {
    const done = clock.ms / 1000;
    shown.update({ ...start, outline, costDone: done * MILLION, busySeconds: 2 * done });
  }
  const line = visible(screen.written.at(-1) ?? '');
  shown.close();
  assert.match(line, / 9 % {2}ETA 4:31 /);
});

test('a film from keyframes names the keyframe while its frames wait, and is not complete before its files are', () => {
  const [screen, clock] = [fake(true, 140), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  const film = { frames: 120, pixels: MILLION, needed: () => 4, zoomOf: () => '12345678' };
  const outline = { ...frames(4), ...film, keyframesIn: (renders: number) => renders };
  const computed = { ...start, outline, costDone: 4 * MILLION, busySeconds: 8 };
  const line = (status: Status) => {
    clock.ms += 4000;
    shown.update(status);
    return visible(screen.written.at(-1) ?? '');
  };
  assert.match(
    line({ ...computed, costDone: MILLION, busySeconds: 2, rendersDone: 1 }),
    / 10 % .*frame 0\/120 {2}zoom 1\.2e7 {2}keyframe 1\/4 /,
  );
  // Four seconds of computing, six of making frames as long as none was made.
  assert.match(
    line({ ...computed, rendersDone: 4 }),
    / 40 % {2}ETA 0:06 .*frame 0\/120 {2}zoom 1\.2e7 {2}2\/3 workers/,
  );
  assert.match(line({ ...computed, rendersDone: 4, framesDone: 120, phase: 'encoding' }), / 99 % {2}encoding /);
  assert.match(line({ ...computed, rendersDone: 4, framesDone: 120, phase: 'done' }), / 100 % {2}elapsed 0:16 /);
  shown.close();
});

test('the cursor is hidden once, and comes back on close, once', () => {
  const [screen, clock] = [fake(true), { ms: 0 }];
  const listeners = process.listenerCount('exit');
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  play(shown, clock, 2);
  shown.close();
  shown.close();
  shown.update(start);
  const all = screen.written.join('');
  assert.equal(all.split('\x1b[?25l').length, 2);
  assert.equal(all.split('\x1b[?25h').length, 2);
  assert.ok(all.endsWith('\r\x1b[J\x1b[?25h'), 'the updated line is removed, nothing replaces it');
  assert.equal(process.listenerCount('exit'), listeners);
});

test('a line stands above the bar, without what could move the cursor', () => {
  const [screen, clock] = [fake(true), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  shown.update(start);
  screen.written.length = 0;
  shown.line('a:1 joined\x1b[2J\nagain');
  shown.close();
  const [home, note, bar] = screen.written;
  assert.equal(home, '\r\x1b[J');
  assert.equal(note, 'a:1 joined [2J again\n');
  assert.match(visible(bar ?? ''), /0 %/);
});

test('no colour when NO_COLOR is set, some when not', () => {
  const before = process.env.NO_COLOR;
  const paint = () => {
    const screen = fake(true);
    const shown = progress({ stream: screen.stream, quiet: false, now: () => 0 });
    shown.update(at(30));
    shown.close();
    return screen.written.join('');
  };
  try {
    delete process.env.NO_COLOR;
    assert.match(paint(), /\[36m/);
    process.env.NO_COLOR = '1';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is about them
    assert.doesNotMatch(paint(), /\x1b\[\d*m/);
  } finally {
    if (before === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = before;
  }
});

test('elsewhere than on a terminal: few plain lines, no control characters', () => {
  const [screen, clock] = [fake(false), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  shown.line('a:1 joined\x07');
  play(shown, clock, 60.1);
  shown.update({ ...at(60), phase: 'done' });
  shown.close();
  const lines = screen.written.join('').split('\n');
  assert.equal(lines.pop(), '');
  assert.doesNotMatch(lines.join(''), /\p{Cc}/u);
  assert.equal(lines[0], 'a:1 joined ');
  assert.equal(
    lines[2],
    '10 %, ETA 0:54, elapsed 0:06, frame 6/60, zoom 1.0e6, 2/3 workers, 500 M iterations/s, 10.0 shards/s',
  );
  assert.equal(lines.at(-1), '100 %, elapsed 1:00, frame 60/60');
  // The note, 0 % to 100 % in tenths.
  assert.equal(lines.length, 12);
});

test('a fast run elsewhere prints at most each two seconds, a stalled one each thirty', () => {
  const [screen, clock] = [fake(false), { ms: 0 }];
  const shown = progress({ stream: screen.stream, quiet: false, now: () => clock.ms });
  for (; clock.ms < 1900; clock.ms += 100) shown.update(at(clock.ms / 32));
  assert.equal(screen.written.length, 1);
  for (; clock.ms < 65_000; clock.ms += 100) shown.update(at(59));
  shown.close();
  assert.equal(screen.written.length, 4);
});

test('quiet: no progress at all', () => {
  for (const isTTY of [true, false]) {
    const screen = fake(isTTY);
    const shown = progress({ stream: screen.stream, quiet: true });
    shown.update(start);
    shown.close();
    assert.deepEqual(screen.written, []);
  }
});
