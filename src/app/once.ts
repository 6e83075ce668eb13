/** The same function, which makes its result at the first call and returns that for every call. `make` must not return undefined. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
