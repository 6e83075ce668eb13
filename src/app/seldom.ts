/** Passes texts on; the same one again and again only once in `ms`. `now`: milliseconds. */
export function seldom(pass: (text: string) => void, ms: number, now: () => number): (text: string) => void {
  let last: { readonly text: string; readonly at: number } | undefined;
  return (text) => {
    if (last?.text === text && now() - last.at < ms) return;
    last = { text, at: now() };
    pass(text);
  };
}
