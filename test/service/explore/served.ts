/** The service with an explorer whose pieces a test lets come. */

import type { TestContext } from 'node:test';
import { type Explorer, type ExplorerOptions, openExplorer } from '../../../src/service/explore/explorer.js';
import { type HttpService, httpService } from '../http-service.js';
import { type LookoutOptions, type TestLookout, testLookout } from './lookouts.js';

export interface Served extends HttpService {
  readonly lookout: TestLookout;
  readonly explorer: Explorer;
  /** Other workers are ready now. */
  setWorkers(ready: number, slots: number): void;
}

export async function served(
  t: TestContext,
  { tokens, ...options }: LookoutOptions & Partial<ExplorerOptions> & { readonly tokens?: string } = {},
): Promise<Served> {
  const lookout = testLookout(options);
  let workers = { ready: 1, slots: 2 };
  let changed = () => {};
  const failures: unknown[] = [];
  const explorer = openExplorer({
    ...{ lookout, memory: 16 << 20, version: '1.2.3', now: () => performance.now() },
    workers: {
      count: () => workers,
      watch(act) {
        changed = act;
        return () => undefined;
      },
    },
    report: (error) => failures.push(error),
    ...options,
  });
  t.after(() => explorer.close());
  const service = await httpService(t, { explorer, ...(tokens === undefined ? {} : { tokens }) });
  return {
    ...{ ...service, lookout, explorer },
    get errors() {
      return [...service.errors, ...failures];
    },
    setWorkers(ready, slots) {
      workers = { ready, slots };
      changed();
    },
  };
}
