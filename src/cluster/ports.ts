/** Where workers listen: the first free port of these, unless --port names another. */

export const DEFAULT_PORT = 50051;
export const PORT_RANGE: readonly number[] = Array.from({ length: 16 }, (_, k) => DEFAULT_PORT + k);
