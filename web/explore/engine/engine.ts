/**
 * The picture of the explorer: a canvas that shows a place at any depth and moves as a map does. Gestures move the camera, the
 * camera asks for pieces, pieces are drawn; there is no page around it.
 */

import { LEVELS_PER_OCTAVE, offsetOf } from '../../../src/tiles/lattice.js';
import type { WorkersMessage } from '../../../src/tiles/protocol.js';
import { aimAt, centreOf, moved, NOWHERE, type Vector } from './camera.js';
import { openCanvas } from './canvas.js';
import { openLink } from './connection.js';
import type { Connection, Engine, EngineOptions, Look, Place, Spot } from './contract.js';
import { listen } from './gestures.js';
import { openLooking } from './looking.js';
import { type Shown, toAim } from './motion.js';
import { flightMs, openMover } from './mover.js';
import type { Moves } from './moves.js';
import { openPace } from './pace.js';
import { paintOf } from './paint.js';
import type { Scenery } from './painter.js';
import { openPalettes } from './palettes.js';
import { openPicture } from './picture.js';
import { openLattices } from './rest.js';
import { areFound, deformationIn, hasSameSamples, isFlipped, samplesKey } from './scene.js';
import { placedPieces, type Sight } from './scenery.js';

export type * from './contract.js';

