/** Shows the events of a command to a user: the progress line, and lines of text above it. */

import type { AppEvent } from '../src/app/events.js';
import { eventLine, type Line } from './lines.js';
import { progress } from './progress.js';
import { shows, type Verbosity } from './verbosity.js';

export interface Terminal {
  readonly emit: (event: AppEvent) => void;
  /** A permanent line above the progress line. */
  show(line: Line): void;
  /** Removes the progress line while `act` writes elsewhere on the terminal. */
  without(act: () => void): void;
  /** Removes the progress line. Lines are still shown. Idempotent. */
  close(): void;
}

/** `stream`: stderr, so that stdout has the results only. */
export function terminal(stream: NodeJS.WriteStream, verbosity: Verbosity): Terminal {
  const screen = progress({ stream, quiet: !shows(verbosity, { level: 'info' }) });
  const show = (line: Line) => {
    if (shows(verbosity, line)) screen.line(line.text);
  };
  return {
    emit(event) {
      if (event.kind === 'progress') screen.update(event);
      const line = eventLine(event);
      if (line) show(line);
    },
    show,
    without: (act) => screen.without(act),
    close: () => screen.close(),
  };
}
