/** What the HTTP clients of older systems use: composed here, and answered only with --older. */

import { type HttpOptions, needs, type Routes, routes } from '../env.js';
import { FORM } from './form.js';
import { pictureRoutes } from './pictures.js';
import { requestRoutes } from './request.js';

export function olderRoutes(options: HttpOptions): Routes {
  const app = routes();
  app.route('/api', pictureRoutes(options));
  app.route('/api', requestRoutes(options));
  app.get('/form', needs('view'), (context) => context.html(FORM));
  return app;
}
