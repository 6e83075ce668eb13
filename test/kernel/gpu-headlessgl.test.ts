/** The gpu kernel on headless GL, where this machine has it. */

import { promises } from './gpu-golden.js';

await promises('headlessgl');
