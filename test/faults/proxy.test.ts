import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Agent, request } from 'undici';
import { testKubeconfig } from '../support/cluster.ts';
import { answers, blackHole, closesAtOnce, type Fault, resets } from './support/faults.ts';
import { controlPlaneOf, openSite, type Site } from './support/site.ts';

/** The faults are what they are called, as a client sees them. */

let site: Site;
let dispatcher: Agent;
before(async () => {
  site = await openSite(await controlPlaneOf(testKubeconfig()));
  dispatcher = new Agent({ connect: { ca: site.proxy.ca }, headersTimeout: 500 });
});
after(async () => {
  await dispatcher.destroy();
  await site.close();
});

/** Status and length of the answer, or the code of the error. */
async function seen(fault: Fault): Promise<string> {
  const injected = site.proxy.inject(fault);
  try {
    const { statusCode, body } = await request(`${site.proxy.url}/version`, { dispatcher });
    const { length } = await body.text();
    return `${statusCode}, ${length > 0 ? 'a body' : 'no body'}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    injected.remove();
  }
}

const CASES: readonly (readonly [name: string, fault: Fault, seen: string])[] = [
  ['no fault', {}, '200, a body'],
  ['FIN', { answer: (exchange) => exchange.cut() }, 'UND_ERR_SOCKET'],
  ['RST', resets, 'ECONNRESET'],
  ['black hole', blackHole, 'UND_ERR_HEADERS_TIMEOUT'],
  ['200 and closed', closesAtOnce, '200, no body'],
  ['an answer in the place of the cluster', answers(429, 'slow down'), '429, a body'],
];

for (const [name, fault, expected] of CASES) {
  test(name, async () => assert.equal(await seen(fault), expected));
}

test('refused, and on the same port again', async () => {
  site.proxy.refuse();
  assert.match(await seen({}), /ECONNREFUSED|ECONNRESET/);
  assert.equal(await seen({}), 'ECONNREFUSED');
  await site.proxy.heal();
  assert.equal(await seen({}), '200, a body');
});
