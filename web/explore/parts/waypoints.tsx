/** The list of waypoints: added, ordered, timed, played, saved and loaded. */

import { zoomText } from '../../../src/view/zoom-text.js';
import { useLive } from '../../live.js';
import { chooseFile, download } from '../copy.js';
import { useLook, useView } from '../view.js';
import { MOST_WAYPOINTS, pathFileOf, USUAL_SECONDS, type Waypoint, wayOf, waypointsIn } from '../waypoints.js';
import { TextField } from './fields.js';
import { Play } from './play.js';

export interface WaypointsProps {
  readonly waypoints: readonly Waypoint[];
  setWaypoints(waypoints: readonly Waypoint[]): void;
}

export function Waypoints({ waypoints, setWaypoints }: WaypointsProps) {
  const view = useView();
  const { notice } = useLive();
  const { scene } = useLook();
  const nextId = () => Math.max(0, ...waypoints.map(({ id }) => id)) + 1;
  const add = () => {
    const { place } = view.engine.state.look;
    setWaypoints([...waypoints, { id: nextId(), place, seconds: waypoints.length === 0 ? '' : USUAL_SECONDS }]);
  };
  const move = (k: number, by: number) => {
    const others = waypoints.filter((_, index) => index !== k);
    const moved = [...others.slice(0, k + by), waypoints[k] as Waypoint, ...others.slice(k + by)];
    setWaypoints(
      moved.map((one, index) => ({ ...one, seconds: index > 0 && one.seconds === '' ? USUAL_SECONDS : one.seconds })),
    );
  };
  const attempt = async (act: () => void | Promise<void>) => {
    try {
      await act();
    } catch (error) {
      notice((error as Error).message, 'error');
    }
  };
  const save = () =>
    attempt(() => download('waypoints.json', `${JSON.stringify(pathFileOf(waypoints), undefined, 2)}\n`));
  const load = () =>
    attempt(async () => {
      const file = await chooseFile('.json');
      if (file) setWaypoints(waypointsIn(await file.text(), nextId()));
    });
  return (
    <>
      <ol class="waypoints" aria-label="Waypoints">
        {waypoints.map(({ id, place, seconds }, k) => (
          <li key={id}>
            <button type="button" class="link" onClick={() => view.go(place)}>
              {k + 1}: {zoomText(place.zoom)}×
            </button>
            {k > 0 && (
              <TextField
                label={`Seconds to waypoint ${k + 1}`}
                value={seconds}
                settle={(text) =>
                  setWaypoints(waypoints.map((one) => (one.id === id ? { ...one, seconds: text } : one)))
                }
                numeric
              />
            )}
            <span class="acts">
              <Act text="↑" about={`Move waypoint ${k + 1} up`} disabled={k === 0} act={() => move(k, -1)} />
              <Act
                text="↓"
                about={`Move waypoint ${k + 1} down`}
                disabled={k === waypoints.length - 1}
                act={() => move(k, 1)}
              />
              <Act
                text="✕"
                about={`Remove waypoint ${k + 1}`}
                act={() => setWaypoints(waypoints.filter((one) => one.id !== id))}
              />
            </span>
          </li>
        ))}
      </ol>
      <div class="buttons">
        <button type="button" disabled={waypoints.length >= MOST_WAYPOINTS} onClick={add}>
          Add this view
        </button>
        <Play way={() => wayOf(waypoints, scene)} disabled={waypoints.length < 2} />
        <button type="button" disabled={waypoints.length < 2} onClick={save}>
          Save
        </button>
        <button type="button" onClick={load}>
          Load…
        </button>
      </div>
    </>
  );
}

function Act({ text, about, act, disabled }: { text: string; about: string; act(): void; disabled?: boolean }) {
  return (
    <button type="button" aria-label={about} title={about} disabled={disabled} onClick={act}>
      {text}
    </button>
  );
}
