/** Whether what a job keeps fits into the store. */

/** A sentence, where so many bytes are more than the store may hold: all in bytes. */
export function storeWarning(bytes: number, size: number): string | undefined {
  if (bytes <= size) return undefined;
  const enough = `${Math.ceil((bytes * 1.05) / 2 ** 30)}G`;
  return `this film needs ${decimal(bytes)} of store, --store-size is ${binary(size)}: what does not fit is not kept, and would be computed again; --store-size ${enough} keeps all`;
}

function decimal(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function binary(bytes: number): string {
  if (bytes < 2 ** 20) return `${bytes} bytes`;
  return bytes < 2 ** 30 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${Number((bytes / 2 ** 30).toFixed(1))} GiB`;
}
