/** `make bench`: every table of docs/performance.md. usage: node dist/bench/all.js [kernel] [leader] [pictures] [deep] */

import { deep } from './deep.js';
import { kernel } from './kernel.js';
import { leader } from './leader.js';
import { pictures } from './pictures.js';

const ALL = { kernel, leader, pictures, deep };
const names = process.argv.slice(2);
for (const [name, bench] of Object.entries(ALL)) if (names.length === 0 || names.includes(name)) await bench();
process.exit(0);
