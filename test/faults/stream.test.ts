import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { mergePatch } from '../support/cluster.ts';
import { type DiagnosisContext, type Drill, runDrills } from './support/drill.ts';
import {
  byteByByte,
  type Fault,
  isInsideCharacter,
  perLine,
  repeatsThePast,
  saysTwice,
  slow,
  splitBefore,
  swallowsBookmarks,
} from './support/faults.ts';
import { WATCHES } from './support/stack.ts';

/** What becomes of the bytes and lines of a watch on their way. */

const watches = { kind: 'watch' } as const;

/** The cluster and the backend agree while the fault lasts, not only afterwards; and nobody has to list for it. */
const harmless = (fault: Fault, times?: number) => async (context: DiagnosisContext) => {
  const { proxy, changes, agree } = context;
  const listed = proxy.asked({ kind: 'list' }).length;
  const injected = proxy.inject(fault, watches, times);
  for (const exchange of proxy.open(watches)) exchange.cut();
  await changes(60);
  await agree();
  assert.ok(injected.met() > 0);
  assert.equal(proxy.asked({ kind: 'list' }).length, listed);
};

/** In the place of the second line. */
const junk = (text: string) =>
  harmless(
    perLine((line, before) => [before.length === 1 ? text : line]),
    WATCHES,
  );

const drills: Drill[] = [
  { fault: 'every byte alone', expected: 'no difference', during: harmless(byteByByte) },
  {
    fault: 'cut inside every UTF-8 character',
    expected: 'no difference',
    during: harmless(splitBefore(isInsideCharacter)),
  },
  {
    fault: 'cut before and after every newline',
    expected: 'no difference',
    during: harmless(splitBefore((byte) => byte === 0x0a || byte === 0x7b)),
  },
  { fault: '20 KB/s', expected: 'late, not wrong', during: harmless(slow(20_000)) },
  { fault: 'bookmarks never come', expected: 'no difference', during: harmless(swallowsBookmarks) },
  { fault: 'every event twice', expected: 'subscribers hear of it once', during: harmless(saysTwice) },
  {
    fault: 'old events after new ones',
    expected: 'what is older is dropped',
    during: harmless(repeatsThePast),
  },
  {
    fault: 'junk instead of JSON',
    expected: 'a new watch from the last event, no list',
    during: junk('<html>502 Bad Gateway</html>'),
  },
  {
    fault: 'JSON that is no event',
    expected: 'a new watch from the last event, no list',
    during: junk('{"kind":"Status","code":500}'),
  },
  {
    fault: 'a 1.4 MB object, slowly and in pieces',
    expected: 'no difference; nothing of it is kept that no answer needs',
    async during(context) {
      const { proxy, direct, world, agree } = context;
      const name = 'large';
      await world.make(name);
      proxy.inject(splitBefore(isInsideCharacter), watches);
      for (const exchange of proxy.open(watches)) exchange.cut();
      const manifest = `東京 ${'x'.repeat(1_400_000)} 🚀`;
      const path = `${machinePath({ namespace: world.namespace, name })}/status`;
      const reply = await mergePatch(direct, path, { status: { deployedRelease: { name, manifest } } });
      assert.equal(reply.status, 200, JSON.stringify(reply.body).slice(0, 500));
      await world.change(name);
      await agree();
      await sleep(0);
      assert.ok(
        !JSON.stringify(context.stack.cache.store(world.namespace)?.get(world.namespace, name)).includes(
          'xxxx',
        ),
      );
    },
  },
];

runDrills(drills);
