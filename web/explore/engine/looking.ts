/** Asks the service for the pieces of the picture, and takes what it answers. */

import {
  type FailedMessage,
  type FoundMessage,
  readPiece,
  type Scene,
  type ToViewer,
  type ValueMessage,
} from '../../../src/tiles/protocol.js';
import type { Vector } from './camera.js';
import type { Link } from './connection.js';
import type { FoundFor } from './paint.js';
import { areNear, type Rest } from './rest.js';
import { areFound, coloursKey, extrasOf, hasSameSamples, samplesKey } from './scene.js';
import type { Need, Tile, Tiles } from './tiles.js';
import { areaOf, shareOf, wantedPieces } from './wanted.js';

export interface Picture {
  readonly rest: Rest;
  readonly scene: Scene;
  readonly width: number;
  readonly height: number;
}

export interface Looking {
  readonly found: FoundMessage | undefined;
  readonly foundFor: FoundFor | undefined;
  readonly failure: FailedMessage | undefined;
  /** What tiles of the present picture must have. */
  need(scene: Scene): Need;
  /** `finest`: the scale of the finest pieces; `focus`: pixels from the centre. Sends nothing that was asked for just now. */
  look(picture: Picture, focus: Vector, finest: number): void;
  /** The same look again, after a new connection. */
  repeat(): void;
  /** The share of the picture's tiles that are there, 0 to 1. */
  progress(): number;
  /** Whether all samples of this picture are there, and it was asked for last. */
  isComplete(picture: Picture): boolean;
  probe(picture: Picture, point: { readonly re: string; readonly im: string }): Promise<ValueMessage>;
  take(message: ToViewer): void;
  takePiece(bytes: Uint8Array): Promise<void>;
}

export interface LookingOptions {
  link(): Link | undefined;
  readonly tiles: Tiles;
  /** Unpacks samples into a tile; resolves when it is there. */
  load(piece: Pick<Tile, 'lattice' | 'piece' | 'key' | 'iterations'>, packed: Uint8Array): Promise<void>;
  /** Something is to be shown that was not before. */
  changed(): void;
  onMessage(line: string): void;
}

interface Asked {
  readonly picture: Picture;
  readonly focus: Vector;
  readonly finest: number;
  readonly colours: boolean;
}

/** Looks whose pieces may still arrive, and how often one is asked for again whose pieces did not all come, or too few. */
const REMEMBERED = 128;
const MOST_REPEATS = 3;
/** Found colours stay for pictures so near: levels, and heights of the picture. */
const NEAR_LEVELS = 15;
const NEAR_HEIGHTS = 1;
const PROBE_MS = 15_000;

interface Probe {
  resolve(value: ValueMessage): void;
  reject(error: Error): void;
}

