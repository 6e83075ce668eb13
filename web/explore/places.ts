/** The saved places, kept in this browser as they change. */

import { useEffect, useState } from 'preact/hooks';
import { zoomText } from '../../src/view/zoom-text.js';
import { useLive } from '../live.js';
import {
  keepPlaces,
  MOST_SAVED,
  newPlace,
  placesIn,
  type Saved,
  savedPlaces,
  THUMBNAIL,
  whenPlacesChange,
} from './saved.js';
import { FORMULAS, formulaOf } from './scene.js';
import { useView } from './view.js';

export interface Places {
  readonly all: readonly Saved[];
  readonly full: boolean;
  /** The present one. */
  save(): void;
  remove(id: string): void;
  load(file: File): void;
}

export function usePlaces(): Places {
  const { engine } = useView();
  const { notice } = useLive();
  const [all, setAll] = useState(savedPlaces);
  useEffect(() => whenPlacesChange(() => setAll(savedPlaces())), []);
  const full = all.length >= MOST_SAVED;
  const keep = (next: readonly Saved[]) => {
    try {
      keepPlaces(next);
      setAll(next);
    } catch (error) {
      notice((error as Error).message, 'error');
    }
  };
  return {
    ...{ all, full },
    async save() {
      if (full) return notice(`${MOST_SAVED} places are the most: remove one first.`, 'error');
      const { look } = engine.state;
      const picture = await engine.thumbnail(THUMBNAIL.width, THUMBNAIL.height).catch(() => undefined);
      keep([await newPlace(nameOf(look.scene, look.place.zoom), look, picture), ...savedPlaces()]);
      notice('The place is saved');
    },
    remove: (id) => keep(savedPlaces().filter((one) => one.id !== id)),
    async load(file) {
      const found = placesIn(await file.text());
      if (!found) return notice(`${file.name} has no list of places: choose a file that this page exported.`, 'error');
      const known = new Set(all.map(({ id }) => id));
      keep([...found.filter(({ id }) => !known.has(id)), ...all].slice(0, MOST_SAVED));
    },
  };
}

function nameOf(scene: Readonly<Record<string, string>>, zoom: string): string {
  const formula = formulaOf(scene) as keyof typeof FORMULAS;
  return `${FORMULAS[formula] ?? formula} ${zoomText(zoom)}`;
}
