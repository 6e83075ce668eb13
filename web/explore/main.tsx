/** The explorer: any depth in the browser, computed by the cluster. */

import { render } from 'preact';
import { applyTheme } from '../theme.js';
import { Page } from './page.js';

applyTheme();
render(<Page />, document.getElementById('app') as HTMLElement);
