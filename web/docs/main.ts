/** The page of /docs: the OpenAPI document of the service, to read and to try, shown by Swagger UI. */

import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { token } from '../api.js';
import { applyTheme, theme } from '../theme.js';
import { firstEvents } from './first-events.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

function paint(): void {
  applyTheme();
  const chosen = theme();
  document.documentElement.classList.toggle('dark-mode', chosen === 'system' ? dark.matches : chosen === 'dark');
}

paint();
dark.addEventListener('change', paint);

const ui = SwaggerUI({
  domNode: document.getElementById('api') as HTMLElement,
  url: 'openapi.json',
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  requestInterceptor(request) {
    const accept = request.headers?.Accept ?? request.headers?.accept;
    return accept === 'text/event-stream' ? { ...request, userFetch: firstEvents } : request;
  },
  onComplete() {
    const own = token();
    if (own !== null) ui.preauthorizeApiKey('token', own);
  },
});
