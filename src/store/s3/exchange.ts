/**
 * One HTTP request on connections that stay open, and its answer as bytes. For an object of 300 kB Node's http takes less than
 * a third of the CPU time of its fetch (docs/performance.md).
 */

import * as http from 'node:http';
import * as https from 'node:https';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** So many bytes of an answer are read at most: of one that succeeded, and of any other. */
  readonly most: { readonly ok: number; readonly other: number };
}

export interface Answer {
  readonly status: number;
  /** undefined: more than may be read. */
  readonly bytes: Buffer | undefined;
}

/** Connections to one server, at most so many. */
export class Connections {
  private readonly agent: http.Agent;

  constructor(
    private readonly secure: boolean,
    maxSockets: number,
  ) {
    const options = { keepAlive: true, maxSockets };
    this.agent = secure ? new https.Agent(options) : new http.Agent(options);
  }

  /** Redirects are not followed. @throws the system's error, or the signal's reason */
  exchange({ method, url, headers, body, signal, most }: Exchange): Promise<Answer> {
    const { request } = this.secure ? https : http;
    const length = body || method === 'PUT' ? { 'content-length': String(body?.length ?? 0) } : {};
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent: this.agent, headers: { ...headers, ...length }, signal });
      sent.on('error', (error) => reject(signal.aborted ? signal.reason : error));
      sent.on('response', (response) => {
        const { statusCode: status = 0 } = response;
        const ok = status >= 200 && status < 300;
        bytesOf(response, ok ? most.ok : most.other).then(
          (bytes) => resolve({ status, bytes }),
          (error) => reject(signal.aborted ? signal.reason : error),
        );
      });
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** undefined: more than these; the connection is ended then. */
async function bytesOf(response: http.IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
