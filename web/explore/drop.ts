/** Files that are dropped on the page, or chosen: the service reads the place that they hold, and the picture goes there. */

import { useEffect, useState } from 'preact/hooks';
import type { Scene } from '../../src/tiles/protocol.js';
import { messageOf, send } from '../api.js';
import { useLive } from '../live.js';
import { chooseFile } from './copy.js';
import { useView } from './view.js';

const ACCEPT = '.kfr,.kfp,.toml,.ini,.loc,.json,.png,.apng,.jpg,.jpeg,.webp,.tif,.tiff,.exr,.gif,.mp4,.webm,.mkv,.mov';
/** The service takes no more. */
const MOST_BYTES = 64 << 20;

interface Located {
  readonly scene: Scene;
  readonly re: string;
  readonly im: string;
  readonly zoom: string;
  readonly rotation: number;
  readonly notes: readonly string[];
}

export interface Drop {
  /** A file is over the page. */
  readonly over: boolean;
  openFile(): void;
}

export function useDrop(): Drop {
  const view = useView();
  const { notice } = useLive();
  const [over, setOver] = useState(false);
  const goTo = async (file: File) => {
    if (file.size > MOST_BYTES) return notice(`${file.name} is larger than 64 MiB.`, 'error');
    try {
      const init = { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } };
      const answer = await send(`/v1/location?name=${encodeURIComponent(file.name)}`, init);
      const { scene, re, im, zoom, rotation, notes } = (await answer.json()) as Located;
      view.go({ re, im, zoom, rotation, scene });
      notice([`This is the place of ${file.name}`, ...notes].join('. '));
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  useEffect(() => {
    const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const dragged = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const left = ({ relatedTarget }: DragEvent) => relatedTarget === null && setOver(false);
    const dropped = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) goTo(file);
    };
    addEventListener('dragover', dragged);
    addEventListener('dragleave', left);
    addEventListener('drop', dropped);
    return () => {
      removeEventListener('dragover', dragged);
      removeEventListener('dragleave', left);
      removeEventListener('drop', dropped);
    };
  }, []);
  return {
    over,
    async openFile() {
      const file = await chooseFile(ACCEPT);
      if (file) await goTo(file);
    },
  };
}
