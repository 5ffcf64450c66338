import assert from 'node:assert/strict';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { mergePatch } from '../support/cluster.ts';
import { WATCH_COUNT } from './support/backend.ts';
import { LISTS, WATCHES } from './support/exchange.ts';
import {
  byteByByte,
  dropsBookmarks,
  type Fault,
  isInsideCharacter,
  mapLines,
  repeatsEvents,
  replaysEvents,
  slow,
  splitBefore,
} from './support/faults.ts';
import { runScenarios, type Scenario, type ScenarioContext } from './support/scenario.ts';

/** Changes to the bytes and lines of a watch. */

/** The backend must converge during the fault, not only after it, and without a list. */
const harmless = (fault: Fault, times?: number) => async (context: ScenarioContext) => {
  const { proxy, write, converge } = context;
  const listsBefore = proxy.requests(LISTS).length;
  const injected = proxy.inject(fault, WATCHES, times);
  proxy.cut(WATCHES);
  await write(60);
  await converge();
  assert.ok(injected.hits() > 0);
  assert.equal(proxy.requests(LISTS).length, listsBefore);
};

/** Replaces the second line of each watch. */
const invalidLine = (text: string) =>
  harmless(
    mapLines((line, previous) => [previous.length === 1 ? text : line]),
    WATCH_COUNT,
  );

const scenarios: Scenario[] = [
  { fault: 'one byte at a time', expected: 'no effect', during: harmless(byteByByte) },
  {
    fault: 'split inside every UTF-8 character',
    expected: 'no effect',
    during: harmless(splitBefore(isInsideCharacter)),
  },
  {
    fault: 'split before and after every newline',
    expected: 'no effect',
    during: harmless(splitBefore((byte) => byte === 0x0a || byte === 0x7b)),
  },
  { fault: '20 KB/s', expected: 'late, but correct', during: harmless(slow(20_000)) },
  { fault: 'no bookmarks', expected: 'no effect', during: harmless(dropsBookmarks) },
  {
    fault: 'every event twice',
    expected: 'subscribers receive it once',
    during: harmless(repeatsEvents),
  },
  {
    fault: 'earlier events again after each event',
    expected: 'older versions are dropped',
    during: harmless(replaysEvents),
  },
  {
    fault: 'a line that is not JSON',
    expected: 'a new watch from the last event, without a list',
    during: invalidLine('<html>502 Bad Gateway</html>'),
  },
  {
    fault: 'a line of JSON that is not an event',
    expected: 'a new watch from the last event, without a list',
    during: invalidLine('{"kind":"Status","code":500}'),
  },
  {
    fault: 'an object of 1 MB in pieces',
    expected: 'no effect; fields that no response needs are not kept in memory',
    async during({ proxy, direct, namespace, writer, backend, converge }) {
      const name = 'large';
      await writer.createMachine(name);
      proxy.inject(splitBefore(isInsideCharacter), WATCHES);
      proxy.cut(WATCHES);
      const labels = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`l${i}`, 'x'.repeat(63)]));
      const annotations = { text: `東京 ${'x'.repeat(200_000)} 🚀` };
      const path = machinePath({ namespace, name });
      const { status, body } = await mergePatch(direct, path, { metadata: { labels, annotations } });
      assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
      assert.ok(JSON.stringify(body).length > 1_000_000);
      await writer.updateMachine(name);
      await converge();
      const cached = JSON.stringify(backend.cache.store(namespace)?.get(namespace, name));
      assert.ok(!cached.includes('xxxx'));
    },
  },
];

runScenarios(scenarios);
