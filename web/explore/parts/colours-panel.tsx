/** Colours of the picture: all but bands by whole counts change at once, without computing. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { useLook, useView } from '../view.js';
import { Check, Choice, Slider } from './fields.js';
import { Lights } from './lights.js';
import { Palettes } from './palettes.js';

const WAYS = { auto: 'Suit the view', fixed: 'Fixed', equalize: 'Equalized' } as const;
const MODES = {
  palette: 'Palette',
  distance: 'Distance to the set',
  ...{ 0: 'Black and white', 1: 'Grey', 2: 'Blue, green, red', 3: 'Blue and orange', 4: 'Colourful 1' },
  ...{ 5: 'Colourful 2', 6: 'Warm sunset', 7: 'Ocean', 8: 'Rainbow' },
} as const;
/** Densities run from 1/64 to 64. */
const DENSITY_OCTAVES = 6;

export function ColoursPanel() {
  const view = useView();
  const { scene } = useLook();
  const mode = scene['color-mode'] ?? 'palette';
  const way = wayOf(scene);
  const density = Number(scene.density ?? 1) || 1;
  /** Density and offset alone would mean fixed colours. */
  const along = (changes: Readonly<Record<string, string | undefined>>) =>
    view.change({ ...(way === 'auto' ? { colors: 'auto' } : {}), ...changes });
  return (
    <div class="fields">
      <Palettes />
      <div class="pair">
        <Choice
          label="Mode"
          value={mode}
          options={MODES}
          choose={(next) => view.change({ 'color-mode': next === 'palette' ? undefined : next })}
        />
        {mode === 'palette' && (
          <Choice
            label="Density and offset"
            value={way}
            options={WAYS}
            choose={(next) =>
              view.change({
                equalize: next === 'equalize' ? 'true' : undefined,
                colors: next === 'fixed' ? 'fixed' : undefined,
                ...{ 'color-curve': undefined, density: undefined, offset: undefined },
              })
            }
          />
        )}
      </div>
      {(mode === 'palette' || mode === 'distance') && (
        <>
          <Slider
            label="Density"
            {...{ min: -DENSITY_OCTAVES, max: DENSITY_OCTAVES, step: 0.02, value: Math.log2(density) }}
            text={String(Number(density.toPrecision(3)))}
            change={(octaves) => along({ density: octaves === 0 ? undefined : (2 ** octaves).toPrecision(5) })}
          />
          <Offset change={(offset) => along({ offset: String(offset) })} value={Number(scene.offset ?? 0) || 0} />
        </>
      )}
      {mode === 'palette' && scene['legacy-colors'] !== 'true' && (
        <Check
          label="Less noise: means of the palette"
          checked={scene['palette-filter'] === 'true'}
          change={(on) => view.change({ 'palette-filter': on ? 'true' : undefined })}
        />
      )}
      <Lights />
      <details>
        <summary>More</summary>
        <div class="fields">
          <More />
        </div>
      </details>
    </div>
  );
}

function wayOf(scene: Readonly<Record<string, string>>): keyof typeof WAYS {
  if (scene.equalize !== undefined && scene.equalize !== 'false') return 'equalize';
  const given = ['density', 'offset', 'color-curve'].some((name) => scene[name] !== undefined);
  return (scene.colors ?? (given ? 'fixed' : 'auto')) === 'auto' ? 'auto' : 'fixed';
}

/** Cycles a second, of an offset that runs. */
const SPEED = 0.1;

function Offset({ value, change }: { readonly value: number; change(offset: number): void }) {
  const [runs, setRuns] = useState(false);
  const latest = useRef({ value, change });
  latest.current = { value, change };
  useEffect(() => {
    if (!runs) return;
    let before = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const next = latest.current.value + ((now - before) / 1000) * SPEED;
      before = now;
      latest.current.change(Number((next - Math.floor(next)).toFixed(5)));
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [runs]);
  return (
    <div class="with-button">
      <Slider
        label="Offset"
        {...{ min: 0, max: 1, step: 0.002, value: value - Math.floor(value) }}
        text={(value - Math.floor(value)).toFixed(3)}
        change={change}
      />
      <button type="button" aria-pressed={runs} onClick={() => setRuns(!runs)}>
        {runs ? 'Stop' : 'Cycle'}
      </button>
    </div>
  );
}

const INTERIORS = { colour: 'A colour', period: 'Period', multiplier: 'Multiplier', distance: 'Distance' } as const;
const SPACES = { oklab: 'OKLab', linear: 'Linear', cosine: 'Cosine' } as const;

function More() {
  const view = useView();
  const { scene } = useLook();
  const interior = scene.interior ?? '#000000';
  const isColour = !['period', 'multiplier', 'distance'].includes(interior);
  return (
    <>
      <div class="pair">
        <Choice
          label="Interior"
          value={isColour ? 'colour' : interior}
          options={INTERIORS}
          choose={(next) => view.change({ interior: next === 'colour' ? undefined : next })}
        />
        {isColour && (
          <label class="field">
            Colour
            <input
              type="color"
              value={longHex(interior)}
              onInput={({ currentTarget }) => view.change({ interior: currentTarget.value })}
            />
          </label>
        )}
      </div>
      <Choice
        label="Interpolation"
        value={scene.interpolation ?? 'oklab'}
        options={SPACES}
        choose={(next) => view.change({ interpolation: next === 'oklab' ? undefined : next })}
      />
      <Slider
        label="Second wave, a cycle"
        {...{ min: 0, max: 16, step: 1, value: Number(scene.wave ?? 0) || 0 }}
        text={scene.wave ?? 'none'}
        change={(wave) => view.change({ wave: wave === 0 ? undefined : String(wave) })}
      />
      <Check
        label="Bands by whole counts (computes anew)"
        checked={scene['legacy-colors'] === 'true'}
        change={(on) => view.change({ 'legacy-colors': on ? 'true' : undefined })}
      />
      <Pattern flag="stripes" label="Stripes" />
      <Pattern flag="field-lines" label="Field lines" />
    </>
  );
}

function Pattern({ flag, label }: { readonly flag: string; readonly label: string }) {
  const view = useView();
  const { scene } = useLook();
  const count = Number((scene[flag] ?? '0').split(':')[0]) || 0;
  return (
    <Slider
      label={`${label}, a turn of the phase`}
      {...{ min: 0, max: 32, step: 1, value: count }}
      text={count === 0 ? 'none' : String(count)}
      change={(next) => view.change({ [flag]: next === 0 ? undefined : String(next) })}
    />
  );
}

/** #rrggbb of #rgb. */
function longHex(text: string): string {
  const digits = text.replace('#', '');
  return `#${digits.length === 3 ? [...digits].map((one) => one + one).join('') : digits}`;
}
