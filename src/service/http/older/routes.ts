/** What the HTTP clients of older systems use: composed here, and answered only with --older. */

import { type HttpOptions, type Routes, routes } from '../env.js';
import { FORM } from './form.js';
import { pictureRoutes } from './pictures.js';
import { requestRoutes } from './request.js';

export function olderRoutes(options: HttpOptions): Routes {
  const app = routes();
  app.route('/api', pictureRoutes(options));
  app.route('/api', requestRoutes(options));
  return app;
}

/** The form itself is public, as the dashboard is: it asks for the token. */
export function formRoutes(): Routes {
  const app = routes();
  app.get('/form', (context) => context.html(FORM));
  return app;
}
