/** The gpu kernel on WebGPU, where this machine has it. */

import { promises } from './gpu-golden.js';

await promises('webgpu');
