/**
 * The picture of the explorer: a canvas that shows a place at any depth and moves as a map does. Gestures move the camera, the
 * camera asks for pieces, pieces are drawn; there is no page around it.
 */

import { LEVELS_PER_OCTAVE, offsetOf } from '../../../src/tiles/lattice.js';
import type { WorkersMessage } from '../../../src/tiles/protocol.js';
import { aimAt, centreOf, moved } from './camera.js';
import { openCanvas } from './canvas.js';
import { openLink } from './connection.js';
import type { Connection, Engine, EngineOptions, Look, Place } from './contract.js';
import { cropped } from './cropped.js';
import { listen } from './gestures.js';
import { openLooking, type Picture as Seen } from './looking.js';
import { type Shown, toAim } from './motion.js';
import { movementsOf } from './movements.js';
import { flightMs, openMover } from './mover.js';
import { paintOf } from './paint.js';
import type { Scenery } from './painter.js';
import { openPainting } from './painting.js';
import { openPalettes } from './palettes.js';
import { openPicture } from './picture.js';
import { openLattices } from './rest.js';
import { areFound, deformationIn, hasSameSamples, isFlipped, samplesKey } from './scene.js';
import { placedPieces, type Sight } from './scenery.js';
import { openSettling } from './settling.js';

export type * from './contract.js';

/** Log2 of pixels beyond which there is no way from one picture to another. */
const FARTHEST = 900;

