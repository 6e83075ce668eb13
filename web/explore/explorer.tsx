/** The explorer: the picture fills the window, controls float over it. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { useLive } from '../live.js';
import { useDrop } from './drop.js';
import { useJobs } from './jobs.js';
import { useKeys } from './keys.js';
import { type Opened, openView } from './open-view.js';
import { Help } from './parts/help.js';
import { JuliaPreview } from './parts/julia-preview.js';
import { PANELS, Panel, type PanelName } from './parts/panel.js';
import { type PointerSpot, Status, Trouble } from './parts/status.js';
import { Toolbar } from './parts/toolbar.js';
import { usePlaces } from './places.js';
import { homeOf, juliaOf } from './scene.js';
import { useEngineState, type View, ViewContext } from './view.js';
import type { Waypoint } from './waypoints.js';

/** `refused`: the service wants another token. */
export function Explorer({ refused }: { refused(): void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { notice } = useLive();
  const [opened, setOpened] = useState<Opened>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    try {
      const made = openView(canvas.current as HTMLCanvasElement, notice);
      setOpened(made);
      return () => made.close();
    } catch (error) {
      setFailure((error as Error).message);
      return undefined;
    }
  }, []);
  return (
    <main class="explorer">
      <h1 class="hidden">Explore</h1>
      <div class="picture-room">
        <canvas
          ref={canvas}
          tabIndex={0}
          aria-label="Picture: drag to move, turn the wheel to zoom, press ? for all keys"
        />
      </div>
      {failure !== undefined && (
        <p class="banner" role="alert">
          {failure}
        </p>
      )}
      {opened && (
        <ViewContext.Provider value={opened.view}>
          <Controls view={opened.view} canvas={canvas.current as HTMLCanvasElement} refused={refused} />
        </ViewContext.Provider>
      )}
    </main>
  );
}

interface ControlsProps {
  readonly view: View;
  readonly canvas: HTMLCanvasElement;
  refused(): void;
}

function Controls({ view, canvas, refused }: ControlsProps) {
  const [panel, setPanel] = useState<PanelName>();
  const [hidden, setHidden] = useState(false);
  const [help, setHelp] = useState(false);
  const [julia, setJulia] = useState(false);
  const [waypoints, setWaypoints] = useState<readonly Waypoint[]>([]);
  const jobs = useJobs();
  const places = usePlaces();
  const pointer = usePointer(canvas);
  const { over, openFile } = useDrop();
  const { connection, look } = useEngineState(view.engine);
  useEffect(() => {
    if (connection === 'refused') refused();
  }, [connection]);
  const home = () => view.go(homeOf(look.scene));
  const toggle = (name: PanelName) => setPanel(panel === name ? undefined : name);
  useKeys(
    {
      ...Object.fromEntries(Object.entries(PANELS).map(([name, { key }]) => [key, () => toggle(name as PanelName)])),
      h: () => setHidden(!hidden),
      '?': () => setHelp(true),
      j: () => setJulia(!julia && juliaOf(look.scene, look.place) !== undefined),
      s: places.save,
      Home: home,
      Backspace: () => view.past.back(),
      'Shift+Backspace': () => view.past.forward(),
      Escape: () => (panel === undefined ? setJulia(false) : setPanel(undefined)),
    },
    canvas,
  );
  return (
    <>
      <Trouble />
      {!hidden && (
        <Toolbar panel={panel} toggle={toggle} home={home} help={() => setHelp(true)} hide={() => setHidden(true)} />
      )}
      {hidden && (
        <button type="button" class="float show" title="Show the controls (H)" onClick={() => setHidden(false)}>
          Controls
        </button>
      )}
      {!hidden && panel !== undefined && (
        <Panel
          name={panel}
          close={() => setPanel(undefined)}
          {...{ jobs, places, waypoints, setWaypoints, julia, setJulia, openFile }}
        />
      )}
      {julia && <JuliaPreview pointer={pointer} close={() => setJulia(false)} />}
      {!hidden && <Status pointer={pointer} />}
      {help && <Help close={() => setHelp(false)} />}
      {over && <div class="drop">Drop a file to go to its place</div>}
    </>
  );
}

/** Where the pointer is on the picture, once a frame; not while a button is pressed. undefined: elsewhere, or a finger. */
function usePointer(canvas: HTMLCanvasElement): PointerSpot | undefined {
  const [spot, setSpot] = useState<PointerSpot>();
  useEffect(() => {
    let frame = 0;
    let latest: PointerSpot | undefined;
    const update = () => {
      frame = 0;
      setSpot(latest);
    };
    const moved = ({ offsetX, offsetY, buttons, pointerType }: PointerEvent) => {
      if (buttons !== 0 || pointerType === 'touch') return;
      latest = { x: offsetX, y: offsetY };
      frame ||= requestAnimationFrame(update);
    };
    const left = () => {
      latest = undefined;
      frame ||= requestAnimationFrame(update);
    };
    canvas.addEventListener('pointermove', moved);
    canvas.addEventListener('pointerleave', left);
    return () => {
      canvas.removeEventListener('pointermove', moved);
      canvas.removeEventListener('pointerleave', left);
      cancelAnimationFrame(frame);
    };
  }, [canvas]);
  return spot;
}
