/** A small view, for tests that do not mind which. */

import type { View } from '../../src/view/view.js';

export const view: View = {
  formula: { step: 'holomorphic', power: 2 },
  re: '-0.5',
  im: '0',
  zoom: '1.5',
  rotation: 0,
  width: 8,
  height: 8,
  iterations: 200,
  bailout: 256,
  count: 'smooth',
  sampling: { kind: 'grid', side: 1 },
};
