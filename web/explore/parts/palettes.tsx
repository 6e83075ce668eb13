/** The palettes of the service as swatches, as text, from and to files. */

import { useEffect, useState } from 'preact/hooks';
import { get, messageOf, send } from '../../api.js';
import { useLive } from '../../live.js';
import { chooseFile, download } from '../copy.js';
import { useLook, useView } from '../view.js';
import { TextField } from './fields.js';

interface PaletteEntry {
  readonly name: string;
  readonly group: string;
  readonly flags: Readonly<Record<string, string>>;
  /** Hex colours. */
  readonly swatch: readonly string[];
}

const USUAL = 'Galaxy';

export function Palettes() {
  const view = useView();
  const { notice } = useLive();
  const { scene } = useLook();
  const [palettes, setPalettes] = useState<readonly PaletteEntry[]>([]);
  useEffect(() => {
    get<{ palettes: readonly PaletteEntry[] }>('/v1/palettes').then(
      (answer) => setPalettes(answer.palettes.filter(({ group }) => group !== 'mode')),
      (error) => notice(messageOf(error), 'error'),
    );
  }, []);
  const chosen = scene.palette ?? USUAL;
  const known = palettes.find(({ name }) => name.toLowerCase() === chosen.toLowerCase());
  const load = async () => {
    const file = await chooseFile('.json,.map,.ugr,.gpl,.ggr,.pal,.kfp,.png,.jpg,.jpeg,.webp,.txt');
    if (!file) return;
    try {
      const init = { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } };
      const answer = await send(`/v1/palettes?name=${encodeURIComponent(file.name)}`, init);
      const { flags, notes = [] } = (await answer.json()) as { flags: Record<string, string>; notes?: string[] };
      view.change({ interpolation: undefined, ...flags });
      notice([`The palette of ${file.name} is used`, ...notes].join('. '));
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  const save = () => {
    if (!known) return download('palette.txt', chosen);
    const stops = known.swatch.map((colour, k) => [Number((k / known.swatch.length).toFixed(4)), colour]);
    download(`${known.name}.json`, JSON.stringify(stops));
  };
  return (
    <>
      <fieldset class="palettes" aria-label="Palette">
        {palettes.map(({ name, swatch }) => (
          <label key={name}>
            <input
              type="radio"
              name="palette"
              checked={known?.name === name}
              onChange={() => view.change({ palette: name === USUAL ? undefined : name })}
            />
            <span class="swatch" style={{ background: `linear-gradient(90deg, ${swatch.join(',')})` }} />
            <span class="name">{name}</span>
          </label>
        ))}
      </fieldset>
      <TextField
        label="Palette as text"
        value={chosen}
        wrong={(text) => (text.length > 20_000 ? 'Too long: load it as a file.' : undefined)}
        settle={(text) => view.change({ palette: text === '' || text === USUAL ? undefined : text })}
      />
      <div class="buttons">
        <button type="button" onClick={load}>
          Load a palette…
        </button>
        <button type="button" onClick={save}>
          Save this one
        </button>
      </div>
    </>
  );
}
