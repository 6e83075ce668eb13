/** Fetches a stream of events, which has no end, for a short time. */

const STREAM_MS = 3_000;

/** The answer with what has arrived until then. */
export async function firstEvents(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.body) return response;
  const reader = response.body.getReader();
  const timer = setTimeout(() => reader.cancel(), STREAM_MS);
  const chunks: BlobPart[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
  clearTimeout(timer);
  const { status, statusText, headers } = response;
  return new Response(new Blob(chunks), { status, statusText, headers });
}
