/**
 * Whether the fractal of this container takes work: a service answers HTTP on port 8080, a worker grpc.health.v1 on port 50051.
 * FRACTAL_HTTP_PORT and FRACTAL_WORKER_PORT name other ports. Exit code 0 or 1, with one line that says why.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { FRACTAL_HTTP_PORT = '8080', FRACTAL_WORKER_PORT = '50051' } = process.env;
const TIMEOUT_MS = 3_000;

/** Rejects unless a service is alive. */
async function service() {
  const url = `http://127.0.0.1:${FRACTAL_HTTP_PORT}/healthz`;
  const { status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (status !== 200) throw new Error(`${url} answers ${status}`);
  return 'service: ok';
}

/** Rejects unless a worker takes shards: one that drains does not. */
async function worker() {
  const require = createRequire(import.meta.url);
  const grpc = require('@grpc/grpc-js');
  const { loadSync } = require('@grpc/proto-loader');
  const protos = fileURLToPath(new URL('./proto', import.meta.url));
  const definition = loadSync('grpc/health/v1/health.proto', { includeDirs: [protos], enums: String, defaults: true });
  const { Health } = grpc.loadPackageDefinition(definition).grpc.health.v1;
  const client = new Health(`127.0.0.1:${FRACTAL_WORKER_PORT}`, grpc.credentials.createInsecure());
  const check = (resolve, reject) =>
    client.Check({ service: '' }, { deadline: Date.now() + TIMEOUT_MS }, (error, answer) =>
      error ? reject(error) : resolve(answer.status),
    );
  const status = await new Promise(check).finally(() => client.close());
  if (status !== 'SERVING') throw new Error(`the worker is ${status}`);
  return 'worker: ok';
}

try {
  console.log(await Promise.any([service(), worker()]));
} catch ({ errors }) {
  console.log(errors.map(({ message, cause }) => `${cause?.message ?? message}`).join('; '));
  process.exitCode = 1;
}
