/** What is shown: limit, method, how far it is; the value under the pointer; what is wrong. */

import { useEffect, useState } from 'preact/hooks';
import type { ValueMessage } from '../../../src/tiles/protocol.js';
import { zoomText } from '../../../src/view/zoom-text.js';
import { whole } from '../../format.js';
import type { EngineState } from '../engine/engine.js';
import { useEngineState, useView } from '../view.js';

export function Status({ pointer }: { readonly pointer: PointerSpot | undefined }) {
  const { engine } = useView();
  const state = useEngineState(engine);
  const { found, look, progress, done } = state;
  return (
    <section class="status-line float" aria-label="Status">
      <span class="depth">{zoomText(look.place.zoom)}×</span>
      {found && (
        <span title="Iteration limit">
          {whole(found.iterations)} {found.perturbed ? 'iterations, perturbed' : 'iterations'}
        </span>
      )}
      {!done && state.connection === 'open' && (
        <progress max={1} value={progress} aria-label="Picture">
          {Math.round(progress * 100)} %
        </progress>
      )}
      <Value pointer={pointer} />
    </section>
  );
}

/** What keeps the picture from being computed; undefined: nothing. */
export function Trouble() {
  const { engine } = useView();
  const text = troubleOf(useEngineState(engine));
  return (
    <div role="alert" class="trouble">
      {text !== undefined && <p class="banner">{text}</p>}
    </div>
  );
}

function troubleOf({ connection, workers, failure }: EngineState): string | undefined {
  if (connection === 'lost') return 'The connection is lost; it is tried again. The picture stays, and can be moved.';
  if (connection === 'refused')
    return 'The service refuses this page: check the token, and that the service is of the same version.';
  if (failure) return failure.message;
  if (workers && workers.ready === 0)
    return 'No workers are ready: start one with "fractal worker", or the service with --local.';
  return undefined;
}

export interface PointerSpot {
  readonly x: number;
  readonly y: number;
}

/** The pointer rests this long before its value is asked for. */
const REST_MS = 150;

function Value({ pointer }: { readonly pointer: PointerSpot | undefined }) {
  const { engine } = useView();
  const [value, setValue] = useState<ValueMessage>();
  useEffect(() => {
    setValue(undefined);
    if (!pointer) return;
    let over = false;
    const timer = setTimeout(() => {
      if (engine.state.connection !== 'open' || engine.state.moving) return;
      engine.probe(pointer.x, pointer.y).then(
        (found) => !over && setValue(found),
        () => undefined,
      );
    }, REST_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [pointer?.x, pointer?.y]);
  if (!pointer) return null;
  return (
    <>
      <span class="point">{pointText(engine.pointAt(pointer.x, pointer.y))}</span>
      {value && <span class="value">{valueText(value)}</span>}
    </>
  );
}

export function valueText({ nu, distance, period, iterations }: ValueMessage): string {
  if (nu === null)
    return period === null ? `inside: no escape within ${whole(iterations)}` : `inside: period ${whole(period)}`;
  const text = `n ${nu.toFixed(2)}`;
  return distance === null ? text : `${text}, ${shortNumber(distance)} from the set`;
}

/** Decimal text to three digits. */
function shortNumber(text: string): string {
  const [, sign = '', digits = '', exponent = ''] = /^(-?)([\d.]+)(e.*)?$/i.exec(text) ?? [];
  const number = Number(digits);
  return number > 0 && exponent === '' && number >= 1e-3 ? sign + number.toPrecision(3) : zoomText(text);
}

/** Of long coordinates the end, where they differ from those nearby. */
const MOST_SHOWN = 20;

function pointText({ re, im }: { readonly re: string; readonly im: string }): string {
  const short = (text: string) =>
    text.length <= MOST_SHOWN ? text : `${text.slice(0, 8)}…${text.slice(-(MOST_SHOWN - 9))}`;
  return `${short(re)}, ${short(im)}`;
}
