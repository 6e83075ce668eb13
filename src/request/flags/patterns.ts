/** Flags about patterns made of the phase of samples. */

import * as z from 'zod';
import type { Pattern } from '../../render/patterns.js';
import { textureText } from '../../render/texture-file.js';
import { parseDecimal, wholeOf } from '../../view/decimal.js';
import type { Request } from '../request.js';
import { type FlagTable, RENDERING, SHOWING } from './flag.js';
import { file, real, text } from './schemas.js';

const group = 'Colour';
const shapes = 'presentation';
const MOST = 64;

interface Kind {
  /** The strength where none is given. */
  readonly strength: number;
  /** The count is a multiple of it. */
  readonly multiple: 1 | 2;
  readonly describe: string;
  of(request: Request): Pattern | undefined;
}

/** N:S, or N. */
function patternOf(value: string, { strength, multiple }: Kind): Pattern | undefined {
  const [n = '', s = String(strength), ...more] = value.trim().split(':');
  const [count, strong] = [wholeOf(n), Number(s)];
  const isCount = count !== undefined && count >= multiple && count <= MOST && count % multiple === 0;
  if (!isCount || parseDecimal(s) === undefined || !(strong >= 0 && strong <= 1) || more.length > 0) return undefined;
  return { count, strength: strong + 0 };
}

function flagOf(kind: Kind) {
  const counts = kind.multiple === 2 ? `an even number from 2 to ${MOST}` : `a whole number from 1 to ${MOST}`;
  const message = `${counts}, then a colon and a strength from 0 to 1, or not`;
  const schema = text.transform((value, context): Pattern => {
    const pattern = patternOf(value, kind);
    if (pattern) return pattern;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  const { describe, of } = kind;
  const metadata = (request: Request) => textOf(of(request));
  return { ...({ group, shapes, commands: SHOWING, value: 'N[:S]' } as const), schema, describe, metadata };
}

function textOf(pattern: Pattern | undefined): string | undefined {
  return pattern && `${pattern.count}:${pattern.strength}`;
}

export const PATTERN_FLAGS = {
  stripes: flagOf({
    strength: 0.5,
    multiple: 1,
    describe: 'N light and N dark stripes in a turn of the phase, strength S of 0 to 1',
    of: ({ colours }) => colours.patterns?.stripes,
  }),
  decomposition: flagOf({
    strength: 0.5,
    multiple: 2,
    describe: 'N sectors of the phase, every other one darker by S of 0 to 1; 2: binary decomposition',
    of: ({ colours }) => colours.patterns?.decomposition,
  }),
  'field-lines': flagOf({
    strength: 0.7,
    multiple: 1,
    describe: 'N dark lines of constant phase in a turn, strength S of 0 to 1',
    of: ({ colours }) => colours.patterns?.lines,
  }),
  texture: {
    group,
    shapes,
    commands: RENDERING,
    value: 'FILE',
    schema: file,
    describe: 'a picture on the phase (its width) and the fraction of the count (its height)',
    metadata: ({ colours }) => colours.patterns?.texture && textureText(colours.patterns.texture.spec),
  },
  'texture-strength': {
    group,
    shapes,
    commands: RENDERING,
    value: 'S',
    schema: real(0, 1),
    describe: 'share of the texture in the colours, 0 to 1',
    defaultText: '1',
    metadata: ({ colours }) => colours.patterns?.texture && String(colours.patterns.texture.strength),
  },
} as const satisfies FlagTable;
