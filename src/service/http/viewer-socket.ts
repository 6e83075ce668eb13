/** A WebSocket as the line of a viewer: its rate, its speed of reading, and whether it is still there. */

import type { WebSocket } from 'ws';
import { oneLine } from '../../errors.js';
import { LIMITS, type ToViewer } from '../../tiles/protocol.js';
import type { Admitted } from '../explore/explorer.js';
import { readFromViewer, WrongMessage } from './api/explore-messages.js';
import { openFlow } from './flow.js';
import { rateLimit } from './rate.js';

/** Too many messages. */
const POLICY_VIOLATION = 1008;
/**
 * Bytes that wait for a viewer before no more pieces are sent: what it looks at may be another thing by then, and these stand
 * before it.
 */
const ROOM = 512 << 10;
/** With so many it does not read at all. */
const MOST_WAITING = 8 << 20;
const PING_MS = 15_000;
/**
 * A message that took longer to be begun, as coordinates of thousands of digits do, is followed by a pause of so many times its
 * milliseconds, in which only the latest look and the latest probe are kept: others wait for the same thread.
 */
const SLOW_MS = 8;
const PAUSE = 4;
/** A viewer that takes nothing for so long is gone. */
const SILENT_MS = 30_000;

export function serveViewer(socket: WebSocket, admitted: Admitted, now: () => number): void {
  const wait = rateLimit({ perSecond: LIMITS.rate, burst: 2 * LIMITS.rate }, now);
  let [tookAt, heardAt, latest] = [now(), now(), 0];
  let pause: NodeJS.Timeout | undefined;
  const flow = openFlow();
  const held = new Map<'look' | 'probe', string | undefined>();
  const taken = () => {
    tookAt = now();
    if (socket.bufferedAmount < ROOM) viewer.drained();
  };
  const send = (message: ToViewer) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MOST_WAITING) return socket.terminate();
    socket.send(JSON.stringify(message));
  };
  const viewer = admitted.connect({
    send,
    sendPiece(header, packed) {
      if (socket.bufferedAmount === 0) tookAt = now();
      if (socket.readyState !== socket.OPEN) return;
      // Two fragments of one message: a copy of both together would take longer than all else here.
      socket.send(header, { binary: true, fin: false });
      socket.send(packed, { binary: true, fin: true }, taken);
      socket.ping(String(flow.sent(header.length + packed.length, now())));
    },
    get hasRoom() {
      return socket.readyState === socket.OPEN && socket.bufferedAmount < ROOM && flow.hasRoom;
    },
  });
  const watch = setInterval(() => {
    const isStuck = socket.bufferedAmount > 0 && now() - tookAt > SILENT_MS;
    if (isStuck || now() - heardAt > SILENT_MS + PING_MS) return socket.terminate();
    socket.ping();
  }, PING_MS).unref();
  const heard = () => {
    heardAt = now();
  };
  socket.on('pong', (data) => {
    heard();
    if (data.length === 0) return;
    flow.answered(Number(data), now());
    if (flow.hasRoom) viewer.drained();
  });
  socket.on('message', (data, isBinary) => {
    heard();
    if (wait('') > 0) return socket.close(POLICY_VIOLATION, `more than ${LIMITS.rate} messages a second`);
    if (socket.readyState !== socket.OPEN) return;
    const text = isBinary ? undefined : data.toString();
    if (pause) held.set(PROBE.test(text ?? '') ? 'probe' : 'look', text);
    else handle(text);
  });

  function handle(text: string | undefined): void {
    const from = now();
    try {
      if (text === undefined) throw new WrongMessage('a message is binary', 0);
      const message = readFromViewer(text);
      if (message.type === 'look') latest = risen(message.id, latest);
      viewer.receive(message);
    } catch (error) {
      if (!(error instanceof WrongMessage)) throw error;
      send({ type: 'failed', id: error.id, code: error.code, message: oneLine(error.message) });
    }
    const took = now() - from;
    if (took > SLOW_MS) pause = setTimeout(goOn, PAUSE * took).unref();
  }

  function goOn(): void {
    pause = undefined;
    for (const [kind, text] of held) {
      if (pause) return;
      held.delete(kind);
      handle(text);
    }
  }

  // Messages that are too large or malformed end the connection, with a code that says so.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(watch);
    clearTimeout(pause);
    held.clear();
    admitted.leave();
  });
}

/** A message of this type has it among its first fields, or is treated as any other. */
const PROBE = /^\s*\{\s*"type"\s*:\s*"probe"/;

/** @throws WrongMessage */
function risen(id: number, latest: number): number {
  if (id <= latest) throw new WrongMessage(`look ${id} comes after look ${latest}: ids rise`, id);
  return id;
}
