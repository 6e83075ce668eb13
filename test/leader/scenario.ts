/**
 * Runs a script of scheduler events and writes down the commands. A script's line is one event, time passes by a
 * millisecond with each; the commands after `----` are expected.
 *
 *   job renders=2 size=8x4 block=2 [shape=row] [window=4] [verify=1]
 *   job renders=8x4:0,4x4:1 scenes=2: renders of these sizes and scenes, of at most two scenes under way
 *   job ... together=true: renders of a scene are computed by one peer
 *   job ... recalls=true: renders wait for   recall 0 4x2@0,0 4x1@0,3   which names the missing rectangles, if any
 *   join a slots=1 speed=1      leave a      drain a      resume a      blame a nonsense      take 0
 *   limit 2                     at most two assignments under way; limit none
 *   finish a 3 [seconds=0.1] [digest=x]      fail a 3 broken      heartbeat a 3 4      stop
 *   wait 2.5                    advances the time by so many seconds, with a tick each 100 ms
 *
 * A shard's number stands for its latest assignment to that peer; `3'` is the one before.
 */

import type { Command, Event, Job, Schedule } from '../../src/leader/schedule/events.js';
import { schedule } from '../../src/leader/schedule/schedule.js';
import type { Rect } from '../../src/shard/shard.js';
import { uniform } from './uniform.js';

const TICK_MS = 100;

export function play(script: string): string {
  let plan: Schedule | undefined;
  let now = 0;
  /** Of each peer and shard, the epochs so far. */
  const epochs = new Map<string, number[]>();
  const lines: string[] = [];
  const feed = (event: Event) => {
    for (const command of plan?.on(event, now) ?? []) {
      lines.push(`  ${text(command)}`);
      if (command.kind !== 'assign') continue;
      const key = `${command.peer} ${command.shard.id}`;
      epochs.set(key, [...(epochs.get(key) ?? []), command.epoch]);
    }
  };
  const epochOf = (peer: string, id: string) => {
    const all = epochs.get(`${peer} ${id.replace("'", '')}`) ?? [];
    return all.at(id.endsWith("'") ? -2 : -1) ?? 1_000_000;
  };
  for (const line of script.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('#'))) {
    lines.push(`> ${line}`);
    const [verb = '', ...words] = line.split(/\s+/);
    if (verb === 'job') plan = schedule(jobOf(fieldsOf(words)));
    else if (verb === 'wait') {
      for (const end = now + Number(words[0]) * 1000; now < end; ) {
        now += TICK_MS;
        feed({ kind: 'tick' });
      }
    } else {
      now++;
      feed(eventOf(verb, words, epochOf));
    }
  }
  return `${lines.join('\n')}\n`;
}

function fieldsOf(words: string[]): Record<string, string> {
  return Object.fromEntries(words.filter((word) => word.includes('=')).map((word) => word.split('=')));
}

function jobOf(fields: Record<string, string>): Job {
  const [width, height] = (fields.size ?? '4x4').split('x').map(Number);
  const { renders = '1' } = fields;
  return {
    renders: renders.includes('x')
      ? renders.split(',').map(renderOf)
      : uniform(Number(renders), width as number, height as number),
    shape: (fields.shape ?? 'row') as Job['shape'],
    window: Number(fields.window ?? 4),
    ...(fields.scenes ? { mostScenes: Number(fields.scenes) } : {}),
    ...(fields.together ? { together: true } : {}),
    ...(fields.recalls ? { recalls: true } : {}),
    ...(fields.block ? { blockSize: Number(fields.block) } : {}),
    ...(fields.verify ? { verify: { share: Number(fields.verify), seed: 1 } } : {}),
  };
}

function renderOf(word: string): Job['renders'][number] {
  const [width = 0, height = 0, scene = 0] = word.split(/[x:]/).map(Number);
  return { width, height, perPixel: 1, scene };
}

function eventOf(verb: string, words: string[], epochOf: (peer: string, id: string) => number): Event {
  const [peer = '', id = ''] = words;
  const fields = fieldsOf(words);
  const rest = words.slice(2).join(' ');
  switch (verb) {
    case 'join':
      return { kind: 'joined', peer, slots: Number(fields.slots ?? 1), speed: Number(fields.speed ?? 1) };
    case 'leave':
      return { kind: 'left', peer };
    case 'drain':
      return { kind: 'draining', peer };
    case 'resume':
      return { kind: 'resumed', peer };
    case 'heartbeat':
      return { kind: 'heartbeat', peer, epochs: words.slice(1).map((one) => epochOf(peer, one)) };
    case 'blame':
      return { kind: 'blamed', peer, reason: words.slice(1).join(' ') };
    case 'finish': {
      const [seconds, digest] = [Number(fields.seconds ?? 0.01), fields.digest ?? 'right'];
      return { kind: 'finished', peer, epoch: epochOf(peer, id), seconds, digest };
    }
    case 'fail':
      return { kind: 'failed', peer, epoch: epochOf(peer, id), reason: rest };
    case 'refuse':
      return { kind: 'failed', peer, epoch: epochOf(peer, id), reason: rest, final: true };
    case 'stop':
      return { kind: 'stopped' };
    case 'take':
      return { kind: 'taken', render: Number(peer) };
    case 'limit':
      return { kind: 'limited', most: peer === 'none' ? Infinity : Number(peer) };
    case 'recall':
      return { kind: 'recalled', render: Number(peer), missing: words.slice(1).map(rectOf) };
    default:
      throw new Error(`no such event: ${verb}`);
  }
}

function rectOf(word: string): Rect {
  const [width = 0, height = 0, x = 0, y = 0] = word.split(/[x@,]/).map(Number);
  return { x, y, width, height };
}
const WHY = { new: '', again: ' again', copy: ' as a copy', check: ' to compare' };

function text(command: Command): string {
  switch (command.kind) {
    case 'assign': {
      const { id, render, x, y, width, height } = command.shard;
      return `${command.peer} gets ${id}${WHY[command.why]}: render ${render}, ${width}x${height} at ${x},${y}`;
    }
    case 'cancel':
      return `${command.peer} may stop`;
    case 'commit': {
      const { verified } = command;
      return `${command.shard.id} is committed${verified === undefined ? '' : verified ? ', twice the same' : ', unverified'}`;
    }
    case 'outvoted':
      return [
        `${command.peer} is outvoted`,
        ...command.revoked.map(({ id }) => `${id} is revoked`),
        ...command.late.map((render) => `render ${render} is doubtful`),
      ].join(', ');
    case 'expelled':
      return `${command.peer} is left out: ${command.reason}`;
    case 'render':
      return `render ${command.render} is complete`;
    case 'done':
      return 'done';
    case 'failed':
      return `the job fails with shard ${command.shard.id}: ${command.reason}`;
  }
}
