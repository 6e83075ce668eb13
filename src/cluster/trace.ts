/**
 * FRACTAL_TRACE=protocol: every message between leader and worker as one line of JSON, on stderr or appended to the file
 * that FRACTAL_TRACE_FILE names: `{"time":1699.2,"direction":"sent","peer":"node1:50051","kind":"assign",…}`. `time` is in
 * milliseconds since 1970; of byte strings, tables and orbits only the length is written.
 */

import { openSync, writeSync } from 'node:fs';
import type { ToLeader, ToWorker } from './messages.js';

export type Trace = (direction: 'sent' | 'received', message: ToWorker | ToLeader) => void;

const STDERR = 2;

/** Open files, by name: sessions share them. */
const open = new Map<string, number>();

/** Traces the messages exchanged with this peer; undefined: none are traced. @throws the system's error of the file */
export function tracer(peer: string): Trace | undefined {
  const { FRACTAL_TRACE: wanted, FRACTAL_TRACE_FILE: file } = process.env;
  if (wanted !== 'protocol') return undefined;
  const target = file === undefined ? STDERR : (open.get(file) ?? openSync(file, 'a'));
  if (file !== undefined) open.set(file, target);
  return (direction, { kind, ...fields }) => {
    const line = JSON.stringify({ time: Date.now(), direction, peer, kind, ...fields }, withoutBytes);
    writeSync(target, `${line}\n`);
  };
}

/** `value` is what a Buffer's own toJSON made of it, a list of its bytes: the Buffer itself is in the record that has it. */
function withoutBytes(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  return ArrayBuffer.isView(given) ? `${given.byteLength} bytes` : value;
}
