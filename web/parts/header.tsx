/** Name, navigation, theme, and the token's owner. */

import { useState } from 'preact/hooks';
import type { Access } from '../answers.js';
import { chooseTheme, THEMES, type Theme, theme } from '../theme.js';

const PAGES = [
  ['jobs', 'Jobs'],
  ['workers', 'Workers'],
  ['activity', 'Activity'],
] as const;

export interface HeaderProps {
  readonly page: string;
  readonly access: Access | undefined;
  readonly onLeave: (() => void) | undefined;
}

export function Header({ page, access, onLeave }: HeaderProps) {
  const current = (name: string) => (page === name ? 'page' : undefined);
  return (
    <header class="top">
      <a class="brand" href="#/jobs">
        <Mark />
        fractal
      </a>
      <nav aria-label="Pages">
        {PAGES.map(([name, label]) => (
          <a key={name} href={`#/${name}`} aria-current={current(name)}>
            {label}
          </a>
        ))}
        <a href="explore">Explore</a>
        {access && access.role !== 'view' && (
          <a class="new" href="#/submit" aria-current={current('submit')}>
            New job
          </a>
        )}
      </nav>
      <div class="side">
        <a href="docs">API</a>
        <ThemeChoice />
        {onLeave && (
          <button type="button" onClick={onLeave} title={access && `${access.owner}, ${access.role}`}>
            Forget token
          </button>
        )}
      </div>
    </header>
  );
}

const LABELS = { system: 'System colours', light: 'Light', dark: 'Dark' } as const;

function ThemeChoice() {
  const [chosen, setChosen] = useState(theme());
  return (
    <select
      aria-label="Colours"
      value={chosen}
      onChange={({ currentTarget }) => {
        const next = currentTarget.value as Theme;
        chooseTheme(next);
        setChosen(next);
      }}
    >
      {THEMES.map((one) => (
        <option key={one} value={one}>
          {LABELS[one]}
        </option>
      ))}
    </select>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="var(--on-accent)">
        <circle cx="19" cy="16" r="7.5" />
        <circle cx="8.6" cy="16" r="3.4" />
        <circle cx="19" cy="6.7" r="2" />
        <circle cx="19" cy="25.3" r="2" />
      </g>
    </svg>
  );
}
