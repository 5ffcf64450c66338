import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { connect } from '../support/cluster.ts';
import { imageFailures } from './failures/images.ts';
import { PROCESS_FAILURES } from './failures/processes.ts';
import { SURROUNDINGS_FAILURES } from './failures/surroundings.ts';
import { startFaultyServers } from './support/faulty-servers.ts';
import { apply, namespaceOf } from './support/pods.ts';
import { followReports, followsReport } from './support/reports.ts';

/** Machines that cannot run on a real node, each for a real cause. The status must say why soon after the kubelet. */

test('the status says why a machine does not run', { concurrency: true }, async (t) => {
  const api = await startReadyApi(t);
  const { deletedImage } = await startFaultyServers(t);
  const failures = [...imageFailures(deletedImage), ...PROCESS_FAILURES, ...SURROUNDINGS_FAILURES];
  const reports = await followReports(t, connect(t), api.url);
  const rows: string[] = [];
  const tests = failures.map(({ cause, spec, objects = [], steps }) =>
    t.test(cause, async (t) => {
      const namespace = await namespaceOf(t);
      await apply(namespace, ...objects);
      const { status, body } = await api.create(namespace, 'machine', spec);
      assert.equal(status, 201, JSON.stringify(body));
      let since = 0;
      for (const step of steps) {
        const { at, row } = await followsReport(reports, namespace, step, since);
        rows.push(`${cause} | ${row}`);
        since = at;
      }
    }),
  );
  await Promise.all(tests);
  for (const row of rows.toSorted()) t.diagnostic(row);
});
