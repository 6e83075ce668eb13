/**
 * The results of a step for each item, in their order; `most` steps are under way at a time. The source is read as far ahead.
 * A step must not fail.
 */
export async function* ahead<T, R>(
  source: AsyncIterable<T>,
  step: (item: T) => Promise<R>,
  most: number,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for await (const item of source) {
    begun.push(step(item));
    if (begun.length === most) yield begun.shift() as Promise<R>;
  }
  yield* begun;
}
