/** Workers that register with a leader, over real gRPC. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PROTOCOL } from '../../src/cluster/messages.js';
import { openRegistration, type RegisterOptions, register } from '../../src/cluster/registration.js';
import { type Address, addressText, parseAddress } from '../../src/cluster/transport.js';

const LOCAL = { host: '127.0.0.1', port: 0 };
const PROGRAM = { version: '1', build: 'a'.repeat(64) };
const TOKEN = 'a token of some length';

/** A leader's registration with the addresses it gets, and a worker that registers with the lines it notes. */
async function registration(t: TestContext, join: (address: Address) => string | undefined, token?: string) {
  const came: string[] = [];
  const options = token === undefined ? {} : { token };
  const take = (address: Address) => {
    came.push(addressText(address));
    return join(address);
  };
  const listener = await openRegistration(LOCAL, PROGRAM, take, options);
  t.after(() => listener.close());
  /** What a worker notes first. */
  const first = (worker: Address, changes: Partial<RegisterOptions> = {}) =>
    new Promise<string>((resolve) => {
      const stop = new AbortController();
      const note = (text: string) => {
        stop.abort();
        resolve(text);
      };
      void register(listener.address, worker, { access: options, ...PROGRAM, signal: stop.signal, note, ...changes });
    });
  return { came, first, listener };
}

const WAY = 'start the leader with --listen, or allow more attempts with --retries';

test('a worker states where it listens; without an address of its own, it is where the call comes from', async (t) => {
  const { came, first } = await registration(t, () => undefined);
  assert.equal(await first({ host: '10.1.2.3', port: 7 }), 'is registered with its leader');
  assert.equal(await first({ host: '0.0.0.0', port: 8 }), 'is registered with its leader');
  assert.deepEqual(came, ['10.1.2.3:7', '127.0.0.1:8']);
});

test('a worker that is refused gets the reason', async (t) => {
  const { first } = await registration(t, () => 'it failed 3 times, last: out of memory');
  assert.equal(await first({ host: 'w', port: 7 }), 'cannot join so far: it failed 3 times, last: out of memory');
});

test('another version is refused, and both versions are named', async (t) => {
  const { came, first } = await registration(t, () => undefined);
  const why = `the worker is version 0.9 (protocol ${PROTOCOL}), the leader 1 (protocol ${PROTOCOL}): run the same version on both`;
  assert.equal(await first({ host: 'w', port: 7 }, { version: '0.9' }), `cannot join so far: ${why}`);
  assert.deepEqual(came, []);
});

test('another build is refused, and both builds are named', async (t) => {
  const { came, first } = await registration(t, () => undefined);
  const why = 'the worker is build bbbbbbbbbbbb, the leader build aaaaaaaaaaaa: build the same sources on both';
  const noted = await first({ host: 'w', port: 7 }, { build: 'b'.repeat(64) });
  assert.equal(noted, `cannot join so far: ${why} ("make build")`);
  assert.deepEqual(came, []);
});

test('a worker without the token may not join', async (t) => {
  const { came, first } = await registration(t, () => undefined, TOKEN);
  assert.match(await first({ host: 'w', port: 7 }, { access: {} }), /^cannot join so far: it requires a token/);
  assert.equal(await first({ host: 'w', port: 7 }), 'is registered with its leader');
  assert.deepEqual(came, ['w:7']);
});

test('an invalid address is not dialled', async (t) => {
  const { came, first } = await registration(t, () => undefined);
  for (const worker of [
    { host: 'a b', port: 7 },
    { host: 'w', port: 0 },
    { host: 'x'.repeat(300), port: 7 },
  ]) {
    assert.equal(await first(worker), 'cannot join so far: the address that it states is not valid');
  }
  assert.deepEqual(came, []);
});

test('a worker registers again until its leader listens', async (t) => {
  const { listener } = await registration(t, () => undefined);
  await listener.close();
  const stop = new AbortController();
  t.after(() => stop.abort());
  const noted: string[] = [];
  let wake = () => {};
  const known = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const note = (text: string) => {
    noted.push(text);
    if (text === 'is registered with its leader') wake();
    else void openRegistration(listener.address, PROGRAM, () => undefined).then((late) => t.after(() => late.close()));
  };
  void register(listener.address, { host: 'w', port: 1 }, { access: {}, ...PROGRAM, signal: stop.signal, note });
  await known;
  assert.deepEqual(noted, ['cannot join so far: ECONNREFUSED', 'is registered with its leader']);
});

test('a worker that is never accepted gives up after its retries, with the reason', async (t) => {
  const { listener } = await registration(t, () => 'it failed 3 times');
  const note = () => undefined;
  const options = { access: {}, ...PROGRAM, signal: new AbortController().signal, retries: 1, note };
  const name = addressText(listener.address);
  await assert.rejects(register(listener.address, { host: 'w', port: 1 }, options), {
    code: 'NO_LEADER',
    message: `${name} did not accept this worker in 2 attempts: it failed 3 times; ${WAY}`,
  });
  await listener.close();
  await assert.rejects(register(listener.address, { host: 'w', port: 1 }, { ...options, retries: 0 }), {
    code: 'NO_LEADER',
    message: `${name} did not accept this worker in 1 attempt: ECONNREFUSED; ${WAY}`,
  });
});

test('a worker that was accepted before stops without an error when its leader does not answer any more', async (t) => {
  const { listener } = await registration(t, () => undefined);
  const noted: string[] = [];
  const note = (text: string) => {
    noted.push(text);
    if (text === 'is registered with its leader') void listener.close();
  };
  const options = { access: {}, ...PROGRAM, signal: new AbortController().signal, retries: 0, note };
  await register(listener.address, { host: 'w', port: 1 }, options);
  assert.equal(noted[0], 'is registered with its leader');
  assert.equal(noted.at(-1), 'its leader does not answer any more, 1 attempt to register failed: ECONNREFUSED');
});

test('failed attempts do not count while a leader is connected', async (t) => {
  const { listener } = await registration(t, () => undefined);
  await listener.close();
  const looks: boolean[] = [];
  const connected = () => looks.push(true) < 2;
  const options = { access: {}, ...PROGRAM, signal: new AbortController().signal, retries: 0, note: () => undefined };
  await assert.rejects(register(listener.address, { host: 'w', port: 1 }, { ...options, connected }), /in 1 attempt:/);
  assert.equal(looks.length, 2);
});

test('an address is read as it is written', () => {
  for (const text of ['10.0.0.1:7', 'node-1.example:65535', '[::1]:50051']) {
    assert.equal(addressText(parseAddress(text) as Address), text);
  }
  for (const text of ['', 'node', '::1:7', 'node:', 'node:70000', ':7', 'a b:7', '[x]:7']) {
    assert.equal(parseAddress(text), undefined, text);
  }
});
