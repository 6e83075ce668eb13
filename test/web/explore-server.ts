/**
 * A service of the explorer for tests of its picture: it speaks the protocol, and computes shallow pieces itself. Deep ones have
 * counts that say where they are. It serves a page with nothing but the picture.
 */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { type WebSocket, WebSocketServer } from 'ws';
import { openSimd } from '../../src/kernel/simd.js';
import { needsOf, prepare } from '../../src/render/colours.js';
import { repeatOf } from '../../src/render/wave.js';
import { parseRequest, type RawRequest } from '../../src/request/parse.js';
import { type Request, viewAt } from '../../src/request/request.js';
import { type Piece, type Shown, shownBy, TILE } from '../../src/tiles/lattice.js';
import { pack } from '../../src/tiles/packing.js';
import { type FromViewer, type LookMessage, pieceHeader, type Scene, SUBPROTOCOL } from '../../src/tiles/protocol.js';
import type { View } from '../../src/view/view.js';

const ROOT = resolve(import.meta.dirname, '../../..');
export const ITERATIONS = 500;
/** Levels beyond are too deep for the direct kernel. */
const DEEP = 16 * 36;
const kernel = openSimd();

export interface ExploreServer {
  readonly url: string;
  /** What viewers sent, in order. */
  readonly sent: readonly FromViewer[];
  readonly looks: readonly LookMessage[];
  /** Pieces that were sent, and those that were wanted no more before. */
  readonly counts: { pieces: number; dropped: number };
  /** Milliseconds of each piece. */
  pieceMs: number;
  /** Ends all connections, and listens no more. */
  stop(): Promise<void>;
  /** Listens again, at the same port. */
  start(): Promise<void>;
}

/** The engine with a page of nothing else, bundled in memory. */
let bundles: ReturnType<typeof bundled> | undefined;

async function bundled(): Promise<ReadonlyMap<string, string>> {
  const common = {
    ...({ absWorkingDir: ROOT, bundle: true, write: false, format: 'esm', platform: 'browser' } as const),
    ...({ target: 'chrome123', logLevel: 'warning', sourcemap: 'inline' } as const),
  };
  const define = { UNPACK_WORKER: '"./unpack.js"' };
  const worker = await build({ ...common, entryPoints: ['web/explore/engine/unpack-worker.ts'] });
  const page = await build({ ...common, define, entryPoints: ['test/web/explore-page-script.ts'] });
  const textOf = ({ outputFiles }: { outputFiles: { text: string }[] }) => outputFiles[0]?.text ?? '';
  return new Map([
    ['/unpack.js', textOf(worker)],
    ['/page.js', textOf(page)],
    ['/', PAGE],
  ]);
}

