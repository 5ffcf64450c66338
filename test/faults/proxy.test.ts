import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Agent, request } from 'undici';
import { type Environment, openEnvironment } from './support/environment.ts';
import { blackHole, closesImmediately, type Fault, resets, responds } from './support/faults.ts';

/** The faults of the proxy, as a client observes them. */

let environment: Environment;
let dispatcher: Agent;
before(async () => {
  environment = await openEnvironment();
  dispatcher = new Agent({ connect: { ca: environment.proxy.ca } });
});
after(async () => {
  await dispatcher.destroy();
  await environment.close();
});

/** Sends a request. Returns the status and whether the response has a body, or the code of the error. */
async function observe(fault: Fault): Promise<string> {
  const { proxy } = environment;
  const injected = proxy.inject(fault);
  try {
    const { statusCode, body } = await request(`${proxy.url}/version`, {
      dispatcher,
      headersTimeout: fault === blackHole ? 500 : 60_000,
    });
    const { length } = await body.text();
    return `${statusCode}, ${length > 0 ? 'a body' : 'no body'}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    injected.remove();
  }
}

const CASES: readonly (readonly [name: string, fault: Fault, observed: string])[] = [
  ['no fault', {}, '200, a body'],
  ['FIN', { respond: (exchange) => exchange.cut() }, 'UND_ERR_SOCKET'],
  ['RST', resets, 'ECONNRESET'],
  ['black hole', blackHole, 'UND_ERR_HEADERS_TIMEOUT'],
  ['200 and closed', closesImmediately, '200, no body'],
  ['a response of the proxy', responds(429, 'slow down'), '429, a body'],
];

for (const [name, fault, expected] of CASES) {
  test(name, async () => assert.equal(await observe(fault), expected));
}

test('refuses connections, and accepts them again on the same port', async () => {
  environment.proxy.refuse();
  assert.match(await observe({}), /ECONNREFUSED|ECONNRESET/);
  assert.equal(await observe({}), 'ECONNREFUSED');
  await environment.proxy.heal();
  assert.equal(await observe({}), '200, a body');
});
