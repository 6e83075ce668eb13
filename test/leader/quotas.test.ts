/** The slots of an owner, divided among its jobs: random changes of what they use and want. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Owners } from '../../src/leader/fleet/owners.js';
import { type Claimant, Quotas } from '../../src/leader/fleet/quotas.js';

/** A job that always uses what it may, up to what it needs. */
class Job implements Claimant {
  underWay = 0;
  needs = 0;
  private most = 0;

  constructor(
    readonly owner: string,
    public priority: number,
  ) {}

  get wants(): boolean {
    return this.underWay < this.needs && this.underWay >= this.most;
  }

  allot(most: number): void {
    this.most = most;
    this.assign();
  }

  assign(): void {
    this.underWay = Math.max(this.underWay, Math.min(this.needs, this.most));
  }

  /** An answer: its slot is used again at once, if that is allowed. */
  finish(): void {
    if (this.underWay > 0) this.underWay--;
    this.needs = Math.max(this.needs, this.underWay);
    this.assign();
  }
}

const step = fc.record({ job: fc.nat(5), act: fc.constantFrom('finish', 'need', 'priority', 'limit'), to: fc.nat(8) });

test('never more than the owner may use; no slot is idle while a job of the owner wants one; first come, first served', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 200 }), (count, steps) => {
      const owners = new Owners();
      const jobs = Array.from({ length: count }, () => new Job('a', 50));
      const quotas = new Quotas(() => [new Job('other', 99), ...jobs], owners);
      let max = 4;
      owners.set('a', { maxSlots: max });
      quotas.divide('a');
      let excess = 0;
      for (const { job: at, act, to } of steps) {
        const job = jobs[at % count] as Job;
        const before = jobs.reduce((sum, { underWay }) => sum + underWay, 0);
        if (act === 'finish') job.finish();
        else if (act === 'need') {
          job.needs = Math.max(to, job.underWay);
          job.assign();
        } else if (act === 'priority') job.priority = to;
        else owners.set('a', { maxSlots: (max = 1 + to) });
        quotas.divide('a');
        const used = jobs.reduce((sum, { underWay }) => sum + underWay, 0);
        // What is under way when the limit is lowered stays so.
        excess = act === 'limit' ? Math.max(0, used - max) : Math.min(excess, Math.max(0, used - max));
        assert.ok(used <= max + excess, `${used} of ${max}`);
        if (used > max) assert.ok(used <= before);
        const wanting = jobs.filter((one) => one.wants);
        assert.ok(used >= max || wanting.length === 0, 'no slot is idle');
      }
      // In the end each answer makes room for the first job that wants.
      const ranked = [...jobs].sort((a, b) => b.priority - a.priority);
      for (const job of jobs) job.needs = max;
      for (let turn = 0; turn < 20; turn++) {
        for (const job of jobs) {
          job.finish();
          job.needs = max;
          quotas.divide('a');
        }
      }
      assert.deepEqual(
        ranked.map(({ underWay }) => underWay),
        [max, ...ranked.slice(1).map(() => 0)],
      );
    }),
    { numRuns: 500 },
  );
});

test('without a limit every job may use any number; terms beyond their range are refused', () => {
  const owners = new Owners();
  const job = new Job('a', 50);
  job.needs = 100;
  const quotas = new Quotas(() => [job], owners);
  quotas.divide('a');
  assert.equal(job.underWay, 100);
  assert.throws(() => owners.set('a', { weight: 0 }), {
    code: 'REQUEST_INVALID',
    message: /^0 is no weight .* 1 to 1000/,
  });
  assert.throws(() => owners.set('a', { maxSlots: 1.5 }), {
    code: 'REQUEST_INVALID',
    message: /^1.5 is no limit of slots/,
  });
});

test('an owner keeps its number, and has the weight that was set last', () => {
  const owners = new Owners();
  assert.deepEqual(owners.rankOf('', 50), { priority: 50, owner: 0, weight: 1 });
  owners.set('b', { weight: 3 });
  assert.deepEqual(owners.rankOf('b', 20), { priority: 20, owner: 1, weight: 3 });
  assert.deepEqual(owners.rankOf('', 20), { priority: 20, owner: 0, weight: 1 });
});
