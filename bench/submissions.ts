/** How long submissions take: at a fixed rate, whatever was answered before, and as fast as connections take them. */

import { type ServiceProcess, service } from './service.js';
import { print } from './table.js';

const SUBMISSIONS = 900;
/** At the fixed rate, a second, and so many of them. */
const RATE = 200;
const AT_RATE = 2_000;
const WARM = 100;
export const SMALL = {
  ...{ xpos: '-0.7454286', ypos: '0.1130089', zoom: '1308000', outfile: 'x.png' },
  ...{ width: 64, height: 36, iters: 500 },
};

interface Load {
  readonly name: string;
  readonly connections: number;
  readonly count: number;
  /** Milliseconds of each; `send` submits a job. */
  times(send: () => Promise<unknown>, load: Load): Promise<number[]>;
}

const LOADS: readonly Load[] = [
  { name: `${RATE} a second`, connections: 8, count: AT_RATE, times: atRate },
  { name: `${RATE} a second`, connections: 50, count: AT_RATE, times: atRate },
  { name: 'one after the other', connections: 1, count: SUBMISSIONS, times: inTurn },
  { name: 'one after the other', connections: 8, count: SUBMISSIONS, times: inTurn },
];

/** No worker is there: the machine's cores do nothing else, and all jobs but the first ones wait. */
export async function submissions(data: string): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const [at, load] of LOADS.entries()) {
    const { name, connections, count } = load;
    const words = ['--host', '127.0.0.1:1', '--retries', '0'];
    const one = await service(`${data}${at}`, words, connections);
    const send = () => one.send('POST', '/v1/jobs', SMALL);
    for (let k = 0; k < WARM; k++) await send();
    const [from, cpu] = [performance.now(), one.cpuSeconds()];
    const times = (await load.times(send, load)).sort((a, b) => a - b);
    const seconds = (performance.now() - from) / 1000;
    rows.push([name, connections, Math.round(count / seconds), ...shares(times), cpuMs(one, cpu, count)]);
    await one.stop();
  }
  print(
    'Submissions, each on the disk when it is answered; at a fixed rate, from the time at which it was due',
    ['', 'connections', 'a second', 'median ms', '99 % ms', 'longest', 'CPU ms each'],
    rows,
  );
}

function shares(sorted: readonly number[]): string[] {
  return [0.5, 0.99, 1].map((share) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number).toFixed(1),
  );
}

function cpuMs(one: ServiceProcess, before: number, count: number): string {
  return ((1000 * (one.cpuSeconds() - before)) / count).toFixed(2);
}

async function atRate(send: () => Promise<unknown>, { count }: Load): Promise<number[]> {
  const times: number[] = [];
  const sent: Promise<void>[] = [];
  const begin = performance.now();
  for (let k = 0; k < count; k++) {
    const due = begin + (1000 * k) / RATE;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(send().then(() => void times.push(performance.now() - due)));
  }
  await Promise.all(sent);
  return times;
}

async function inTurn(send: () => Promise<unknown>, { connections, count }: Load): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const from = performance.now();
      await send();
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return times;
}
