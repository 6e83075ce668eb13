/** The queue in an SQLite file. Columns beside `record` are those that are searched by. */

import { join } from 'node:path';
import { FractalError } from '../../errors.js';
import { type EventBody, type Job, type JobEvent, type JobState, STATES } from '../job.js';
import { type Accepted, type AcceptOptions, MOST_EVENTS, type Query, type Queue, type QueueOptions } from '../queue.js';
import { newJob } from '../submit.js';
import { type Database, openDatabase, type Row, type Value } from './database.js';

/** Of the schema. A released step is never changed: a further one is added. */
const STEPS = [
  `CREATE TABLE job (id TEXT PRIMARY KEY, state TEXT NOT NULL, owner TEXT NOT NULL, priority INTEGER NOT NULL,
     ended INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX job_by_owner ON job (state, owner, priority DESC, id);
   CREATE INDEX job_by_priority ON job (priority, id);
   CREATE INDEX job_by_end ON job (ended, id);
   CREATE TABLE event (job TEXT, seq INTEGER, time INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (job, seq)) WITHOUT ROWID;
   CREATE TABLE key (owner TEXT, text TEXT, body TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY (owner, text)) WITHOUT ROWID;
   CREATE INDEX key_by_job ON key (job)`,
  // How many jobs an owner has in each state, without reading them.
  `CREATE TABLE tally (state TEXT, owner TEXT, jobs INTEGER NOT NULL, PRIMARY KEY (state, owner)) WITHOUT ROWID;
   INSERT INTO tally SELECT state, owner, COUNT(*) FROM job GROUP BY state, owner;
   CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
     INSERT INTO tally VALUES (new.state, new.owner, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1; END;
   CREATE TRIGGER job_moved AFTER UPDATE OF state, owner ON job WHEN (old.state, old.owner) <> (new.state, new.owner) BEGIN
     UPDATE tally SET jobs = jobs - 1 WHERE state = old.state AND owner = old.owner;
     DELETE FROM tally WHERE state = old.state AND owner = old.owner AND jobs = 0;
     INSERT INTO tally VALUES (new.state, new.owner, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1; END;
   CREATE TRIGGER job_removed AFTER DELETE ON job BEGIN
     UPDATE tally SET jobs = jobs - 1 WHERE state = old.state AND owner = old.owner;
     DELETE FROM tally WHERE state = old.state AND owner = old.owner AND jobs = 0; END`,
];

/** `now`: milliseconds since 1970. @throws FractalError DATA_IN_USE, DISK */
export function openSqliteQueue(folder: string, { service, now }: QueueOptions): Queue {
  const db = openDatabase(join(folder, 'queue.sqlite'), STEPS);
  const watchers = new Set<(id: string, job: Job | undefined) => void>();
  const tell = (id: string, job: Job | undefined) => {
    for (const act of watchers) act(id, job);
  };
  return {
    async accept(submission, options) {
      const accepted = await db.commit(() => accept(db, newJob(submission, now()), options));
      if (accepted.isNew) tell(accepted.job.id, accepted.job);
      return accepted;
    },
    get: async (id) => find(db, id),
    async list(query) {
      const jobs = rowsOf(db, query).map(jobOf);
      const last = jobs.length > query.limit ? jobs[query.limit - 1] : undefined;
      const value = last && { submitted: 0, priority: last.priority, ended: last.endedAt ?? 0 }[query.sort];
      return { jobs: jobs.slice(0, query.limit), ...(last ? { next: { value: value ?? 0, id: last.id } } : {}) };
    },
    async waiting() {
      const owners = db.all("SELECT owner FROM tally WHERE state = 'queued'");
      const first = "SELECT record FROM job WHERE state = 'queued' AND owner = ? ORDER BY priority DESC, id LIMIT 1";
      return owners.flatMap(({ owner = null }) => db.all(first, owner).map(jobOf));
    },
    async counts() {
      const rows = db.all('SELECT state, SUM(jobs) AS n FROM tally GROUP BY state');
      const counts = STATES.map((state) => [state, Number(rows.find((row) => row.state === state)?.n ?? 0)]);
      return Object.fromEntries(counts) as Record<JobState, number>;
    },
    async change(id, act, version) {
      let changed = false;
      const job = await db.commit(() => {
        const before = find(db, id);
        if (before && version !== undefined && before.version !== version) {
          const why = `job ${id} has changed since: it has version ${before.version}, not ${version}; read it again`;
          throw new FractalError('JOB_CHANGED', why);
        }
        const revision = before && act(before);
        if (!revision) return before;
        changed = true;
        put(db, revision.job);
        if (revision.event) note(db, id, revision.event, now());
        return revision.job;
      });
      if (changed) tell(id, job);
      return job;
    },
    async note(id, event) {
      const job = await db.commit(() => {
        const found = find(db, id);
        if (found) note(db, id, event, now());
        return found;
      });
      if (job) tell(id, job);
    },
    async events(id, after, limit) {
      const sql = 'SELECT seq, time, body FROM event WHERE job = ? AND seq > ? ORDER BY seq LIMIT ?';
      return db.all(sql, id, after, limit).map(eventOf);
    },
    async remove(ids) {
      await db.commit(() => {
        for (const id of ids) {
          db.run('DELETE FROM event WHERE job = ?', id);
          db.run('DELETE FROM key WHERE job = ?', id);
          db.run('DELETE FROM job WHERE id = ?', id);
        }
      });
      for (const id of ids) tell(id, undefined);
    },
    async abandoned() {
      // No other service has this file open.
      const rows = db.all("SELECT record FROM job WHERE state IN ('running', 'pausing') ORDER BY id");
      return rows.map(jobOf).filter(({ runner }) => runner !== service);
    },
    watch(act) {
      watchers.add(act);
      return () => watchers.delete(act);
    },
    async close() {
      watchers.clear();
      db.close();
    },
  };
}

