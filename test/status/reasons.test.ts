import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASON_NAMES } from '../../src/devmachine/status/reasons.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace } from '../support/cluster.ts';
import { makeReal, type Real } from './real.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { hasUrl, type Scenario } from './scenarios/scenario.ts';

/** How soon after the last change of an object the status must show its reason. */
const SOON_MS = 2_000;

test('objects in a real cluster lead to each reason', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'status');
  const api = await startReadyApi(t);
  const real = await makeReal(cluster, api, namespace);
  const lines: string[] = [];
  const seen = new Set<string>();

  const queue = SCENARIOS.entries();
  const work = async () => {
    for (const [number, scenario] of queue) {
      const name = `m-${number}`;
      const changedAt = await real.make(name, scenario);
      const ms = await appears(real, name, scenario, changedAt);
      seen.add(scenario.reason);
      lines.push(
        `${`${scenario.phase} ${scenario.reason}`.padEnd(29)} | ${scenario.cause.padEnd(76)} | seen after ${ms} ms`,
      );
    }
  };
  await Promise.all([work(), work(), work(), work()]);

  for (const line of lines.sort()) t.diagnostic(line);
  // visibility.test.ts covers PartUnknown.
  assert.deepEqual(
    REASON_NAMES.filter((reason) => !seen.has(reason)),
    ['PartUnknown'],
  );
});

async function appears(real: Real, name: string, scenario: Scenario, changedAt: number): Promise<number> {
  for (;;) {
    const { body } = await real.status(name);
    const took = Math.round(performance.now() - changedAt);
    const isSeen =
      body.reason === scenario.reason && body.phase === scenario.phase && scenario.message.test(body.message);
    const what = `${name}, ${scenario.cause}: ${body.phase} ${body.reason}: ${body.message}`;
    if (isSeen) {
      assert.match(body.hint, scenario.hint ?? /./, what);
      assert.equal(body.url !== undefined, hasUrl(scenario), what);
      assert.ok(!JSON.stringify(body).includes('hunter2'), what);
      return took;
    }
    assert.ok(took < SOON_MS, `not seen within ${SOON_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