/** After the last movement, before fine pieces are asked for. */
const SETTLE_MS = 200;
/** How long the picture takes to the nearest level, to a place of the wheel or keys, and to glide. */
const LEVEL_MS = 120;
const SMOOTH_MS = 180;
const GLIDE_MS = 450;
/** Between looks while the picture moves, and the finest scale of their pieces. */
const LOOK_MS = 80;
const COARSE = 4;
/** Pictures drawn in so quick succession are coarser where drawing is slow. */
const QUICK_MS = 150;
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
  const pace = openPace();
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
  let [isHeld, isMoving, isAsked] = [false, false, false];
  let [movedMs, lookedMs, drawnMs] = [0, 0, 0];
  let focus: Spot | undefined;
  /** What the last movement was about. */
  let about: Vector | undefined;
  let settled = '';
  let frame = 0;
  let meanwhile = COARSE;
  let finer: ReturnType<typeof setTimeout> | undefined;

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

  function draw(): void {
    if (frame === 0 && !signal.aborted) frame = requestAnimationFrame(onFrame);
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

  /** Something moves, or another scene is shown. `finest`: of the pieces that are asked for meanwhile. */
  function nudge(finest = COARSE): void {
    movedMs = performance.now();
    isMoving = true;
    isAsked = false;
    meanwhile = finest;
    changed();
  }

  function look(): Look {
    return { place: rest.place, scene };
  }

  /** A point of the canvas, in pixels of the picture from its centre. */
  function vectorOf(at: Spot | undefined): Vector {
    if (!at) return NOWHERE;
    const ratio = surface.ratio();
    const down = at.y * ratio - surface.size.height / 2;
    return { x: at.x * ratio - surface.size.width / 2, y: isFlipped(scene) ? -down : down };
  }

  function onFrame(now: number): void {
    frame = 0;
    mover.tick(performance.now());
    if (isMoving) advance(performance.now());
    paintNow(now);
    if (isMoving || mover.isMoving) draw();
  }

  /** While the picture moves, coarse pieces of where it goes; then it comes to rest. */
  function advance(now: number): void {
    const idle = !isHeld && now - movedMs >= SETTLE_MS;
    if (idle && !isAsked) {
      mover.toLevel(about, LEVEL_MS);
      rest = lattices.restOf(mover.aim, deformation(), height());
      mover.snap(rest.off);
      isAsked = true;
      ask(1);
    } else if (!idle && now - lookedMs >= LOOK_MS) {
      lookedMs = now;
      rest = lattices.restOf(mover.aim, deformation(), height());
      ask(meanwhile);
    }
    if (!isAsked || mover.isMoving) return;
    isMoving = false;
    const text = JSON.stringify(look());
    if (text !== settled) options.onSettled(look());
    settled = text;
    tell();
  }

  function ask(finest: number): void {
    looking.look({ rest, scene, ...surface.size }, vectorOf(focus), finest);
  }

  function sceneryOf(factor: number, coarseness: number): Scenery | undefined {
    const table = palettes.of(scene);
    if (!table) return undefined;
    const { width, height: rows } = surface.size;
    const sight: Sight = {
      ...{ aim: mover.aim, shown: mover.drawn, deformation: deformation(), flip: isFlipped(scene) },
      ...{ width, height: rows, lattice: rest.lattice, key: samplesKey(scene) },
    };
    const isCovered = !isMoving && looking.progress() === 1;
    const pieces = placedPieces(sight, picture.tiles.all, isCovered, picture.drawn);
    const found = areFound(scene) ? looking.foundFor : undefined;
    const paint = paintOf(scene, table, found, looking.found?.iterations ?? 1_000);
    return { width: surface.width, height: surface.height, rows: rows * factor, pieces, paint, coarseness };
  }

  function paintNow(now: number): void {
    const isQuick = isMoving || now - drawnMs < QUICK_MS;
    if (isMoving) pace.frame(now);
    drawnMs = now;
    clearTimeout(finer);
    const coarseness = isQuick ? pace.coarseness : 1;
    const scenery = sceneryOf(1, coarseness);
    if (scenery) picture.draw(scenery);
    // What was drawn coarsely is drawn again once nothing else is.
    if (coarseness > 1 && !isMoving) finer = setTimeout(draw, QUICK_MS + 10);
  }

  const moves: Moves = {
    hold() {
      isHeld = true;
      nudge();
    },
    release() {
      isHeld = false;
      nudge();
    },
    pan(dx, dy, glide) {
      const ratio = surface.ratio();
      mover.pan({ x: dx * ratio, y: (isFlipped(scene) ? -dy : dy) * ratio }, glide ? GLIDE_MS : 0);
      nudge();
    },
    zoom(octaves, at, smooth) {
      about = at && vectorOf(at);
      mover.turn({ levels: octaves * LEVELS_PER_OCTAVE }, about, smooth ? SMOOTH_MS : 0);
      nudge();
    },
    turn(degrees, at, smooth) {
      about = at && vectorOf(at);
      mover.turn({ degrees: isFlipped(scene) ? -degrees : degrees }, about, smooth ? SMOOTH_MS : 0);
      nudge();
    },
    box(a, b) {
      const ratio = surface.ratio();
      const share = Math.max(
        (Math.abs(a.x - b.x) * ratio) / surface.size.width,
        (Math.abs(a.y - b.y) * ratio) / surface.size.height,
      );
      const middle = vectorOf({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
      mover.turn({ levels: -Math.log2(share) * LEVELS_PER_OCTAVE }, middle, 2 * SMOOTH_MS, NOWHERE);
      about = undefined;
      nudge();
    },
    focus(at) {
      focus = at;
    },
  };
  if (options.gestures !== false) listen(canvas, moves, signal);
  nudge();

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
          moving: isMoving,
          done: !isMoving && progress === 1 && palettes.has(scene),
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
      about = undefined;
      nudge();
      // There is nothing to wait for.
      if (!how.passing) movedMs = -SETTLE_MS;
    },
    setScene(changes) {
      const entries = Object.entries({ ...scene, ...changes }).filter(([, value]) => value !== undefined);
      const before = scene;
      scene = Object.fromEntries(entries) as typeof scene;
      // Other colours of the same samples do not keep these from being computed.
      nudge(hasSameSamples(before, scene) ? 1 : COARSE);
    },
    zoomBy(octaves, at) {
      about = at && vectorOf(at);
      mover.turn({ levels: octaves * LEVELS_PER_OCTAVE }, about, SMOOTH_MS);
      nudge();
    },
    panBy: (dx, dy) => moves.pan(dx, dy, true),
    rotateBy(degrees) {
      mover.turn({ degrees }, undefined, SMOOTH_MS);
      nudge();
    },
    zoomToBox: (a, b) => moves.box(a, b),
    pointAt: (x, y) => centreOf(moved(mover.aim, toAim(mover.drawn, vectorOf({ x, y })), deformation())),
    probe: (x, y) => {
      const point = centreOf(moved(mover.aim, toAim(mover.drawn, vectorOf({ x, y })), deformation()));
      return looking.probe({ rest, scene, ...surface.size }, point);
    },
    async thumbnail(width, height) {
      const scenery = sceneryOf(1, 1);
      if (!scenery) throw new Error('Nothing is drawn yet.');
      return picture.png(cropped(scenery, surface.size, width, height));
    },
    close() {
      if (signal.aborted) return;
      ended.abort();
      cancelAnimationFrame(frame);
      clearTimeout(finer);
      link.close();
      picture.close();
      listeners.clear();
    },
  };
}

function optional<T>(deformation: T | undefined): { readonly deformation?: T } {
  return deformation ? { deformation } : {};
}

/** The middle of a picture, made larger or smaller until it fills another one. */
function cropped(scenery: Scenery, size: { width: number; height: number }, width: number, height: number): Scenery {
  const factor = Math.max(width / size.width, height / size.height);
  const by = ([x, y]: readonly [number, number]) => [x * factor, y * factor] as const;
  const pieces = scenery.pieces.map((placed) => ({
    ...placed,
    origin: [
      (placed.origin[0] - size.width / 2) * factor + width / 2,
      (placed.origin[1] - size.height / 2) * factor + height / 2,
    ] as const,
    ...{ across: by(placed.across), down: by(placed.down), exact: placed.exact && factor === 1 },
  }));
  return { ...scenery, ...{ width, height, rows: scenery.rows * factor, pieces } };
}
