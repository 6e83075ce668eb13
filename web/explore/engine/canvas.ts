/** The size of the picture in device pixels, as large as the page makes its canvas; the painter gives the canvas as many pixels, or fewer. */

export interface Surface {
  /** Device pixels that the canvas covers. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture: even numbers, at most a row and a column less. */
  readonly size: Size;
  /** Device pixels of a CSS pixel. */
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
  let [width, height] = [2, 2];
  const measured = () => {
    const box = canvas.getBoundingClientRect();
    return { width: box.width * devicePixelRatio, height: box.height * devicePixelRatio };
  };
  const apply = (covered: Size) => {
    const bound = (side: number) => Math.max(2, Math.min(MOST, Math.round(side / coarseness)));
    const [w, h] = [bound(covered.width), bound(covered.height)];
    if (width === w && height === h) return false;
    [width, height] = [w, h];
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
      return width;
    },
    get height() {
      return height;
    },
    get size() {
      return { width: width - (width % 2), height: height - (height % 2) };
    },
    ratio: () => width / Math.max(1, canvas.clientWidth),
  };
}
