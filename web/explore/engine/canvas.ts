/** The size of the canvas in device pixels, as large as the page makes it. */

export interface Surface {
  /** Pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture: even numbers, at most a row and a column less. */
  readonly size: Size;
  /** Pixels of the canvas for a CSS pixel. */
  ratio(): number;
}

/** The service takes no larger pictures. */
const MOST = 8_192;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that the browser gives; emulated screens have other pixels than it knows of. */
function exact(box: ResizeObserverSize | undefined, { width, height }: Size): Size {
  if (!box || Math.abs(box.inlineSize - width) > 2 || Math.abs(box.blockSize - height) > 2) return { width, height };
  return { width: box.inlineSize, height: box.blockSize };
}

/** `coarseness`: device pixels of a pixel. `resized`: after a change. */
export function openCanvas(
  canvas: HTMLCanvasElement,
  coarseness: number,
  resized: () => void,
  signal: AbortSignal,
): Surface {
  const measured = () => {
    const { width, height } = canvas.getBoundingClientRect();
    return { width: width * devicePixelRatio, height: height * devicePixelRatio };
  };
  const apply = ({ width, height }: Size) => {
    const bound = (side: number) => Math.max(2, Math.min(MOST, Math.round(side / coarseness)));
    const [w, h] = [bound(width), bound(height)];
    if (canvas.width === w && canvas.height === h) return false;
    [canvas.width, canvas.height] = [w, h];
    return true;
  };
  apply(measured());
  const observer = new ResizeObserver(([entry]) => {
    const box = entry?.devicePixelContentBoxSize?.[0];
    // A canvas that is not shown keeps its size.
    if (!entry || entry.contentRect.width === 0 || entry.contentRect.height === 0) return;
    if (apply(exact(box, measured()))) resized();
  });
  try {
    observer.observe(canvas, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(canvas);
  }
  signal.addEventListener('abort', () => observer.disconnect());
  return {
    get width() {
      return canvas.width;
    },
    get height() {
      return canvas.height;
    },
    get size() {
      return { width: canvas.width - (canvas.width % 2), height: canvas.height - (canvas.height % 2) };
    },
    ratio: () => canvas.width / Math.max(1, canvas.clientWidth),
  };
}