const PAGE = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>picture</title><link rel="stylesheet" href="/page.css">
<canvas id="picture"></canvas><script type="module" src="/page.js"></script>`;
const CSS = 'html, body { margin: 0; height: 200%; } canvas { position: fixed; inset: 0; width: 100%; height: 100%; }';
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'";

export async function exploreServer(t: TestContext): Promise<ExploreServer> {
  const files = await (bundles ??= bundled());
  const sent: FromViewer[] = [];
  const counts = { pieces: 0, dropped: 0 };
  let server: Server | undefined;
  let port = 0;

  async function start(): Promise<void> {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/palette') {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(paletteAnswer(searchParams)));
        return;
      }
      const body = pathname === '/page.css' ? CSS : files.get(pathname);
      response.statusCode = pathname === '/v1/explore' ? 426 : body === undefined ? 404 : 200;
      const type = pathname.endsWith('.js') ? 'text/javascript' : pathname.endsWith('.css') ? 'text/css' : 'text/html';
      response.setHeader('content-type', type);
      response.setHeader('content-security-policy', POLICY);
      response.end(body);
    });
    const sockets = new WebSocketServer({ server, path: '/v1/explore', handleProtocols: () => SUBPROTOCOL });
    sockets.on('connection', (socket) => serve(socket));
    const own = server;
    await new Promise<void>((listening) => own.listen(port, '127.0.0.1', listening));
    port = (own.address() as AddressInfo).port;
    stop = async () => {
      for (const client of sockets.clients) client.terminate();
      own.closeAllConnections();
      await new Promise((closed) => own.close(closed));
    };
  }
  let stop = async () => {};

  function serve(socket: WebSocket): void {
    const send = (message: unknown) => socket.send(JSON.stringify(message));
    send({ type: 'hello', version: 'test' });
    send({ type: 'workers', ready: 1, slots: 2 });
    let current: AbortController | undefined;
    socket.on('close', () => current?.abort());
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as FromViewer;
      sent.push(message);
      if (message.type === 'probe')
        send({
          type: 'value',
          id: message.id,
          nu: 12.5,
          pixels: 3,
          distance: '1e-3',
          period: null,
          iterations: ITERATIONS,
        });
      if (message.type !== 'look') return;
      current?.abort();
      current = new AbortController();
      answer(message, current.signal);
    });

    async function answer(look: LookMessage, signal: AbortSignal): Promise<void> {
      const colours = look.colours ? { colours: { density: 1.5, offset: 0.25 } } : {};
      send({ type: 'found', id: look.id, iterations: ITERATIONS, perturbed: false, provisional: false, ...colours });
      for (const [k, piece] of look.pieces.entries()) {
        await new Promise((later) => setTimeout(later, served.pieceMs));
        if (signal.aborted) {
          counts.dropped += look.pieces.length - k;
          return;
        }
        counts.pieces++;
        const header = pieceHeader({ id: look.id, piece, iterations: ITERATIONS });
        socket.send(Buffer.concat([header, await packedPiece(look, piece)]));
      }
      send({ type: 'done', id: look.id, computed: look.pieces.length, cached: 0, milliseconds: 1 });
    }
  }

  await start();
  t.after(() => stop());
  const served: ExploreServer = {
    ...{ url: `http://127.0.0.1:${port}`, sent, counts, pieceMs: 0 },
    get looks() {
      return sent.filter((message) => message.type === 'look');
    },
    stop: () => stop(),
    start,
  };
  return served;
}

/** What GET /v1/palette answers. */
function paletteAnswer(flags: URLSearchParams): unknown {
  const { colours } = pictureOf(Object.fromEntries(flags), 720);
  const { linear, levels: _, curve: __, ...rest } = prepare(colours);
  const cycles = colours.wave ? repeatOf(colours.wave).cycles : 1;
  return { ...rest, cycles, linear: Buffer.from(linear.buffer).toString('base64') };
}

/** A picture of the command line, of one sample a pixel. */
export function pictureOf(flags: Scene, height: number): Request {
  const isPlain = !['stripes', 'decomposition', 'field-lines'].some((flag) => flags[flag] !== undefined);
  // Patterns need the footprints that a filter does.
  const order = {
    iters: String(ITERATIONS),
    ...flags,
    samples: '1',
    ...(isPlain ? { 'palette-filter': flags['palette-filter'] ?? 'false' } : {}),
  };
  return parseRequest({ ...order, width: '16', height: String(height) } as RawRequest);
}

/** The view of a picture of `size`, with all channels that its colours need. */
export function viewOf(flags: Scene, shown: Omit<Shown, 'deformation'>): View {
  const place = { xpos: shown.re, ypos: shown.im, zoom: shown.zoom, rotate: String(shown.rotation) };
  const { width, height } = shown;
  const request = pictureOf({ ...flags, ...place }, height);
  return { ...viewAt(request, 0), ...needsOf(request.colours), width, height };
}

async function packedPiece({ lattice, scene }: LookMessage, piece: Piece): Promise<Uint8Array> {
  const shown = shownBy(lattice, piece);
  const { width, height } = shown;
  const deflate = (bytes: Uint8Array) => deflateRawSync(bytes, { level: 1 });
  if (lattice.level > DEEP) return pack({ nu: placeCounts(piece, width, height) }, width, height, deflate);
  const { iterations: _, ...channels } = await kernel.compute(viewOf(scene, shown), { x: 0, y: 0, width, height });
  return pack(channels, width, height, deflate);
}

/** Rings around the anchor of the lattice. */
function placeCounts({ left, top, scale }: Piece, width: number, height: number): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const x = TILE * left + scale * ((i % width) + 0.5);
    const y = TILE * top + scale * (Math.floor(i / width) + 0.5);
    return 400 + 20 * Math.sin(Math.hypot(x, y) / 40);
  });
}
