/** Films: a zoom to here, and a way along waypoints. */

import { useState } from 'preact/hooks';
import { isFilm } from '../../format.js';
import { useLive } from '../../live.js';
import type { Look } from '../engine/engine.js';
import type { Jobs } from '../jobs.js';
import { commandOf, type Order, pathOrder, zoomOrder } from '../orders.js';
import { shortZoom } from '../permalink.js';
import { homeOf, isZoom } from '../scene.js';
import { useEngineState, useView } from '../view.js';
import { lengthOf, pathFileOf, type Waypoint, zoomWay } from '../waypoints.js';
import { Command } from './command.js';
import { Choice, TextField } from './fields.js';
import { JobCards } from './job-card.js';
import { Play } from './play.js';
import { useSize } from './size.js';
import { Waypoints } from './waypoints.js';

const FORMATS = { mp4: 'MP4', webm: 'WebM', mkv: 'Matroska', gif: 'GIF' } as const;
const KINDS = { here: 'A zoom to here', path: 'Along waypoints' } as const;

const startFault = (text: string) =>
  text === '' || isZoom(text) ? undefined : 'Write a zoom such as 1000, or nothing for the whole set.';
const positive = (most: number) => (text: string) =>
  Number(text) > 0 && Number(text) <= most ? undefined : `Write a number up to ${most}.`;

export interface FilmPanelProps {
  readonly jobs: Jobs;
  readonly waypoints: readonly Waypoint[];
  setWaypoints(waypoints: readonly Waypoint[]): void;
}

export function FilmPanel({ jobs, waypoints, setWaypoints }: FilmPanelProps) {
  const { engine } = useView();
  const { access } = useLive();
  const { look: shown, size: here } = useEngineState(engine);
  /** While the film plays, the picture is elsewhere. */
  const [held, setHeld] = useState<Look>();
  const look = held ?? shown;
  const [kind, setKind] = useState<string>('here');
  const [start, setStart] = useState('');
  const [seconds, setSeconds] = useState('20');
  const [fps, setFps] = useState('30');
  const [format, setFormat] = useState('mp4');
  const [size, sizeControls] = useSize(here, '1280x720');
  const wishes = { seconds, fps, outfile: `film.${format}`, ...size };
  const along = kind === 'path';
  const home = homeOf(look.scene, size.width / size.height);
  // From a zoom of its own on, the picture is turned as it is here.
  const from = start === '' ? home : { zoom: start, rotation: look.place.rotation };
  const { order, wrong } = along ? alongOrder(waypoints) : { order: zoomOrder(from, look, wishes), wrong: undefined };

  function alongOrder(points: readonly Waypoint[]): { order?: Order; wrong?: string } {
    try {
      return { order: pathOrder(pathFileOf(points), look.scene, wishes) };
    } catch (error) {
      return { wrong: (error as Error).message };
    }
  }
  return (
    <div class="fields">
      <Choice label="Kind" value={kind} options={KINDS} choose={setKind} />
      {along ? (
        <Waypoints waypoints={waypoints} setWaypoints={setWaypoints} />
      ) : (
        <div class="with-button">
          <TextField
            label="Zoom at the start"
            value={start}
            placeholder={`${shortZoom(home.zoom)}: the whole set`}
            wrong={startFault}
            settle={setStart}
          />
          <Play
            way={() => zoomWay(from, look.place, look.scene, Number(seconds))}
            playing={(on) => setHeld(on ? look : undefined)}
          />
        </div>
      )}
      <div class="pair">
        {along ? (
          <p class="field">
            <span>Length</span> <output>{Number(lengthOf(waypoints).toFixed(1))} s</output>
          </p>
        ) : (
          <TextField label="Seconds" value={seconds} wrong={positive(36_000)} settle={setSeconds} numeric />
        )}
        <TextField label="Frames a second" value={fps} wrong={positive(240)} settle={setFps} numeric />
      </div>
      <div class="pair">
        {sizeControls}
        <Choice label="Format" value={format} options={FORMATS} choose={setFormat} />
      </div>
      {wrong !== undefined && <p class="about">{wrong}</p>}
      {access.role === 'view' ? (
        <p class="about">This token only lets you look: use the command.</p>
      ) : (
        <button
          type="button"
          class="primary wide"
          disabled={jobs.sending || !order}
          onClick={() => order && jobs.submit(order)}
        >
          Render the film
        </button>
      )}
      <JobCards jobs={jobs} kind={isFilm} />
      {order && (
        <>
          <h3>Or by the command line</h3>
          <Command text={commandOf(order, along ? { path: 'waypoints.json' } : {})} />
        </>
      )}
    </div>
  );
}
