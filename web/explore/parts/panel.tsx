/** A panel over the picture: at its side, or on phones a sheet at the bottom. */

import { useEffect, useRef } from 'preact/hooks';
import type { Jobs } from '../jobs.js';
import type { Places } from '../places.js';
import type { Waypoint } from '../waypoints.js';
import { ColoursPanel } from './colours-panel.js';
import { FilmPanel } from './film-panel.js';
import { PlacePanel } from './place-panel.js';
import { PlacesPanel } from './places-panel.js';
import { RenderPanel } from './render-panel.js';

export const PANELS = {
  place: { title: 'Place', key: 'p' },
  colours: { title: 'Colours', key: 'c' },
  render: { title: 'Render', key: 'r' },
  film: { title: 'Film', key: 'f' },
  places: { title: 'Places', key: 'l' },
} as const;

export type PanelName = keyof typeof PANELS;

export interface PanelProps {
  readonly name: PanelName;
  close(): void;
  readonly jobs: Jobs;
  readonly places: Places;
  readonly waypoints: readonly Waypoint[];
  setWaypoints(waypoints: readonly Waypoint[]): void;
  readonly julia: boolean;
  setJulia(on: boolean): void;
  openFile(): void;
}

export function Panel(props: PanelProps) {
  const { name, close } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [name]);
  return (
    <section class="panel float" aria-labelledby="panel-title" id="panel">
      <header class="line">
        <h2 id="panel-title" ref={heading} tabIndex={-1}>
          {PANELS[name].title}
        </h2>
        <button type="button" class="icon" aria-label="Close the panel" title="Close (Escape)" onClick={close}>
          ✕
        </button>
      </header>
      <div class="content">
        <Content {...props} />
      </div>
    </section>
  );
}

function Content({ name, jobs, places, waypoints, setWaypoints, julia, setJulia, openFile }: PanelProps) {
  switch (name) {
    case 'place':
      return <PlacePanel {...{ julia, setJulia, openFile }} />;
    case 'colours':
      return <ColoursPanel />;
    case 'render':
      return <RenderPanel jobs={jobs} />;
    case 'film':
      return <FilmPanel {...{ jobs, waypoints, setWaypoints }} />;
    case 'places':
      return <PlacesPanel places={places} />;
  }
}
