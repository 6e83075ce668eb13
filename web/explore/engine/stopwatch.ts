/** How long pictures take to be drawn: calls of WebGL return before the graphics have done their work. */

export interface Stopwatch {
  /** A picture was drawn, by calls from `beginMs` on. `then` gets its milliseconds, unless the one before is still measured. */
  drawn(beginMs: number, then: (ms: number) => void): void;
}

/** Between two looks at whether it is done; and when that is not awaited any more. */
const POLL_MS = 3;
const MOST_MS = 3_000;

export function openStopwatch(gl: WebGL2RenderingContext): Stopwatch {
  let isRunning = false;
  /** Pictures drawn while another one was measured: the graphics do them first. */
  let before = 0;
  return {
    drawn(beginMs, then) {
      if (isRunning) {
        before++;
        return;
      }
      const done = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
      if (!done) return;
      gl.flush();
      isRunning = true;
      const pictures = 1 + before;
      before = 0;
      const look = () => {
        const ms = performance.now() - beginMs;
        const isLost = gl.isContextLost();
        const isDone = isLost || gl.getSyncParameter(done, gl.SYNC_STATUS) === gl.SIGNALED;
        if (!isDone && ms < MOST_MS) return void setTimeout(look, POLL_MS);
        gl.deleteSync(done);
        isRunning = false;
        if (!isLost) then(ms / pictures);
      };
      setTimeout(look, 0);
    },
  };
}
