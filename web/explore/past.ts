/**
 * Where the user has been: entries of the browser's history, one for each gesture or change, so that its buttons and those of
 * the page do the same. A movement that begins within a second
 * after another one belongs to the same entry.
 */

import { depthOf, distanceLog10 } from '../../src/view/path/place.js';
import type { Look } from './engine/engine.js';
import { fragmentOf, home, type Read, readFragment } from './permalink.js';
import { isSame, sameScene } from './scene.js';

const ONE_GESTURE_MS = 1_000;
/** Of this tab: the number of its latest entry, after which there is none to go forward to. */
const LAST = 'fractal-explore-last';

export interface Past {
  /** The picture rests at another look. */
  record(look: Look): void;
  /** A movement begins. */
  moves(): void;
  /** The next look is an entry of its own, however soon it comes. `aim`: where it leads. */
  begin(aim: Look): void;
  back(): void;
  forward(): void;
  canGo(): { readonly back: boolean; readonly forward: boolean };
  close(): void;
}

interface Entry {
  readonly explore: number;
}

/** `first`: of the URL. `went`: the user went to another entry, or changed the URL. */
export function openPast(first: Look, went: (read: Read) => void): Past {
  const given = entryOf(history.state);
  let at = given ?? 0;
  let last = given === undefined ? 0 : Math.max(at, Number(sessionStorage.getItem(LAST) ?? 0) || 0);
  /** Where the present entry leads; the picture comes to rest at it, rounded to its pixels. */
  let entered: Look | undefined = first;
  /** When a look was recorded, and when the movement to the next one began; 0: no other belongs to its entry. */
  let [before, began] = [0, 0];
  let shown: Look | undefined;
  let aimed: Look | undefined = first;

  const write = (look: Look, isNew: boolean) => {
    if (isNew) last = at += 1;
    // The whole set is rounded to its pixels again where its link is opened.
    const atHome = aimed !== undefined && isSame(aimed, home()) && isAbout(look, home());
    const url = `${location.pathname}${location.search}${fragmentOf(atHome ? home() : look)}`;
    const state: Entry = { explore: at };
    if (isNew) history.pushState(state, '', url);
    else history.replaceState(state, '', url);
    sessionStorage.setItem(LAST, String(last));
  };
  const popped = ({ state }: PopStateEvent) => {
    const entry = entryOf(state);
    // A URL that was typed or pasted is a new entry, which the browser has made already.
    if (entry === undefined) last = at += 1;
    else at = entry;
    const read = readFragment(location.hash);
    if (entry === undefined) history.replaceState({ explore: at } satisfies Entry, '', location.href);
    [entered, aimed, shown, before] = [read.look, read.look, read.look, 0];
    went(read);
  };
  addEventListener('popstate', popped);
  return {
    record(look) {
      if (shown && isSame(shown, look)) return;
      const arrives = entered !== undefined && isAbout(look, entered);
      const continues = arrives || (before > 0 && began - before < ONE_GESTURE_MS);
      write(look, !continues);
      if (!arrives) before = performance.now();
      [entered, aimed, shown] = [undefined, undefined, look];
    },
    moves() {
      began = performance.now();
    },
    begin(aim) {
      [before, aimed] = [0, aim];
    },
    back: () => history.back(),
    forward: () => history.forward(),
    canGo: () => ({ back: at > 0, forward: at < last }),
    close: () => removeEventListener('popstate', popped),
  };
}

/** Of the view's height, and of its zoom: as pictures are rounded to pixels. */
const ROUNDING = 0.03;

function isAbout(a: Look, b: Look): boolean {
  if (!sameScene(a.scene, b.scene) || a.place.rotation !== b.place.rotation) return false;
  const depth = depthOf(b.place.zoom);
  if (Math.abs(depthOf(a.place.zoom) - depth) > Math.log10(1 + ROUNDING)) return false;
  return distanceLog10(a.place, b.place) < Math.log10(4 * ROUNDING) - depth;
}

function entryOf(state: unknown): number | undefined {
  const number = (state as Partial<Entry> | null)?.explore;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}
