/** Slopes and their lights, and the shade towards the set. */

import { useLook, useView } from '../view.js';
import { Check, Slider } from './fields.js';

export function Lights() {
  const view = useView();
  const { scene } = useLook();
  const on = scene.slope !== undefined && scene.slope !== 'false';
  const strength = (flag: string, usual: number) => (scene[flag] === undefined ? 0 : Number(scene[flag]) || usual);
  const set = (flag: string) => (value: number) => view.change({ [flag]: value === 0 ? undefined : String(value) });
  return (
    <>
      <Slider label="Slope" {...STRENGTH} value={strength('slope', 0.7)} change={set('slope')} />
      {on && (
        <>
          <Slider
            label="Direction of the light"
            {...{ min: 0, max: 360, step: 1, value: Number(scene['slope-angle'] ?? 135) }}
            text={`${scene['slope-angle'] ?? 135}°`}
            change={(angle) => view.change({ 'slope-angle': String(angle) })}
          />
          <Slider
            label="Highlights"
            {...STRENGTH}
            value={strength('slope-specular', 0.4)}
            change={set('slope-specular')}
          />
          <Slider
            label="Second light"
            {...STRENGTH}
            value={strength('slope-second', 0.5)}
            change={set('slope-second')}
          />
        </>
      )}
      <Check
        label="Shade towards the set"
        checked={scene.shade !== undefined}
        change={(checked) => view.change({ shade: checked ? 'distance' : undefined, 'shade-width': undefined })}
      />
      {scene.shade !== undefined && (
        <Slider
          label="Width of the shade"
          {...{ min: 0.1, max: 10, step: 0.1, value: Number(scene['shade-width'] ?? 0.5) }}
          text={`${scene['shade-width'] ?? 0.5} px`}
          change={(width) => view.change({ 'shade-width': String(width) })}
        />
      )}
    </>
  );
}

const STRENGTH = { min: 0, max: 1, step: 0.05 };
