/** The query of a list of jobs: ?state=queued,running&owner=NAME&sort=-submitted&limit=50&cursor=… */

import { type JobState, STATES } from '../job.js';
import { type Cursor, type Query, SORTS } from '../queue.js';
import { LIST_JOBS } from './api/jobs.js';
import { MOST_LISTED, USUAL_LIMIT } from './api/parameters.js';
import { badRequest } from './env.js';

const NAMES: readonly string[] = LIST_JOBS.parameters.map(({ name }) => name);

/** `values`: by name. A name that is given several times has a list. */
export function queryOf(values: Readonly<Record<string, readonly string[]>>): Query {
  const given: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(values).map(([name, all]) => [name, all.join()]),
  );
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw badRequest(`"${unknown}" is no part of a query of jobs: use ${NAMES.join(', ')}`);
  const { state, owner, sort = '-submitted', limit = String(USUAL_LIMIT), cursor } = given;
  const field = SORTS.find((one) => sort === one || sort === `-${one}`);
  if (!field) throw badRequest(`sort=${sort}: jobs are sorted by ${SORTS.join(', ')}; with - the highest first`);
  const count = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > MOST_LISTED)
    throw badRequest(`limit=${limit} is not a whole number from 1 to ${MOST_LISTED}`);
  return {
    ...(state === undefined ? {} : { states: state.split(',').map(stateOf) }),
    ...(owner === undefined ? {} : { owner }),
    sort: field,
    descending: sort.startsWith('-'),
    limit: count,
    ...(cursor === undefined ? {} : { after: cursorOf(cursor) }),
  };
}

export function cursorText({ value, id }: Cursor): string {
  return `${value}.${id}`;
}

function cursorOf(text: string): Cursor {
  const [, value, id] = /^(\d{1,15})\.([0-9a-z]{1,40})$/.exec(text) ?? [];
  if (value === undefined || id === undefined) throw badRequest('the cursor is not one that "next" of a list gave');
  return { value: Number(value), id };
}

function stateOf(text: string): JobState {
  const state = STATES.find((one) => one === text);
  if (!state) throw badRequest(`state=${text}: the states are ${STATES.join(', ')}`);
  return state;
}
