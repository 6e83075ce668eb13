/**
 * What a client may do: a file of tokens with roles. `view` reads; `submit` also submits, and changes the jobs of its owner;
 * `operate` changes every job and the workers. Lines: ROLE TOKEN OWNER; an operator needs no owner.
 */

import { createHash } from 'node:crypto';
import { FractalError } from '../../errors.js';

export type Role = (typeof ROLES)[number];
/** Each can do what those before it can. */
export const ROLES = ['view', 'submit', 'operate'] as const;

export interface Grant {
  readonly role: Role;
  /** Of the jobs that it submits, unless an operator names another one. */
  readonly owner: string;
}

/** By digest of the token: the time of a comparison says nothing about a token. */
export type Tokens = ReadonlyMap<string, Grant>;

/** The owner of jobs whose client names none. */
export const ANONYMOUS = 'anonymous';

const FEWEST = 16;
const MOST = 4096;

/** `name`: of the file. Tokens are never part of a message. @throws FractalError CREDENTIALS */
export function parseTokens(text: string, name: string): Tokens {
  const tokens = new Map<string, Grant>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) continue;
    const wrong = (why: string) => new FractalError('CREDENTIALS', `${name}:${at + 1}: ${why}`);
    const [role, token = '', owner, more] = words;
    if (!isRole(role)) throw wrong(`a line begins with a role (${ROLES.join(', ')}), then a token, then an owner`);
    if (token.length < FEWEST || token.length > MOST)
      throw wrong(
        `the token has ${token.length} characters, not ${FEWEST} to ${MOST}: make one with "openssl rand -hex 32"`,
      );
    if (!/^[\x21-\x7e]+$/.test(token)) throw wrong('the token has characters other than those of ASCII');
    if (owner === undefined && role === 'submit') throw wrong('the owner of its jobs is missing behind the token');
    if (more !== undefined) throw wrong('there are words behind the owner: write one token a line');
    if (tokens.has(digest(token))) throw wrong('the token stands in a line before: give each line its own');
    tokens.set(digest(token), { role, owner: owner ?? ANONYMOUS });
  }
  if (tokens.size === 0) throw new FractalError('CREDENTIALS', `${name} has no token: write "operate TOKEN" in a line`);
  return tokens;
}

/** `authorization`: the header. undefined: it has no known token. */
export function grantOf(tokens: Tokens, authorization: string | undefined): Grant | undefined {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return token === undefined ? undefined : tokens.get(digest(token));
}

export function allows(grant: Grant, role: Role): boolean {
  return ROLES.indexOf(grant.role) >= ROLES.indexOf(role);
}

function isRole(word: string | undefined): word is Role {
  return ROLES.some((role) => role === word);
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
