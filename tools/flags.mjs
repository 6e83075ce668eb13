/** `make docs`: writes docs/flags.md and docs/request.schema.json from the table of flags that the program reads. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { markdown } from '../dist/bin/help.js';
import { requestJsonSchema } from '../dist/src/request/json-schema.js';

writeFileSync(resolve(import.meta.dirname, '../docs/flags.md'), markdown());
writeFileSync(
  resolve(import.meta.dirname, '../docs/request.schema.json'),
  `${JSON.stringify(requestJsonSchema(), null, 2)}\n`,
);
