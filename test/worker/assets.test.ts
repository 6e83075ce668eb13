/** Assets that are kept for later jobs: which of them a job finds, whom they count for, and their bound, against a plain model. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Assets } from '../../src/worker/assets.js';
import { type Holder, Memory, NoRoom } from '../../src/worker/memory.js';

const MIB = 1 << 20;
const MOST = 24 * MIB;
const FREE = 4 * MIB;
const counted = (bytes: number) => Math.max(0, bytes - FREE);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** Assets by digest: 1 to 9 MiB. Nothing is written to them. */
const ALL = new Map(
  Array.from({ length: 9 }, (_, k) => [`d${k}`, new Uint8Array(new SharedArrayBuffer((k + 1) * MIB))]),
);
const sizeOf = (digest: string) => (ALL.get(digest) as Uint8Array).length;

interface Held {
  readonly session: number;
  readonly digest: string;
}

/** The same rules on lists, each figure computed anew. */
class Model {
  /** In the order in which jobs got assets. */
  holding: Held[] = [];
  /** The least recently used comes first. */
  resting: string[] = [];
  sent: Held[] = [];

  constructor(private readonly common: boolean) {}

  bytesOf(session: number): number {
    const digests = new Set(this.holding.map(({ digest }) => digest));
    const first = [...digests].map((digest) => this.holding.find((one) => one.digest === digest));
    return sum(first.filter((one) => one?.session === session).map((one) => sizeOf(one?.digest ?? '')));
  }

  find(session: number, digest: string): boolean {
    const there = this.resting.includes(digest) || this.holding.some((one) => one.digest === digest);
    if (!there || !(this.common || this.sent.some((one) => one.session === session && one.digest === digest)))
      return false;
    this.hold(session, digest);
    return true;
  }

  /** Returns whether it is there then, unless memory of others is not freed yet. */
  send(session: number, digest: string): boolean {
    if (!this.resting.includes(digest) && !this.holding.some((one) => one.digest === digest)) {
      const own = this.bytesOf(session) + sizeOf(digest);
      const others = this.sessions.filter((one) => one !== session).map((one) => counted(this.bytesOf(one)));
      while (sum(others) + counted(own) + this.restingBytes > MOST) if (this.dropOldest() === undefined) return false;
    }
    this.sent.push({ session, digest });
    this.hold(session, digest);
    return true;
  }

  /** A job ends; the asset counts for the session that has held it for longest. */
  close(session: number, digests: Iterable<string>): void {
    for (const digest of digests) {
      const last = this.holding.findLastIndex((one) => one.session === session && one.digest === digest);
      this.holding.splice(last, 1);
      if (!this.holding.some((one) => one.digest === digest) && this.isUsable(digest)) this.resting.push(digest);
      this.trim();
    }
  }

  leave(session: number): void {
    this.sent = this.sent.filter((one) => one.session !== session);
    this.resting = this.resting.filter((digest) => this.isUsable(digest));
  }

  /** Bytes that count. */
  get total(): number {
    return sum(this.sessions.map((session) => counted(this.bytesOf(session)))) + this.restingBytes;
  }

  /** Bytes that are there, each asset once. */
  get bytes(): number {
    return sum([...new Set([...this.resting, ...this.holding.map(({ digest }) => digest)])].map(sizeOf));
  }

  get sessions(): number[] {
    return [...new Set(this.holding.map(({ session }) => session))];
  }

  private get restingBytes(): number {
    return sum(this.resting.map(sizeOf));
  }

  private hold(session: number, digest: string): void {
    this.resting = this.resting.filter((one) => one !== digest);
    this.holding.push({ session, digest });
  }

  private isUsable(wanted: string): boolean {
    return this.common || this.sent.some(({ digest }) => digest === wanted);
  }

  private trim(): void {
    while (this.total > MOST && this.dropOldest() !== undefined);
  }

  /** Nobody gets it by its digest any more. */
  private dropOldest(): string | undefined {
    const digest = this.resting.shift();
    this.sent = this.sent.filter((one) => one.digest !== digest);
    return digest;
  }
}

