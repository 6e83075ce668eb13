/** grpc.health.v1: whether this server takes work, for general health probes. */

import grpc from '@grpc/grpc-js';
import type { HealthHandlers } from '../../gen/grpc/health/v1/Health.js';
import type { HealthCheckRequest__Output } from '../../gen/grpc/health/v1/HealthCheckRequest.js';
import type { HealthCheckResponse } from '../../gen/grpc/health/v1/HealthCheckResponse.js';

export interface Health {
  readonly handlers: HealthHandlers;
  /** From now on NOT_SERVING; watchers are notified. */
  drain(): void;
}

type Watcher = grpc.ServerWritableStream<HealthCheckRequest__Output, HealthCheckResponse>;

const MOST_WATCHERS = 64;

/** `services`: the service names that it answers for, besides the empty one for all. */
export function health(services: readonly string[]): Health {
  const known = new Set(['', ...services]);
  const watchers = new Set<Watcher>();
  let answer: HealthCheckResponse = { status: 'SERVING' };
  return {
    handlers: {
      Check({ request: { service } }, reply) {
        if (known.has(service)) reply(null, answer);
        else reply({ code: grpc.status.NOT_FOUND, details: 'no such service here' });
      },
      Watch(call) {
        watchers.add(call);
        call.on('cancelled', () => watchers.delete(call));
        // The oldest is ended, so that no client can prevent others from watching.
        const [oldest] = watchers;
        if (watchers.size > MOST_WATCHERS && oldest) {
          watchers.delete(oldest);
          oldest.emit('error', { code: grpc.status.RESOURCE_EXHAUSTED, details: 'too many watch' });
        }
        call.write(known.has(call.request.service) ? answer : { status: 'SERVICE_UNKNOWN' });
      },
    },
    drain() {
      answer = { status: 'NOT_SERVING' };
      for (const call of watchers) if (known.has(call.request.service)) call.write(answer);
    },
  };
}
