/** `make docs`: writes docs/flags.md from the tables of flags that the program reads. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { markdown } from '../dist/bin/help.js';

writeFileSync(resolve(import.meta.dirname, '../docs/flags.md'), markdown());