/** A session opens a job, which finds what it can and is sent the rest, closes its oldest one, or ends. */
const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      session: fc.nat(2),
      digests: fc.uniqueArray(fc.constantFrom(...ALL.keys()), { maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('close' as const), session: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), session: fc.nat(2) }) },
);

for (const common of [true, false]) {
  const whose = common ? 'of all sessions' : 'that its session sent';
  test(`a job finds the assets ${whose}, as long as there was room for them; each counts once`, async () => {
    const property = fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const memory = new Memory(MOST);
      const assets = new Assets(memory, common);
      const model = new Model(common);
      // Busy and never evicted: where memory of others would be needed, there is none.
      const holders = [0, 1, 2].map((): Holder => ({ bytes: 0, idle: false, evict: () => assert.fail('evicted') }));
      const jobs: { readonly session: number; readonly digests: Set<string> }[] = [];
      const close = (job: (typeof jobs)[number]) => {
        for (const digest of job.digests) assets.release(digest, holders[job.session] as Holder);
        model.close(job.session, job.digests);
        jobs.splice(jobs.indexOf(job), 1);
      };
      for (const one of acts) {
        const { session } = one;
        const holder = holders[session] as Holder;
        const own = jobs.filter((job) => job.session === session);
        if (one.kind === 'open') {
          const job = { session, digests: new Set<string>() };
          jobs.push(job);
          for (const digest of one.digests) {
            const found = assets.find(digest, holder);
            assert.equal(found !== undefined, model.find(session, digest), `${digest} is found`);
            if (found) job.digests.add(digest);
            assert.ok(found === undefined || found === ALL.get(digest));
          }
          for (const digest of one.digests.filter((each) => !job.digests.has(each))) {
            const wouldEvict = holders.some((each) => each !== holder && each.bytes > holder.bytes + sizeOf(digest));
            if (wouldEvict) continue;
            const fits = model.send(session, digest);
            try {
              assets.keep({ digest, bytes: ALL.get(digest) as Uint8Array }, holder);
              assert.ok(fits, `${digest} is kept though there is no room`);
              job.digests.add(digest);
            } catch (error) {
              assert.ok(error instanceof NoRoom && !fits, `${digest} is refused: ${error}`);
            }
          }
        } else if (one.kind === 'close') {
          if (own[0]) close(own[0]);
        } else {
          for (const job of own) close(job);
          assets.leave(holder);
          model.leave(session);
        }
        assert.deepEqual(
          holders.map(({ bytes }) => bytes),
          [0, 1, 2].map((each) => model.bytesOf(each)),
        );
        assert.ok(model.resting.length === 0 || model.total <= MOST, `${model.total} bytes count`);
        assert.ok(model.bytes <= MOST + 3 * FREE, `${model.bytes} bytes`);
        // Memory that is released counts until the next turn of the event loop.
        await setImmediate();
        await setImmediate();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });
}

test('without a bound nothing is kept that no job holds', () => {
  const assets = new Assets(new Memory(Infinity), true);
  const holder: Holder = { bytes: 0, idle: true, evict: assert.fail };
  assets.keep({ digest: 'd', bytes: new Uint8Array(10) }, holder);
  assert.ok(assets.find('d', holder));
  for (const _ of [1, 2]) assets.release('d', holder);
  assert.deepEqual([assets.find('d', holder), holder.bytes], [undefined, 0]);
});

test('of assets that no job holds at most 4096 are kept, however small: the latest', () => {
  const assets = new Assets(new Memory(MOST), true);
  const holder: Holder = { bytes: 0, idle: true, evict: assert.fail };
  for (let k = 0; k < 5_000; k++) {
    assets.keep({ digest: `d${k}`, bytes: new Uint8Array(1) }, holder);
    assets.release(`d${k}`, holder);
  }
  const found = Array.from({ length: 5_000 }, (_, k) => assets.find(`d${k}`, holder) !== undefined);
  assert.deepEqual([found.indexOf(true), found.filter(Boolean).length], [904, 4_096]);
});
