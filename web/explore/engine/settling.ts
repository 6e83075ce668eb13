/** When a picture that moves is asked for: coarse pieces of where it goes, and all of it once nothing has moved for a while. */

export interface Settling {
  /** From a movement until the picture rests. */
  readonly isMoving: boolean;
  /** A pointer holds the picture: it does not rest before it is released. */
  hold(): void;
  release(): void;
  /** Something moves, or another scene is shown. `finest`: the scale of pieces that are asked for meanwhile. */
  moved(finest?: number): void;
  /** No further movement is to be waited for. */
  hurry(): void;
  /** What is to be asked for now: a scale; `all`: the picture comes to rest. */
  due(): number | 'all' | undefined;
  /** It has come to rest, if that was due and nothing is animated any more. Once. */
  rests(isAnimated: boolean): boolean;
}

/** After the last movement, before fine pieces are asked for; and between looks while the picture moves. Milliseconds. */
const SETTLE_MS = 200;
const LOOK_MS = 80;
/** The finest scale of pieces of a picture that moves. */
const COARSE = 4;

/** `now`: in milliseconds. */
export function openSettling(now: () => number): Settling {
  let [isHeld, isMoving, isAsked] = [false, false, false];
  let [movedMs, lookedMs] = [0, 0];
  let meanwhile = COARSE;
  const moved = (finest = COARSE) => {
    movedMs = now();
    [isMoving, isAsked, meanwhile] = [true, false, finest];
  };
  return {
    get isMoving() {
      return isMoving;
    },
    hold() {
      isHeld = true;
      moved();
    },
    release() {
      isHeld = false;
      moved();
    },
    moved,
    hurry() {
      movedMs = -SETTLE_MS;
    },
    due() {
      if (!isMoving) return undefined;
      const time = now();
      const isIdle = !isHeld && time - movedMs >= SETTLE_MS;
      if (isIdle) {
        if (isAsked) return undefined;
        isAsked = true;
        return 'all';
      }
      if (time - lookedMs < LOOK_MS) return undefined;
      lookedMs = time;
      return meanwhile;
    },
    rests(isAnimated) {
      if (!isMoving || !isAsked || isAnimated) return false;
      isMoving = false;
      return true;
    },
  };
}
