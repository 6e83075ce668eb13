/**
 * An SQLite database of one process: one connection, which holds the lock of the file as long as the process lives. A commit is
 * on the disk when its promise resolves; commits that are asked for in the same turn of the event loop are one, since each
 * waits for the disk.
 */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { FractalError, messageOf } from '../../errors.js';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export interface Database {
  /** Rows of a query. Outside of `commit` it reads what is committed. */
  all(sql: string, ...values: Value[]): Row[];
  /** For `commit` only. */
  run(sql: string, ...values: Value[]): void;
  /** What `act` writes is committed as a whole, or not at all when it throws. @throws FractalError DISK; what `act` throws */
  commit<T>(act: () => T): Promise<T>;
  close(): void;
}

/** `steps`: of the schema, by version; those that are new to the file are taken. @throws FractalError DATA_IN_USE, DISK */
export function openDatabase(path: string, steps: readonly string[]): Database {
  const db = opened(path, steps);
  const statements = new Map<string, Libsql.Statement>();
  const prepared = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  let waiting: Pending[] = [];
  const flush = () => {
    const batch = waiting;
    waiting = [];
    for (const settle of committed(db, batch)) settle();
  };
  return {
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    run: (sql, ...values) => void prepared(sql).run(...values),
    commit: (act) =>
      new Promise((resolve, reject) => {
        if (waiting.push({ act, resolve: resolve as (result: unknown) => void, reject }) === 1) setImmediate(flush);
      }),
    close() {
      flush();
      statements.clear();
      // Statements that are not collected yet keep a closed connection open, and with it the lock: it is released before. In
      // WAL mode it cannot be.
      db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT COUNT(*) FROM sqlite_schema');
      db.close();
    },
  };
}

interface Pending {
  readonly act: () => unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Commits a batch; returns what is to be called then. One that throws is undone, the others are not. */
function committed(db: Libsql.Database, batch: readonly Pending[]): (() => void)[] {
  if (batch.length === 0) return [];
  try {
    db.exec('BEGIN IMMEDIATE');
    const settled = batch.map((one) => {
      db.exec('SAVEPOINT one');
      try {
        const result = one.act();
        db.exec('RELEASE one');
        return () => one.resolve(result);
      } catch (error) {
        db.exec('ROLLBACK TO one; RELEASE one');
        return () => one.reject(error);
      }
    });
    db.exec('COMMIT');
    return settled;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    const failure = new FractalError('DISK', `the queue cannot be written: ${messageOf(error)}`, { cause: error });
    return batch.map((one) => () => one.reject(failure));
  }
}

function opened(path: string, steps: readonly string[]): Libsql.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const db = new Libsql(path);
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const version = Number((db.prepare('PRAGMA user_version').all() as Row[])[0]?.user_version);
    if (version > steps.length) throw new Error(`it was written by a newer version of the program (${version})`);
    const missing = steps.slice(version).join(';');
    // Also takes the lock.
    db.exec(`BEGIN IMMEDIATE; ${missing}; PRAGMA user_version = ${steps.length}; COMMIT`);
    return db;
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') {
      const why = `${dirname(path)} is used by another "fractal serve": give this one another --data`;
      throw new FractalError('DATA_IN_USE', why, { cause: error });
    }
    throw new FractalError('DISK', `${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}
