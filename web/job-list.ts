/** A list of jobs that follows their changes. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Job, JobChanges, JobList, Status } from './answers.js';
import { get, messageOf } from './api.js';
import { useLive, useStream } from './live.js';

const FEWEST = 50;
/** That the service gives at once. */
const PAGE = 1_000;
const AGAIN_MS = 500;

export interface LiveJobs {
  /** undefined: not read yet. */
  readonly jobs: readonly Job[] | undefined;
  /** Further ones can be listed. */
  readonly hasMore: boolean;
  readonly status: Status | undefined;
  /** Lists twice as many. */
  more(): void;
  changed(job: Job): void;
  removed(id: string): void;
}

/** `search`: filters and order, as the API has them. */
export function useJobList(search: string): LiveJobs {
  const { notice } = useLive();
  const [list, setList] = useState<JobList>();
  const [status, setStatus] = useState<Status>();
  const wanted = useRef(FEWEST);
  const asked = useRef(0);
  const timer = useRef(0);

  const load = async () => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const read = await readList(search, wanted.current);
      // Not the answer to an earlier question.
      if (mine === asked.current) setList(read);
    } catch (error) {
      notice(messageOf(error), 'error');
    }
  };
  const latest = useRef(load);
  latest.current = load;
  const loadSoon = () => {
    timer.current ||= window.setTimeout(() => {
      timer.current = 0;
      latest.current();
    }, AGAIN_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    wanted.current = FEWEST;
    load();
  }, [search]);
  useStream('/v1/events', (name, data) => {
    if (name === 'status') setStatus(data as Status);
    if (name === 'open') load();
    if (name !== 'jobs' || !list) return;
    const changes = data as JobChanges;
    if (isOtherOrder(list.jobs, changes)) loadSoon();
    const now = new Map(changes.jobs.map((job) => [job.id, job]));
    setList({ ...list, jobs: list.jobs.map((job) => now.get(job.id) ?? job) });
  });
  const edit = (act: (jobs: readonly Job[]) => readonly Job[]) =>
    setList((now) => now && { ...now, jobs: act(now.jobs) });
  return {
    jobs: list?.jobs,
    hasMore: list?.next !== undefined,
    status,
    more() {
      wanted.current *= 2;
      load();
    },
    changed: (job) => edit((jobs) => jobs.map((one) => (one.id === job.id ? job : one))),
    removed: (id) => edit((jobs) => jobs.filter((one) => one.id !== id)),
  };
}

/** The first ones. */
async function readList(search: string, count: number): Promise<JobList> {
  const jobs: Job[] = [];
  for (let cursor = ''; ; ) {
    const limit = Math.min(PAGE, count - jobs.length);
    const page = await get<JobList>(`/v1/jobs?${search}&limit=${limit}${cursor}`);
    jobs.push(...page.jobs);
    if (page.next === undefined || jobs.length >= count) return { ...page, jobs };
    cursor = `&cursor=${page.next}`;
  }
}

/** Jobs have come, gone, or may belong elsewhere. */
function isOtherOrder(jobs: readonly Job[], { jobs: changed, removed, more }: JobChanges): boolean {
  const known = new Map(jobs.map((job) => [job.id, job]));
  const moved = ({ id, state, priority }: Job) => {
    const before = known.get(id);
    return before?.state !== state || before.priority !== priority;
  };
  return more === true || removed.length > 0 || changed.some(moved);
}