function accept(db: Database, job: Job, { mostWaiting, key }: AcceptOptions): Accepted {
  const { owner } = job;
  if (key) {
    const [known] = db.all('SELECT body, job FROM key WHERE owner = ? AND text = ?', owner, key.text);
    if (known && known.body !== key.body) {
      const why = `the Idempotency-Key "${key.text}" belongs to another body, which made job ${known.job}: use a new key`;
      throw new FractalError('KEY_REUSED', why);
    }
    const earlier = known && find(db, String(known.job));
    if (earlier) return { job: earlier, isNew: false };
  }
  const counted = "SELECT jobs FROM tally WHERE state = 'queued' AND owner = ?";
  const waiting = Number(db.all(counted, owner)[0]?.jobs ?? 0);
  if (waiting >= mostWaiting) {
    const why = `${owner || 'the owner'} has ${waiting} jobs waiting, which is all that may: wait, or cancel some`;
    throw new FractalError('QUOTA', why);
  }
  put(db, job);
  note(db, job.id, { kind: 'state', state: job.state }, job.submittedAt);
  if (key) db.run('INSERT INTO key VALUES (?, ?, ?, ?)', owner, key.text, key.body, job.id);
  return { job, isNew: true };
}

function find(db: Database, id: string): Job | undefined {
  return db.all('SELECT record FROM job WHERE id = ?', id).map(jobOf)[0];
}

function put(db: Database, job: Job): void {
  const { id, state, owner, priority, endedAt = 0 } = job;
  db.run(
    // Not OR REPLACE, which removes the old row without its trigger.
    'INSERT INTO job VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ' +
      '(state, owner, priority, ended, record) = (excluded.state, excluded.owner, excluded.priority, excluded.ended, excluded.record)',
    id,
    state,
    owner,
    priority,
    endedAt,
    JSON.stringify(job),
  );
}

function note(db: Database, id: string, event: EventBody, now: number): void {
  const seq = 1 + Number(db.all('SELECT MAX(seq) AS last FROM event WHERE job = ?', id)[0]?.last ?? 0);
  db.run('INSERT INTO event VALUES (?, ?, ?, ?)', id, seq, now, JSON.stringify(event));
  db.run('DELETE FROM event WHERE job = ? AND seq <= ?', id, seq - MOST_EVENTS);
}

function jobOf({ record }: Row): Job {
  return JSON.parse(String(record));
}

function eventOf({ seq, time, body }: Row): JobEvent {
  return { ...JSON.parse(String(body)), seq, time };
}

const COLUMNS = { submitted: '0', priority: 'priority', ended: 'ended' } as const;

/** One more than wanted, which shows whether there are more. */
function rowsOf(db: Database, { states, owner, sort, descending, limit, after }: Query): Row[] {
  const [order, beyond] = descending ? ['DESC', '<'] : ['ASC', '>'];
  const column = COLUMNS[sort];
  const conditions: string[] = [];
  const values: Value[] = [];
  const where = (condition: string, ...more: Value[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  // By their end, jobs are read in the order of its index: the plus keeps SQLite from sorting all jobs of the states.
  if (states) where(`${sort === 'ended' ? '+' : ''}state IN (${states.map(() => '?').join(', ')})`, ...states);
  if (owner !== undefined) where('owner = ?', owner);
  if (after && sort === 'submitted') where(`id ${beyond} ?`, after.id);
  else if (after) where(`(${column}, id) ${beyond} (?, ?)`, after.value, after.id);
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const by = sort === 'submitted' ? `id ${order}` : `${column} ${order}, id ${order}`;
  return db.all(`SELECT record FROM job ${filter} ORDER BY ${by} LIMIT ?`, ...values, limit + 1);
}
