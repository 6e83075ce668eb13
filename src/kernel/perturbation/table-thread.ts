/** The thread that builds the tables of a long orbit. */

import { workerData } from 'node:worker_threads';
import { buildTables } from './kernel.js';
import type { SharedReference } from './shared-reference.js';

buildTables(workerData as SharedReference);
