/** The path of a film: the state of everything that changes, at any time, of any frame without the others. */

import { type CameraTrack, cameraOf } from './camera.js';
import type { Constant, Keyframe, State } from './keyframe.js';
import { positionIn, trackOf } from './track.js';

export interface Path extends CameraTrack {
  /** Everything but the place. */
  othersAt(time: number): Omit<State, 're' | 'im' | 'zoom'>;
}

/** The same keyframes; the first is at time 0, and has the values of `base` where it has none of its own. */
export function withStart(
  keyframes: readonly Keyframe[],
  { re, im, ...base }: State,
): readonly [Keyframe, ...Keyframe[]] {
  const [first, ...rest] = keyframes;
  const start = { at: 0, centre: { re, im }, ...base };
  return first?.at === 0 ? [{ ...start, ...first }, ...rest] : [start, ...keyframes];
}

/** `keyframes`: the first has all values, those of `base`. */
export function pathOf(keyframes: readonly Keyframe[], base: State): Path {
  const numberOf = (name: 'rotation' | 'bailout' | 'offset' | 'density' | 'angle') => {
    const knots = keyframes.flatMap(({ at, easing, [name]: value }) =>
      value === undefined ? [] : [{ at, value, easing }],
    );
    return trackOf(knots.length > 0 ? knots : [{ at: 0, value: base[name] ?? 0 }]);
  };
  const [rotation, bailout] = [numberOf('rotation'), numberOf('bailout')];
  const [offset, density, angle] = [numberOf('offset'), numberOf('density'), numberOf('angle')];
  const julia = constantOf(keyframes);
  return {
    ...cameraOf(keyframes, base),
    othersAt: (time) => ({
      rotation: rotation(time),
      bailout: bailout(time),
      offset: offset(time),
      density: density(time),
      ...(base.julia ? { julia: julia?.(time) ?? base.julia } : {}),
      ...(base.angle === undefined ? {} : { angle: angle(time) }),
    }),
  };
}

/** Between keyframes the constant is a pair of doubles; at keyframes, and where it stays, it is the text that was given. */
function constantOf(keyframes: readonly Keyframe[]): ((time: number) => Constant) | undefined {
  const given = keyframes.flatMap(({ at, easing, julia }) => (julia ? [{ at, easing, julia }] : []));
  if (given.length === 0) return undefined;
  const partOf = (part: keyof Constant) =>
    trackOf(given.map(({ at, easing, julia }) => ({ at, easing, value: Number(julia[part]) })));
  const [re, im] = [partOf('re'), partOf('im')];
  return (time) => {
    const { index, t } = positionIn(given, time);
    const [from, to] = [given[index]?.julia as Constant, given[index + 1]?.julia];
    const part = (name: keyof Constant, value: number) =>
      t === 0 || from[name] === to?.[name] ? from[name] : t === 1 && to ? to[name] : String(value);
    return { re: part('re', re(time)), im: part('im', im(time)) };
  };
}
