/** The declaration of the explorer's WebSocket. Its messages: explore-messages.ts, docs/explorer.md. */

import type { Declaration } from './declaration.js';

export const EXPLORE = {
  id: 'openViewer',
  method: 'GET',
  path: '/v1/explore',
  role: 'view',
  tag: 'Explorer',
  summary: 'Opens a WebSocket on which a viewer looks at pictures of any depth',
  description:
    'Subprotocol `fractal.explore.v1`; browsers, which cannot send the header, give the token as a second one, `token.TOKEN`. docs/explorer.md describes the messages.',
  answers: { 101: { describe: 'The WebSocket is open' } },
  problems: [400, 426],
} as const satisfies Declaration;
