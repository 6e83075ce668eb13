/** Which requests are answered: not those of pages of other origins, and, where there are tokens, only those with one. */

import type { Context, HttpOptions } from './env.js';
import { HttpError } from './problem.js';
import { ANONYMOUS, type Grant, grantOf } from './tokens.js';

export type Admission = Pick<HttpOptions, 'tokens' | 'loopbackOnly'>;

/** Names of this machine, with which nothing of another one's can be meant. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const OPERATOR: Grant = { role: 'operate', owner: ANONYMOUS };

/** What the request may do. @throws HttpError 401, 403 */
export function admit(context: Context, admission: Admission): Grant {
  refuseOtherSites(context, admission);
  return grantFor(context, admission);
}

/**
 * A browser sends requests of any page to this machine. Those of other origins are refused; and without tokens those
 * under a name that is not the machine's own, which a page can make to lead here.
 */
function refuseOtherSites({ req }: Context, { loopbackOnly }: Admission): void {
  const host = req.header('host') ?? '';
  if (loopbackOnly && !LOOPBACK.test(host))
    throw new HttpError(
      403,
      'ACCESS_DENIED',
      `"${host}" is not this machine: use 127.0.0.1 or localhost, or give the service tokens`,
    );
  const origin = req.header('origin');
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host)
    throw new HttpError(403, 'ACCESS_DENIED', `pages of ${origin} cannot use the service at ${host}`);
}

function grantFor({ req }: Context, { tokens }: Admission): Grant {
  if (!tokens) return OPERATOR;
  const header = req.header('authorization');
  const grant = grantOf(tokens, header);
  if (grant) return grant;
  const why = header === undefined ? 'the request has no token' : 'the token is not known';
  throw new HttpError(401, 'ACCESS_DENIED', `${why}: send "Authorization: Bearer TOKEN"`, {
    'www-authenticate': 'Bearer',
  });
}
