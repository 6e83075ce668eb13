/**
 * A service of the explorer for tests of its picture: it speaks the protocol, and computes shallow pieces of the Mandelbrot set
 * itself. Deep ones have counts that say where they are. It serves a page with nothing but the picture.
 */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { type WebSocket, WebSocketServer } from 'ws';
import { prepare } from '../../src/render/colours.js';
import { type Piece, shownBy } from '../../src/tiles/lattice.js';
import { pack } from '../../src/tiles/packing.js';
import { type FromViewer, type LookMessage, SUBPROTOCOL, writePiece } from '../../src/tiles/protocol.js';
import { points } from '../../src/view/plane.js';
import type { View } from '../../src/view/view.js';

const ROOT = resolve(import.meta.dirname, '../../..');
export const ITERATIONS = 500;
const BAILOUT = 65_536;

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

/** Bundles the engine with a page of nothing else; both in memory. */
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
  const files = await bundled();
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
        socket.send(writePiece({ id: look.id, piece, iterations: ITERATIONS, packed: packedPiece(look, piece) }));
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

/** What GET /v1/palette answers, of the flags that tests use. */
function paletteAnswer(flags: URLSearchParams): unknown {
  const mode = flags.get('color-mode') ?? 'palette';
  const paint = prepare({
    ...{ palette: flags.get('palette') ?? 'Galaxy', step: Number(flags.get('step') ?? 6000), density: 1, offset: 0 },
    ...{
      mode: /^\d$/.test(mode) ? (Number(mode) as 0) : 'palette',
      interpolation: 'oklab',
      legacy: false,
      filter: false,
    },
  });
  const { linear, levels: _, ...rest } = paint;
  return { ...rest, cycles: 1, linear: Buffer.from(linear.buffer).toString('base64') };
}

function packedPiece({ lattice }: LookMessage, piece: Piece): Uint8Array {
  const { width, height, ...shown } = shownBy(lattice, piece);
  const view: View = {
    ...{ ...shown, width, height, iterations: ITERATIONS, bailout: BAILOUT, count: 'smooth' },
    ...{ formula: { step: 'holomorphic', power: 2 }, sampling: { kind: 'grid', side: 1 } },
  };
  const isDeep = lattice.level > 16 * 40;
  const nu = isDeep ? placeCounts(piece, width, height) : mandelbrot(view);
  return pack({ nu }, width, height, (bytes) => deflateRawSync(bytes, { level: 1 }));
}

/** Rings around the anchor of the lattice. */
function placeCounts({ left, top, scale }: Piece, width: number, height: number): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const x = 256 * left + scale * ((i % width) + 0.5);
    const y = 256 * top + scale * (Math.floor(i / width) + 0.5);
    return 400 + 20 * Math.sin(Math.hypot(x, y) / 40);
  });
}

/** Smooth counts, as view/view.ts has them. */
export function mandelbrot(view: View): Float64Array {
  const { re, im } = points(view, { x: 0, y: 0, width: view.width, height: view.height });
  return re.map((cx, i) => countOf(cx, im[i] as number, view.iterations));
}

function countOf(cx: number, cy: number, iterations: number): number {
  let [x, y] = [0, 0];
  let isOut = false;
  // Those beyond the limit lead from radius 2 to the bailout.
  for (let n = 1; n <= iterations + 8; n++) {
    [x, y] = [x * x - y * y + cx, 2 * x * y + cy];
    const square = x * x + y * y;
    isOut ||= square > 4;
    if (!isOut && n >= iterations) return Infinity;
    if (square > BAILOUT * BAILOUT) return n - Math.log2(Math.log2(square) / 2);
  }
  return Infinity;
}
