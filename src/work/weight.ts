/** The size of plain data: the characters of its strings and the bytes of its arrays. */

export function weightOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  if (ArrayBuffer.isView(data)) return data.byteLength;
  if (typeof data !== 'object' || data === null) return 0;
  return Object.values(data).reduce((sum: number, one) => sum + weightOf(one), 0);
}
