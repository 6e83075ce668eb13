/** Where the picture is, to any digits, and what is iterated. */

import { useState } from 'preact/hooks';
import { messageOf, post } from '../../api.js';
import { useLive } from '../../live.js';
import { copyText } from '../copy.js';
import type { Place } from '../engine/engine.js';
import { shortZoom } from '../permalink.js';
import { FORMULAS, formulaOf, homeOf, isCoordinate, isZoom, juliaOf, powerOf, without } from '../scene.js';
import { useEngineState, useView } from '../view.js';
import { Choice, TextField } from './fields.js';

const coordinateFault = (text: string) => (isCoordinate(text) ? undefined : 'Write a decimal number such as -0.745.');
const zoomFault = (text: string) =>
  isZoom(text) ? undefined : 'Write a number from 0.000001 on, such as 1500 or 2.5e60.';
const numberFault = (text: string) =>
  text !== '' && Number.isFinite(Number(text)) ? undefined : 'Write a number of degrees, such as 30.';
const limitFault = (text: string) =>
  text === '' || (/^\d+$/.test(text) && Number(text) > 0)
    ? undefined
    : 'Write a whole number, or nothing for automatic.';

const POWERS = Object.fromEntries(['2', '3', '4', '5', '6', '7', '8'].map((power) => [power, power]));

export interface PlacePanelProps {
  readonly julia: boolean;
  setJulia(on: boolean): void;
  openFile(): void;
}

export function PlacePanel({ julia, setJulia, openFile }: PlacePanelProps) {
  const view = useView();
  const { notice } = useLive();
  const { look, found } = useEngineState(view.engine);
  const { place, scene } = look;
  const formula = formulaOf(scene);
  const copy = async (text: string, what: string) => {
    try {
      await copyText(text);
      notice(`${what} is copied`);
    } catch (error) {
      notice((error as Error).message, 'error');
    }
  };
  const goTo = (part: Partial<Place>) => view.go(part);
  const chooseFormula = (next: string) => {
    const kept = without(scene, ['formula', 'power', 'julia-re', 'julia-im', 'iters', 'flip']);
    const other = next === 'mandelbrot' ? kept : { ...kept, formula: next };
    view.go({ ...homeOf(other), scene: other });
  };
  return (
    <div class="fields">
      <TextField label="Real part" value={place.re} wrong={coordinateFault} settle={(re) => goTo({ re })} />
      <TextField label="Imaginary part" value={place.im} wrong={coordinateFault} settle={(im) => goTo({ im })} />
      <div class="pair">
        <TextField label="Zoom" value={shortZoom(place.zoom)} wrong={zoomFault} settle={(zoom) => goTo({ zoom })} />
        <TextField
          label="Rotation, degrees"
          value={String(Number(place.rotation.toFixed(3)))}
          wrong={numberFault}
          settle={(text) => goTo({ rotation: Number(text) })}
          numeric
        />
      </div>
      <div class="buttons">
        <button type="button" onClick={() => copy(`${place.re} ${place.im} ${place.zoom}`, 'The place')}>
          Copy place
        </button>
        <button type="button" onClick={() => copy(location.href, 'The link')}>
          Copy link
        </button>
        <button type="button" onClick={openFile}>
          Open a file…
        </button>
      </div>
      <TextField
        label="Iteration limit"
        value={scene.iters ?? ''}
        placeholder={found ? `automatic: ${found.iterations.toLocaleString('en')}` : 'automatic'}
        wrong={limitFault}
        settle={(iters) => view.change({ iters: iters === '' ? undefined : iters })}
        numeric
      />
      <div class="pair">
        <Choice label="Formula" value={formula} options={FORMULAS} choose={chooseFormula} />
        {formula !== 'tricorn' && formula !== 'burning-ship' && formula !== 'mandelbrot' && (
          <Choice
            label="Power"
            value={powerOf(scene)}
            options={formula === 'multibrot' ? without(POWERS, ['2']) : POWERS}
            choose={(power) => view.go({ ...homeOf(scene), scene: { ...without(scene, ['iters']), power } })}
          />
        )}
      </div>
      {formula === 'julia' && <Constant />}
      {juliaOf(scene, place) && (
        <button type="button" aria-pressed={julia} onClick={() => setJulia(!julia)}>
          Julia set at the pointer
        </button>
      )}
      <Minibrot />
    </div>
  );
}

const USUAL_CONSTANT = { re: '-0.8', im: '0.156' };

function Constant() {
  const view = useView();
  const { scene } = useEngineState(view.engine).look;
  return (
    <>
      <TextField
        label="Julia constant, real"
        value={scene['julia-re'] ?? USUAL_CONSTANT.re}
        wrong={coordinateFault}
        settle={(re) => view.change({ 'julia-re': re, 'julia-im': scene['julia-im'] ?? USUAL_CONSTANT.im })}
      />
      <TextField
        label="Julia constant, imaginary"
        value={scene['julia-im'] ?? USUAL_CONSTANT.im}
        wrong={coordinateFault}
        settle={(im) => view.change({ 'julia-im': im, 'julia-re': scene['julia-re'] ?? USUAL_CONSTANT.re })}
      />
    </>
  );
}

interface Located {
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly period: number;
}

/** Looks for the nearest small copy of the set, and flies there. */
function Minibrot() {
  const view = useView();
  const { notice } = useLive();
  const [asked, setAsked] = useState(false);
  const find = async () => {
    setAsked(true);
    try {
      const { place, scene } = view.engine.state.look;
      const found = await post<Located>('/v1/locate', { scene, re: place.re, im: place.im, zoom: place.zoom });
      view.go({ re: found.re, im: found.im, zoom: found.zoom }, { animate: true });
      notice(`A minibrot of period ${found.period.toLocaleString('en')}`);
    } catch (error) {
      notice(messageOf(error), 'error');
    }
    setAsked(false);
  };
  return (
    <button type="button" disabled={asked} onClick={find}>
      {asked ? 'Looking for a minibrot' : 'Find the minibrot'}
    </button>
  );
}
