/** The route of the explorer's WebSocket: what has to hold before a request becomes one. */

import { SUBPROTOCOL } from '../../tiles/protocol.js';
import { EXPLORE } from './api/explore.js';
import { badRequest, type Context, type HttpOptions } from './env.js';
import { HttpError } from './problem.js';
import { type Routes, routes } from './routes.js';

export function exploreRoutes({ explorer, tokens }: HttpOptions): Routes {
  const app = routes();
  app.add(EXPLORE, (context) => {
    const { upgrade } = context.env ?? {};
    if (!upgrade)
      throw new HttpError(426, 'HTTP_INVALID', `/v1/explore is a WebSocket: connect with "${SUBPROTOCOL}"`, {
        upgrade: 'websocket',
        connection: 'upgrade',
      });
    if (!protocolsOf(context.req.header('sec-websocket-protocol')).includes(SUBPROTOCOL))
      throw badRequest(`the WebSocket does not name the subprotocol "${SUBPROTOCOL}"`);
    if (!explorer) throw new HttpError(503, 'RESOURCES', 'this service has no explorer');
    upgrade(explorer.admit(tokens ? context.var.grant.owner : addressOf(context)));
    // The connection is not HTTP any more.
    return context.body(null);
  });
  return app;
}

/** Of a Sec-WebSocket-Protocol header. */
export function protocolsOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((name) => name.trim());
}

function addressOf({ env }: Context): string {
  return env.incoming.socket.remoteAddress ?? '';
}
