/** The secret that signs webhooks: made once, in the folder of the service. */

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FractalError } from '../errors.js';

const PREFIX = 'whsec_';

/** Of the file `webhook.secret`. @throws FractalError CREDENTIALS */
export async function webhookSecret(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'webhook.secret');
  const made = `${PREFIX}${randomBytes(32).toString('base64')}\n`;
  await writeFile(path, made, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const text = (await readFile(path, 'utf8')).trim();
  const secret = Buffer.from(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '', 'base64');
  if (secret.length < 24)
    throw new FractalError('CREDENTIALS', `${path} is not "${PREFIX}" with base64 of at least 24 bytes: delete it`);
  return secret;
}
