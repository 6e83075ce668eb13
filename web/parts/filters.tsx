/** What of the jobs is listed, and in which order. It is part of the URL, so that it can be sent and kept. */

import { useSettled } from '../settled.js';

const STATES = {
  all: { label: 'All states', states: '' },
  active: { label: 'Active', states: 'queued,running,pausing,paused' },
  queued: { label: 'Queued', states: 'queued' },
  running: { label: 'Running', states: 'running,pausing' },
  paused: { label: 'Paused', states: 'paused' },
  succeeded: { label: 'Succeeded', states: 'succeeded' },
  failed: { label: 'Failed', states: 'failed' },
  cancelled: { label: 'Cancelled', states: 'cancelled' },
} as const;

type State = keyof typeof STATES;

const ORDERS = {
  '-submitted': 'Newest first',
  submitted: 'Oldest first',
  '-priority': 'Highest priority first',
  '-ended': 'Latest end first',
} as const;

export interface Filter {
  readonly state: State;
  readonly sort: keyof typeof ORDERS;
  readonly owner: string;
  /** Of the API. */
  readonly search: string;
  /** Not all jobs are listed. */
  readonly active: boolean;
}

export function filtersOf(query: URLSearchParams): Filter {
  const state = keyOf(STATES, query.get('state')) ?? 'all';
  const sort = keyOf(ORDERS, query.get('sort')) ?? '-submitted';
  const owner = query.get('owner') ?? '';
  const search = new URLSearchParams({ sort });
  const { states } = STATES[state];
  if (states !== '') search.set('state', states);
  if (owner !== '') search.set('owner', owner);
  return { state, sort, owner, search: String(search), active: state !== 'all' || owner !== '' };
}

export function Filters({ filters }: { filters: Filter }) {
  const owner = useSettled(filters.owner);
  const choose = (name: 'state' | 'sort' | 'owner', value: string) => {
    const { state, sort, owner } = filters;
    const query = new URLSearchParams({ state, sort, owner, [name]: value });
    if (query.get('owner') === '') query.delete('owner');
    history.replaceState(undefined, '', `#/jobs?${query}`);
    dispatchEvent(new Event('hashchange'));
  };
  return (
    <form class="filters" aria-label="Filter and sort" onSubmit={(event) => event.preventDefault()}>
      <label>
        State
        <select value={filters.state} onChange={({ currentTarget }) => choose('state', currentTarget.value)}>
          {Object.entries(STATES).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Order
        <select value={filters.sort} onChange={({ currentTarget }) => choose('sort', currentTarget.value)}>
          {Object.entries(ORDERS).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Owner
        <input
          {...owner}
          type="search"
          placeholder="any"
          onChange={({ currentTarget }) => choose('owner', currentTarget.value.trim())}
        />
      </label>
    </form>
  );
}

function keyOf<K extends string>(table: Readonly<Record<K, unknown>>, text: string | null): K | undefined {
  return text !== null && Object.hasOwn(table, text) ? (text as K) : undefined;
}
