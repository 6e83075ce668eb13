/** `fractal serve` as a process, and a client that keeps its connections. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/fractal', import.meta.url));
/** Of the clock by which Linux counts CPU time. */
const TICKS = 100;

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** From the start of the process until it has answered. */
  readonly startMs: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of the service
  send(method: string, path: string, body?: object): Promise<any>;
  /** The job, once it has ended. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of the service
  ended(id: string): Promise<any>;
  /** Resolves when the events of a job, as text, fulfil a condition. */
  event(id: string, wanted: (text: string) => boolean): Promise<void>;
  /** Seconds of a core so far, its threads included; NaN where the system does not tell. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** `connections`: of its client at most. */
export async function service(data: string, words: readonly string[], connections = 16): Promise<ServiceProcess> {
  const from = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--http', '127.0.0.1:0', '--data', data, ...words]);
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (/serving at \S+\n/.test(said)) break;
  }
  const [, url = ''] = /serving at (\S+)/.exec(said) ?? [];
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = async (method: string, path: string, body?: object) => {
    const payload = body && JSON.stringify(body);
    const headers: Record<string, string | number> = payload
      ? { 'content-type': 'application/json', 'content-length': payload.length }
      : {};
    const sent = request(url + path, { method, agent, headers }).end(payload);
    const [response] = await once(sent, 'response');
    const answer = JSON.parse(await text(response));
    if (response.statusCode >= 400) throw new Error(answer.detail);
    return answer;
  };
  await send('GET', '/v1/queue');
  return {
    ...{ child, url, send, startMs: performance.now() - from },
    async event(id, wanted) {
      const response = await fetch(`${url}/v1/jobs/${id}/events`);
      const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
      for (let all = ''; !wanted(all); ) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the events ended');
        all += value;
      }
      await reader.cancel();
    },
    async ended(id) {
      for (;;) {
        const job = await send('GET', `/v1/jobs/${id}`);
        if (job.state === 'succeeded') return job;
        if (job.state === 'failed') throw new Error(job.error.message);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    async stop() {
      agent.destroy();
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

/** Of a process so far, its threads included; NaN where the system does not tell. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return Number.NaN;
  }
}
