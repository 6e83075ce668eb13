/** Sizes of pictures and films. */

import { useState } from 'preact/hooks';
import type { Size } from '../orders.js';
import { Choice, TextField } from './fields.js';

const PRESETS = {
  here: 'As it is here',
  '1280x720': '1280 × 720',
  '1920x1080': '1920 × 1080 (1080p)',
  '3840x2160': '3840 × 2160 (4K)',
  '7680x4320': '7680 × 4320 (8K)',
  '1080x1920': '1080 × 1920 (phone)',
  own: 'Another size',
} as const;
const MOST_SIDE = 100_000;

export interface SizeState {
  readonly preset: string;
  readonly own: Size;
}

/** The chosen size, and its controls. */
export function useSize(here: Size, first: keyof typeof PRESETS): [Size, preact.JSX.Element] {
  const [{ preset, own }, setState] = useState<SizeState>({ preset: first, own: { width: 1920, height: 1080 } });
  const [width = 0, height = 0] = preset.split('x').map(Number);
  const size = preset === 'here' ? here : preset === 'own' ? own : { width, height };
  const set = (part: Partial<Size>) => setState({ preset, own: { ...own, ...part } });
  const controls = (
    <>
      <Choice label="Size" value={preset} options={PRESETS} choose={(next) => setState({ preset: next, own: size })} />
      {preset === 'own' && (
        <div class="pair">
          <TextField
            label="Width"
            value={String(own.width)}
            wrong={sideFault}
            settle={(text) => set({ width: Number(text) })}
            numeric
          />
          <TextField
            label="Height"
            value={String(own.height)}
            wrong={sideFault}
            settle={(text) => set({ height: Number(text) })}
            numeric
          />
        </div>
      )}
    </>
  );
  return [size, controls];
}

function sideFault(text: string): string | undefined {
  const fits = /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_SIDE;
  return fits ? undefined : `Write a whole number from 1 to ${MOST_SIDE}.`;
}
