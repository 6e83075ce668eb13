/** Sets of whole numbers as spans: [from, to, from, to, ...], rising, without the `to`, none touching the next. */

export type Spans = readonly number[];

export function union(a: Spans, b: Spans): Spans {
  return combined(a, b, (inA, inB) => inA || inB);
}

export function minus(a: Spans, b: Spans): Spans {
  return overlaps(a, b) ? combined(a, b, (inA, inB) => inA && !inB) : a;
}

export function meet(a: Spans, b: Spans): Spans {
  return combined(a, b, (inA, inB) => inA && inB);
}

/** Whether they have a number in common. */
export function overlaps(a: Spans, b: Spans): boolean {
  for (let i = 0, k = 0; i < a.length && k < b.length; ) {
    const [from, to] = [a[i] as number, a[i + 1] as number];
    if (to <= (b[k] as number)) i += 2;
    else if ((b[k + 1] as number) <= from) k += 2;
    else return true;
  }
  return false;
}

function combined(a: Spans, b: Spans, keep: (inA: boolean, inB: boolean) => boolean): Spans {
  const found: number[] = [];
  for (let i = 0, k = 0; i < a.length || k < b.length; ) {
    const border = Math.min(a[i] ?? Infinity, b[k] ?? Infinity);
    if (a[i] === border) i++;
    if (b[k] === border) k++;
    // An odd number of borders passed: within a span. An odd number found: one is open.
    if (keep(i % 2 === 1, k % 2 === 1) !== (found.length % 2 === 1)) found.push(border);
  }
  return found;
}
