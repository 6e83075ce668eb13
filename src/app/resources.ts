/** What a command holds (files, listeners, timers), released in one place. */

export interface Resources {
  /** Notes how a resource is released; returns the resource. */
  hold<T>(resource: T, release: (resource: T) => unknown): T;
}

/**
 * Runs `body`, then releases what it holds, the last one first, whether it succeeded or failed. A release that fails
 * does not keep the others from being released; its error is thrown unless `body` failed.
 */
export async function withResources<T>(body: (resources: Resources) => Promise<T>): Promise<T> {
  const releases: (() => unknown)[] = [];
  const errors: unknown[] = [];
  let result: T | undefined;
  try {
    result = await body({
      hold(resource, release) {
        releases.push(() => release(resource));
        return resource;
      },
    });
  } catch (error) {
    errors.push(error);
  }
  for (let release = releases.pop(); release; release = releases.pop()) {
    try {
      await release();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return result as T;
}
