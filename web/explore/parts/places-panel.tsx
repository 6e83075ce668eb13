/** Saved places, with thumbnails, and places to start from. */

import { zoomText } from '../../../src/view/zoom-text.js';
import { useLive } from '../../live.js';
import { Confirm } from '../../parts/confirm.js';
import { chooseFile, download } from '../copy.js';
import { readFragment } from '../permalink.js';
import type { Places } from '../places.js';
import { MOST_SAVED } from '../saved.js';
import { zoomToFit } from '../scene.js';
import { START_PICTURE, STARTS, startPictures } from '../starts.js';
import { useView } from '../view.js';

export function PlacesPanel({ places }: { readonly places: Places }) {
  const view = useView();
  const { notice } = useLive();
  const { all, full } = places;
  const load = async () => {
    const file = await chooseFile('.json');
    if (file) places.load(file);
  };
  const goToLink = (link: string) => {
    const { look, wrong } = readFragment(link);
    if (wrong !== undefined) notice(wrong, 'error');
    view.go({ ...look.place, scene: look.scene });
  };
  return (
    <div class="fields">
      <div class="buttons">
        <button type="button" class="primary" disabled={full} onClick={places.save}>
          Save this place
        </button>
        <button
          type="button"
          disabled={all.length === 0}
          onClick={() => download('places.json', JSON.stringify(all, undefined, 1))}
        >
          Export
        </button>
        <button type="button" onClick={load}>
          Import…
        </button>
      </div>
      {full && <p class="about">{MOST_SAVED} places are the most: remove one, or export them.</p>}
      {all.length > 0 && (
        <ul class="places saved" aria-label="Saved places">
          {all.map(({ id, name, link, picture }) => (
            <li key={id}>
              <button type="button" class="place-button" onClick={() => goToLink(link)}>
                {picture === undefined ? <span class="thumbnail" /> : <img class="thumbnail" src={picture} alt="" />}
                <span>{name}</span>
              </button>
              <Confirm text="Remove" question="Remove?" about={name} act={() => places.remove(id)} />
            </li>
          ))}
        </ul>
      )}
      <h3>Places to start from</h3>
      <ul class="places starts" aria-label="Places to start from">
        {STARTS.map(({ name, look }, k) => (
          <li key={name}>
            <button
              type="button"
              class="place-button"
              onClick={() => view.go({ ...look.place, zoom: zoomToFit(look.place.zoom), scene: look.scene })}
            >
              <span
                class="thumbnail"
                style={{
                  backgroundImage: `url(${startPictures()})`,
                  backgroundSize: `${START_PICTURE.width}px`,
                  backgroundPosition: `0 ${-k * START_PICTURE.height}px`,
                }}
              />
              <span>{name}</span> <span class="about">{zoomText(look.place.zoom)}×</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