/** @throws Error of one line where the browser cannot draw, or the look is no place */
export function openEngine(canvas: HTMLCanvasElement, options: EngineOptions): Engine {
  const ended = new AbortController();
  const { signal } = ended;
  const onMessage = (line: string) => options.onMessage?.(line);
  const listeners = new Set<() => void>();
  const lattices = openLattices();
  const surface = openCanvas(canvas, options.coarseness ?? 1, () => resized(), signal);
  let scene = options.look.scene;
  const deformation = () => deformationIn(scene);
  const height = () => surface.size.height;
  const aim = aimAt(options.look.place, height());
  const mover = openMover({ aim, deformation, height, now: () => performance.now() });
  const picture = openPicture(canvas, { restored: () => repeat(), onMessage }, signal);
  const palettes = openPalettes(options.palette, () => changed(), onMessage);
  let connection: Connection = 'connecting';
  let workers: WorkersMessage | undefined;
  let rest = lattices.restOf(mover.aim, deformation(), height());
  /** Where the picture came to rest last. */
  let restingAim: typeof aim | undefined;
  const settling = openSettling(() => performance.now());
  const painting = openPainting({
    draw(coarseness, isComplete, drawn) {
      const scenery = sceneryOf(coarseness, isComplete);
      if (scenery) picture.draw(scenery, drawn);
    },
    again: () => draw(),
  });
  const movements = movementsOf({
    ...{ mover, surface, isFlipped: () => isFlipped(scene), moved: () => nudge() },
    hold() {
      settling.hold();
      changed();
    },
    release() {
      settling.release();
      changed();
    },
  });
  let settled = '';
  let frame = 0;
  /** The canvas shows something else than it should. */
  let isStale = false;

  const looking = openLooking({
    ...{ link: () => (connection === 'open' ? link : undefined), tiles: picture.tiles, load: picture.load },
    ...{ changed: () => changed(), onMessage },
  });
  const link = openLink({
    ...{ url: options.url, ...(options.token === undefined ? {} : { token: options.token }) },
    opened: () => repeat(),
    message(message) {
      if (message.type === 'workers') workers = message;
      looking.take(message);
    },
    piece: (bytes) => void looking.takePiece(bytes),
    state(now) {
      connection = now;
      tell();
    },
  });

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  function onNextFrame(): void {
    if (frame === 0 && !signal.aborted) frame = requestAnimationFrame(onFrame);
  }

  function draw(): void {
    isStale = true;
    onNextFrame();
  }

  function changed(): void {
    draw();
    tell();
  }

  function repeat(): void {
    looking.repeat();
    changed();
  }

  function resized(): void {
    nudge();
    // At once: a canvas of another size is empty.
    paintNow(performance.now());
  }

  function nudge(finest?: number): void {
    settling.moved(finest);
    changed();
  }

  function seen(): Seen {
    return { rest, scene, ...surface.size };
  }

  function look(): Look {
    return { place: rest.place, scene };
  }

  function onFrame(now: number): void {
    frame = 0;
    isStale ||= mover.isMoving;
    mover.tick(performance.now());
    advance();
    if (isStale) paintNow(now);
    if (settling.isMoving || mover.isMoving) onNextFrame();
  }

  /** While the picture moves, coarse pieces of where it goes; then it comes to rest. */
  function advance(): void {
    const due = settling.due();
    if (due !== undefined) {
      if (due === 'all') movements.toLevel();
      const { lattice } = rest;
      rest = lattices.restOf(mover.aim, deformation(), height());
      isStale ||= due === 'all' || rest.lattice !== lattice;
      if (due === 'all') {
        restingAim = mover.aim;
        mover.snap(rest.off);
      }
      looking.look(seen(), movements.focused, due === 'all' ? 1 : due);
    }
    if (!settling.rests(mover.isMoving)) return;
    const text = JSON.stringify(look());
    if (text !== settled) options.onSettled(look());
    settled = text;
    tell();
  }

  function sceneryOf(coarseness: number, isComplete: boolean): Scenery | undefined {
    const table = palettes.of(scene);
    if (!table) return undefined;
    const { width, height: rows } = surface.size;
    const sight: Sight = {
      ...{ aim: mover.aim, shown: mover.drawn, deformation: deformation(), flip: isFlipped(scene) },
      ...{ width, height: rows, lattice: rest.lattice, key: samplesKey(scene) },
    };
    // Also while only colours change.
    const isCovered = !mover.isMoving && restingAim === mover.aim && isComplete;
    const pieces = placedPieces(sight, picture.tiles.all, isCovered, picture.drawn);
    const found = areFound(scene) ? looking.foundFor : undefined;
    const paint = paintOf(scene, table, found, looking.found?.iterations ?? 1_000);
    return { width: surface.width, height: surface.height, rows, pieces, paint, coarseness };
  }

  function paintNow(now: number): void {
    isStale = false;
    painting.paint(now, { isMoving: settling.isMoving, isComplete: looking.isComplete(seen()) });
  }

  if (options.gestures !== false) listen(canvas, movements, signal);
  nudge();

  function pointAt(x: number, y: number) {
    const at = toAim(mover.drawn, movements.vectorOf({ x, y }));
    return centreOf(moved(mover.aim, at, deformation()));
  }

  /** Where what is shown lies in the picture of another aim; undefined: too far away. */
  function shownFrom(other: typeof aim): Shown | undefined {
    const { aim: old, shown } = mover;
    const lattice = { anchor: centreOf(other), level: Math.round(other.depth), rotation: other.rotation };
    const depth = old.depth + shown.depth - other.depth;
    if (Math.abs(depth) > FARTHEST * LEVELS_PER_OCTAVE) return undefined;
    const { x, y } = offsetOf({ ...lattice, ...optional(deformation()) }, centreOf(old));
    const degrees = old.rotation + shown.rotation - other.rotation;
    const rotation = degrees - 360 * Math.round(degrees / 360);
    return Number.isFinite(x) && Number.isFinite(y) ? { x, y, depth, rotation } : undefined;
  }

  return {
    get state() {
      const { found, failure } = looking;
      const progress = looking.progress();
      return {
        ...{
          look: look(),
          moving: settling.isMoving,
          done: !settling.isMoving && progress === 1 && palettes.has(scene),
          progress,
          connection,
        },
        ...{ size: surface.size, ...(found ? { found } : {}), ...(workers ? { workers } : {}) },
        ...(failure ? { failure } : {}),
      };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    goTo({ scene: other, ...place }, how = {}) {
      if (other) scene = other;
      if (Object.keys(place).length === 0) {
        nudge();
        return;
      }
      const to: Place = { ...rest.place, ...place };
      const next = aimAt(to, height(), how.passing);
      const from = how.animate ? shownFrom(next) : undefined;
      mover.jump(next, from, from ? flightMs(from) : 0);
      movements.forget();
      nudge();
      if (!how.passing) settling.hurry();
    },
    setScene(changes) {
      const entries = Object.entries({ ...scene, ...changes }).filter(([, value]) => value !== undefined);
      const before = scene;
      scene = Object.fromEntries(entries) as typeof scene;
      // Other colours of the same samples do not keep these from being computed.
      nudge(hasSameSamples(before, scene) ? 1 : undefined);
    },
    zoomBy: (octaves, at) => movements.zoom(octaves, at, true),
    pointAt,
    probe: (x, y) => looking.probe(seen(), pointAt(x, y)),
    async thumbnail(width, height) {
      const scenery = sceneryOf(1, looking.isComplete(seen()));
      if (!scenery) throw new Error('Nothing is drawn yet.');
      return picture.png(cropped(scenery, surface.size, { width, height }));
    },
    close() {
      if (signal.aborted) return;
      ended.abort();
      cancelAnimationFrame(frame);
      painting.close();
      link.close();
      picture.close();
      listeners.clear();
    },
  };
}

function optional<T>(deformation: T | undefined): { readonly deformation?: T } {
  return deformation ? { deformation } : {};
}
