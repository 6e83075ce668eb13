/** Rules for the use in a server: commands do not change the process, and keep nothing between calls. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('../../../src/app/', import.meta.url));

test('the commands use no exit, output, environment or signals of the process, and have no variables of the module', () => {
  // A process of its own is none of a command.
  const files = readdirSync(APP).filter((name) => name.endsWith('.ts') && !name.endsWith('-process.ts'));
  assert.ok(files.length > 20);
  for (const name of files) {
    const text = readFileSync(APP + name, 'utf8');
    const used = text.match(/\bprocess\.(exit\w*|std\w+|env|on\w*|off|kill|argv|cwd|chdir)\b|\bconsole\.\w+/g);
    assert.deepEqual(used, null, `${name} uses ${used}`);
    const kept = text.match(/^(?:export )?(?:(?:let|var) |const \w+ = (?:new |\[|\{)).*/gm) ?? [];
    const mutable = kept.filter((line) => !line.endsWith(' as const;'));
    assert.deepEqual(mutable, [], `${name} keeps ${mutable}`);
  }
});
