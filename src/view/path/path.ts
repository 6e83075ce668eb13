/** The path of a film: the state of everything that changes, at any time, of any frame without the others. */

import { type CameraTrack, cameraOf, justBefore } from './camera.js';
import type { Constant, Keyframe, State } from './keyframe.js';
import type { Place } from './place.js';
import type { Section } from './section.js';
import { positionIn, trackOf } from './track.js';

export interface Path extends CameraTrack {
  /** The way from one time to another, in parts along which the zoom only grows, only shrinks, or stays. */
  legs(begin: number, end: number): Leg[];
  /** Everything but the place. */
  othersAt(time: number): Omit<State, 're' | 'im' | 'zoom' | 'deformation'>;
}

/** A section of the camera's way, with its rotation, in the deformed plane. */
export interface Leg extends Pick<Section, 'from' | 'to' | 'depthAt' | 'positionAt'> {
  at(position: number): Place & Pick<State, 'rotation' | 'deformation'>;
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
  const camera = cameraOf(keyframes, base);
  const deformed = base.deformation ? { deformation: base.deformation } : {};
  const turns = keyframes.flatMap((one) => (one.rotation === undefined ? [] : [one.at]));
  return {
    ...camera,
    legs(begin, end) {
      const inside = [...camera.times, ...turns].filter((time) => time > begin && time < end);
      const times = [...new Set([begin, ...inside, end])].sort((a, b) => a - b);
      const spans =
        times.length === 1 ? [[begin, begin] as const] : times.slice(1).map((to, k) => [times[k] ?? 0, to] as const);
      return spans.flatMap(([from, to]) => camera.sections(from, to).map((one) => turned(one, rotation, to, deformed)));
    },
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

/** `end`: of its time. */
function turned(
  section: Section,
  rotation: (time: number) => number,
  end: number,
  deformed: Pick<State, 'deformation'>,
): Leg {
  const { from, to, depthAt, positionAt, timeAt, rests } = section;
  const last = justBefore(end);
  if (rests) {
    const [place, depth] = [section.at(from), depthAt(from)];
    const [first, then] = [rotation(from), rotation(Math.min(to, last))];
    const at = (degrees: number) => ({ ...place, rotation: degrees, ...deformed });
    return { from: first, to: then, at, depthAt: () => depth, positionAt: () => first };
  }
  const at = (position: number) => {
    return { ...section.at(position), rotation: rotation(Math.min(timeAt(position), last)), ...deformed };
  };
  return { from, to, at, depthAt, positionAt };
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
