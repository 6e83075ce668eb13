/** The buttons over the picture: history and zoom at the left, panels at the right (on phones at the bottom). */

import { useEngineState, useView } from '../view.js';
import { Icon, type IconName } from './icon.js';
import { PANELS, type PanelName } from './panel.js';

export interface ToolbarProps {
  readonly panel: PanelName | undefined;
  toggle(panel: PanelName): void;
  home(): void;
  help(): void;
  hide(): void;
}

export function Toolbar({ panel, toggle, home, help, hide }: ToolbarProps) {
  const { engine, past } = useView();
  useEngineState(engine);
  const { back, forward } = past.canGo();
  return (
    <>
      <nav class="float tools" aria-label="Ways">
        <a class="icon" href="./#/jobs" title="Dashboard" aria-label="Dashboard">
          <Icon name="grid" />
        </a>
        <Tool icon="back" label="Back" keys="Backspace" disabled={!back} act={past.back} />
        <Tool icon="forward" label="Forward" keys="Shift+Backspace" disabled={!forward} act={past.forward} />
        <Tool icon="home" label="The whole set" keys="Home" act={home} />
        <Tool icon="minus" label="Zoom out" keys="−" act={() => engine.zoomBy(-1)} />
        <Tool icon="plus" label="Zoom in" keys="+" act={() => engine.zoomBy(1)} />
      </nav>
      <div class="float panels" role="toolbar" aria-label="Panels">
        {Object.entries(PANELS).map(([name, { title, key }]) => (
          <button
            key={name}
            type="button"
            title={`${title} (${key.toUpperCase()})`}
            aria-expanded={panel === name}
            aria-controls={panel === name ? 'panel' : undefined}
            onClick={() => toggle(name as PanelName)}
          >
            {title}
          </button>
        ))}
        <Tool icon="eye" label="Hide the controls" keys="H" act={hide} />
        <Tool icon="help" label="Help" keys="?" act={help} />
      </div>
    </>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly keys: string;
  readonly disabled?: boolean;
  act(): void;
}

/** Stays in the order of the keyboard while it is disabled: a button that loses the focus so would take the keys with it. */
function Tool({ icon, label, keys, disabled = false, act }: ToolProps) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={label}
      title={`${label} (${keys})`}
      aria-disabled={disabled}
      onClick={() => !disabled && act()}
    >
      <Icon name={icon} />
    </button>
  );
}
