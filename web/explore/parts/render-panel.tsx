/** "Render this": the picture as a file of any size, as a job or by a command. */

import { useState } from 'preact/hooks';
import { isFilm } from '../../format.js';
import { useLive } from '../../live.js';
import type { Jobs } from '../jobs.js';
import { commandOf, stillOrder } from '../orders.js';
import { useEngineState, useView } from '../view.js';
import { Command } from './command.js';
import { Choice } from './fields.js';
import { JobCards } from './job-card.js';
import { useSize } from './size.js';

const SAMPLES = { '': 'Automatic', 1: '1', 4: '4', 16: '16', 64: '64' } as const;
const FORMATS = {
  png: 'PNG',
  webp: 'WebP',
  jpg: 'JPEG',
  tif: 'TIFF',
  exr: 'OpenEXR, linear light',
  npy: 'NumPy, raw counts',
} as const;

export function RenderPanel({ jobs }: { readonly jobs: Jobs }) {
  const { engine } = useView();
  const { access } = useLive();
  const { look, size: here, found } = useEngineState(engine);
  const [size, sizeControls] = useSize(here, 'here');
  const [samples, setSamples] = useState('');
  const [format, setFormat] = useState('png');
  const raw = format === 'npy';
  const order = stillOrder(
    look,
    size,
    { samples: raw ? '' : samples, outfile: `picture.${format}` },
    raw ? undefined : found?.colours,
  );
  return (
    <div class="fields">
      {sizeControls}
      <div class="pair">
        {!raw && <Choice label="Samples a pixel" value={samples} options={SAMPLES} choose={setSamples} />}
        <Choice label="Format" value={format} options={FORMATS} choose={setFormat} />
      </div>
      {access.role === 'view' ? (
        <p class="about">This token only lets you look: use the command.</p>
      ) : (
        <button type="button" class="primary wide" disabled={jobs.sending} onClick={() => jobs.submit(order)}>
          Render {size.width} × {size.height}
        </button>
      )}
      <JobCards jobs={jobs} kind={(job) => !isFilm(job)} />
      <h3>Or by the command line</h3>
      <Command text={commandOf(order)} />
    </div>
  );
}
