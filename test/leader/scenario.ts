/**
 * Runs a script of scheduler events and writes down the commands. A script's line is one event, time passes by a
 * millisecond with each; what follows `----` is what the schedule must say.
 *
 *   job frames=2 size=8x4 block=2x [shape=row] [window=4]
 *   job ... recalls=true: frames wait for   recall 0 4x2@0,0 4x1@0,3   which names what is missing, if anything
 *   join a slots=1 speed=1      leave a      drain a      take 0
 *   finish a 3 [seconds=0.1]    fail a 3 broken
 */

import { type Command, type Event, type Job, type Schedule, schedule } from '../../src/leader/schedule.js';
import type { Rect } from '../../src/shard/shard.js';

export function play(script: string): string {
  let plan: Schedule | undefined;
  let now = 0;
  const said: string[] = [];
  for (const line of script.split('\n').filter((text) => text.trim() !== '' && !text.startsWith('#'))) {
    said.push(`> ${line}`);
    const [verb = '', ...words] = line.split(/\s+/);
    if (verb === 'job') plan = schedule(jobOf(fieldsOf(words)));
    else for (const command of plan?.on(eventOf(verb, words), now++) ?? []) said.push(`  ${text(command)}`);
  }
  return `${said.join('\n')}\n`;
}

function fieldsOf(words: string[]): Record<string, string> {
  return Object.fromEntries(words.filter((word) => word.includes('=')).map((word) => word.split('=')));
}

function jobOf(fields: Record<string, string>): Job {
  const [width, height] = (fields.size ?? '4x4').split('x').map(Number);
  return {
    frames: Number(fields.frames ?? 1),
    width: width as number,
    height: height as number,
    perPixel: 1,
    shape: (fields.shape ?? 'row') as Job['shape'],
    window: Number(fields.window ?? 4),
    ...(fields.recalls ? { recalls: true } : {}),
    ...(fields.block ? { blockSize: Number(fields.block) } : {}),
  };
}

function eventOf(verb: string, words: string[]): Event {
  const [peer = '', id = ''] = words;
  const fields = fieldsOf(words);
  switch (verb) {
    case 'join':
      return { kind: 'joined', peer, slots: Number(fields.slots ?? 1), speed: Number(fields.speed ?? 1) };
    case 'leave':
      return { kind: 'left', peer };
    case 'drain':
      return { kind: 'draining', peer };
    case 'finish':
      return { kind: 'finished', peer, shard: Number(id), seconds: Number(fields.seconds ?? 0.01) };
    case 'fail':
      return { kind: 'failed', peer, shard: Number(id), reason: words.slice(2).join(' ') };
    case 'take':
      return { kind: 'taken', frame: Number(peer) };
    case 'recall':
      return { kind: 'recalled', frame: Number(peer), missing: words.slice(1).map(rectOf) };
    default:
      throw new Error(`no such event: ${verb}`);
  }
}

function rectOf(word: string): Rect {
  const [width = 0, height = 0, x = 0, y = 0] = word.split(/[x@,]/).map(Number);
  return { x, y, width, height };
}

function text(command: Command): string {
  switch (command.kind) {
    case 'assign': {
      const { id, frame, x, y, width, height } = command.shard;
      return `${command.peer} gets ${id}: frame ${frame}, ${width}x${height} at ${x},${y}`;
    }
    case 'frame':
      return `frame ${command.frame} is complete`;
    case 'done':
      return 'done';
    case 'failed':
      return `the job fails with shard ${command.shard.id}: ${command.reason}`;
  }
}