export function openLooking({ link, tiles, load, changed, onMessage }: LookingOptions): Looking {
  const asked = new Map<number, Asked>();
  const probes = new Map<number, Probe>();
  let ids = 0;
  let last = 0;
  let arriving = 0;
  let isAnswered = false;
  let repeats = 0;
  let sent = '';
  /** What of it says which samples are shown. */
  let sentPicture = '';
  let present: Asked | undefined;
  let found: FoundMessage | undefined;
  let failure: FailedMessage | undefined;
  let colours: { readonly key: string; readonly rest: Rest; readonly found: FoundFor } | undefined;

  const need = (scene: Scene, limited: boolean): Need => ({
    ...{ key: samplesKey(scene), extras: extrasOf(scene) },
    iterations: limited ? found?.iterations : undefined,
  });

  function coverageOf({ picture: { rest, scene, width, height } }: Asked, limited: boolean) {
    const area = areaOf(rest, width, height);
    return { area, coverage: tiles.coverage(rest.lattice, area, need(scene, limited)) };
  }

  function wantsColours({ picture: { rest, scene, height } }: Asked): boolean {
    if (!areFound(scene)) return false;
    const key = samplesKey(scene) + coloursKey(scene);
    return colours?.key !== key || !areNear(colours.rest, rest, NEAR_HEIGHTS * height, NEAR_LEVELS);
  }

  function send(ask: Omit<Asked, 'colours'>, limited: boolean): void {
    const { picture, focus, finest } = ask;
    const { rest, scene, width, height } = picture;
    const whole = { ...ask, colours: finest === 1 && wantsColours({ ...ask, colours: false }) };
    const { area, coverage } = coverageOf(whole, limited);
    const pieces = wantedPieces(area, coverage, { x: rest.x + focus.x, y: rest.y + focus.y }, finest);
    const { lattice, centre } = rest;
    const look = { scene, lattice, centre, width, height, colours: whole.colours, pieces };
    const text = JSON.stringify(look);
    present = whole;
    const shownNow = JSON.stringify({ key: samplesKey(scene), lattice, centre, width, height });
    const isKnown = pieces.length === 0 && !whole.colours && shownNow === sentPicture;
    if (text === sent || isKnown) return;
    [sent, sentPicture] = [text, shownNow];
    last = ++ids;
    isAnswered = false;
    asked.set(last, whole);
    for (const id of asked.keys()) if (id <= last - REMEMBERED) asked.delete(id);
    failure = undefined;
    link()?.send({ type: 'look', id: last, ...look });
  }

  function takeFound(message: FoundMessage): void {
    const ask = asked.get(message.id);
    if (!ask) return;
    if (message.colours) {
      const { scene, rest } = ask.picture;
      const key = samplesKey(scene) + coloursKey(scene);
      colours = { key, rest, found: { colours: message.colours, scene } };
    }
    if (message.id === last) found = message;
  }

  /** What did not come, or was computed up to another limit, is asked for again. */
  function repeatMissing(): void {
    if (!isAnswered || arriving > 0 || present?.finest !== 1 || repeats >= MOST_REPEATS) return;
    const { area, coverage } = coverageOf(present, true);
    if (shareOf(area, coverage) === 1) return;
    repeats++;
    sent = sentPicture = '';
    send(present, true);
  }

  function progress(): number {
    if (!present) return 0;
    const { area, coverage } = coverageOf(present, true);
    return shareOf(area, coverage);
  }

  return {
    get found() {
      return found;
    },
    get foundFor() {
      return colours?.found;
    },
    get failure() {
      return failure;
    },
    need: (scene) => need(scene, true),
    look(picture, focus, finest) {
      repeats = 0;
      send({ picture, focus, finest }, false);
    },
    repeat() {
      sent = sentPicture = '';
      if (present) send(present, false);
    },
    progress,
    isComplete({ rest, scene, width, height }) {
      const last = present?.picture;
      const isLast = last?.rest === rest && last.width === width && last.height === height;
      return isLast && hasSameSamples(last.scene, scene) && progress() === 1;
    },
    probe({ rest, scene }, point) {
      const own = link();
      if (!own) return Promise.reject(new Error('The service is not connected.'));
      const id = ++ids;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('The service did not answer in time.')), PROBE_MS);
        const end = () => {
          clearTimeout(timer);
          probes.delete(id);
        };
        probes.set(id, {
          resolve: (value) => {
            end();
            resolve(value);
          },
          reject: (error) => {
            end();
            reject(error);
          },
        });
        own.send({ type: 'probe', id, scene, point, level: rest.lattice.level });
      });
    },
    take(message) {
      switch (message.type) {
        case 'found':
          takeFound(message);
          break;
        case 'done':
          isAnswered ||= message.id === last;
          repeatMissing();
          break;
        case 'value':
          probes.get(message.id)?.resolve(message);
          return;
        case 'failed':
          if (probes.has(message.id)) probes.get(message.id)?.reject(new Error(message.message));
          else if (message.id === 0) onMessage(message.message);
          else if (message.id === last) failure = message;
          break;
        default:
      }
      changed();
    },
    async takePiece(bytes) {
      const message = readPiece(bytes);
      const ask = message && asked.get(message.id);
      if (!message || !ask) return;
      const { rest, scene } = ask.picture;
      const { piece, iterations, packed } = message;
      arriving++;
      await load({ lattice: rest.lattice, piece, key: samplesKey(scene), iterations }, packed);
      arriving--;
      repeatMissing();
      changed();
    },
  };
}
