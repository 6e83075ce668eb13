/** Places that the user saved, with thumbnails: in this browser, and as a file. */

import type { Look } from './engine/engine.js';
import { fragmentOf, readFragment } from './permalink.js';

export interface Saved {
  readonly id: string;
  readonly name: string;
  /** The look, as the fragment of a URL. */
  readonly link: string;
  /** A data URL of a small picture. */
  readonly picture?: string;
}

const KEY = 'fractal-places';
export const MOST_SAVED = 60;
export const THUMBNAIL = { width: 144, height: 90 } as const;
const MOST_NAME = 80;
const JPEG_QUALITY = 0.85;
/** Characters of a thumbnail. */
const MOST_PICTURE = 60_000;

export function savedPlaces(): readonly Saved[] {
  return placesIn(localStorage.getItem(KEY) ?? '[]') ?? [];
}

/** @throws Error of one line where the browser keeps no more */
export function keepPlaces(places: readonly Saved[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(places));
  } catch {
    throw new Error('This browser keeps no more places: remove some, or export them first.');
  }
}

/** Calls `act` when another tab has changed them. */
export function whenPlacesChange(act: () => void): () => void {
  const listener = ({ key }: StorageEvent) => key === KEY && act();
  addEventListener('storage', listener);
  return () => removeEventListener('storage', listener);
}

/** undefined: the text is no list of places. Entries that cannot be read are left out. */
export function placesIn(text: string): readonly Saved[] | undefined {
  try {
    const list = JSON.parse(text) as unknown;
    return Array.isArray(list) ? list.flatMap((one) => savedOf(one)).slice(0, MOST_SAVED) : undefined;
  } catch {
    return undefined;
  }
}

function savedOf(one: unknown): readonly Saved[] {
  const { id, name, link, picture } = (one ?? {}) as Partial<Record<keyof Saved, unknown>>;
  if (typeof link !== 'string' || readFragment(link).wrong !== undefined) return [];
  const isPicture = typeof picture === 'string' && /^data:image\/(png|webp|jpeg);base64,/.test(picture);
  return [
    {
      id: typeof id === 'string' ? id : newId(),
      name: (typeof name === 'string' && name !== '' ? name : 'Place').slice(0, MOST_NAME),
      link,
      ...(isPicture && picture.length < MOST_PICTURE ? { picture } : {}),
    },
  ];
}

export async function newPlace(name: string, look: Look, picture: Blob | undefined): Promise<Saved> {
  const shown = picture ? { picture: await smallUrlOf(picture) } : {};
  return { id: newId(), name: name.slice(0, MOST_NAME), link: fragmentOf(look), ...shown };
}

/** A data URL of a picture, small enough for many. */
async function smallUrlOf(picture: Blob): Promise<string> {
  const bitmap = await createImageBitmap(picture);
  const canvas = Object.assign(document.createElement('canvas'), THUMBNAIL);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, THUMBNAIL.width, THUMBNAIL.height);
  bitmap.close();
  return canvas.toDataURL('image/jpeg', JPEG_QUALITY);
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
