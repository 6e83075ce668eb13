/** What the HTTP clients of older systems use: composed here, and answered only with --older. */

import { FORM_PAGE } from '../api/older.js';
import type { HttpOptions } from '../env.js';
import { type Routes, routes } from '../routes.js';
import { FORM } from './form.js';
import { pictureRoutes } from './pictures.js';
import { requestRoutes } from './request.js';

export function olderRoutes(options: HttpOptions): Routes {
  const app = routes();
  app.join(pictureRoutes(options), requestRoutes(options));
  app.add(FORM_PAGE, (context) => context.html(FORM));
  return app;
}
