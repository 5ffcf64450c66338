import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import type { Connection } from '../../src/kube/client/transport.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import {
  claim,
  condition,
  deployment,
  ingress,
  type Owner,
  pod,
  running,
  slice,
  waiting,
} from '../status/objects.ts';
import { collection, makeReal, type Real } from '../status/real.ts';
import { type Api, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { isSynced, openStream } from '../support/streams.ts';
import { until } from '../support/until.ts';

type Step = () => Promise<unknown>;

/** What the cluster does for a machine. The last steps may happen in any order. */
function stepsOf(cluster: Connection, { put }: Real, owner: Owner): { first: Step[]; last: Step[] } {
  const uids = new Map<string, string>();
  const { name, namespace } = owner;
  const podIs = (options: Parameters<typeof pod>[1]): Step => {
    const path = `${collection('Pod', namespace)}/${name}-a/status`;
    return () => mergePatch(cluster, path, { status: pod(owner, options).status });
  };
  const creating = waiting('ContainerCreating');
  return {
    first: [
      () => put(claim(owner, 'Pending'), uids),
      () => put(deployment(owner, { status: { replicas: 0, updatedReplicas: 0, readyReplicas: 0 } }), uids),
      () =>
        put(
          pod(owner, { node: null, conditions: [condition('PodScheduled', 'False', 'Unschedulable')] }),
          uids,
        ),
      podIs({ machine: creating }),
      podIs({ machine: running(false) }),
      podIs({}),
    ],
    last: [
      () => put(slice(owner), uids),
      () => put(ingress(owner), uids),
      () =>
        mergePatch(cluster, `${collection('Deployment', namespace)}/${name}/status`, {
          status: deployment(owner).status,
        }),
    ],
  };
}

test('from POST to Running, documents never go back and are never ahead of the endpoint', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace });
  const real = await makeReal(cluster, api, namespace);
  for (let round = 0; round < 6; round++) await live(`m-${round}`, round);

  async function live(name: string, round: number): Promise<void> {
    const stream = await openStream(t, api.url, { namespace, name });
    await stream.until(isSynced);
    const host = `${name}.${namespace}.example.com`;
    const created = await api.create(namespace, name, { ...EXAMPLE_SPEC, ingressDomain: host });
    assert.equal(created.status, 201);
    const { uid } = created.body.metadata;
    const owner: Owner = { name, namespace, host, uid, specDigest: specDigest(created.body.spec) };
    const { first, last } = stepsOf(cluster, real, owner);
    const polled = poll(api, namespace, name);
    const waited = api.call(
      'GET',
      `/api/v1/devmachines/status?${new URLSearchParams({ namespace, name, waitFor: 'Running', timeoutSeconds: '30' })}`,
    );
    // Each of the last steps comes last once.
    const final = last[round % last.length];
    for (const step of [...first, ...last.filter((one) => one !== final)]) await step();
    assert.ok(stream.events.every(({ data }) => data.phase !== 'Running'));
    await final?.();

    await stream.until(({ events }) => events.at(-1)?.data.phase === 'Running');
    const { body } = await waited;
    assert.deepEqual(
      [body.phase, body.url],
      ['Running', `http${body.resources.ingress.tls ? 's' : ''}://${host}/`],
    );
    const documents = stream.events.filter(({ event }) => event === 'status').map(({ data }) => data);
    const phases = (list: { phase: string }[]) =>
      list.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);
    assert.deepEqual(phases(documents), ['Pending', 'Starting', 'Running']);
    const answers = await polled;
    assert.deepEqual(
      phases(answers).filter((phase) => phase !== 'Pending'),
      ['Starting', 'Running'],
    );
    assert.deepEqual(documents.at(-1), answers.at(-1));
    t.diagnostic(`${documents.length} streamed, ${answers.length} polled: ${reasons(documents)}`);
    stream.close();
  }
});

/** The statuses up to the first one that is Running. */
// biome-ignore lint/suspicious/noExplicitAny: the test says what it expects of them
async function poll(api: Api, namespace: string, name: string): Promise<any[]> {
  // biome-ignore lint/suspicious/noExplicitAny: the test says what it expects of them
  const answers: any[] = [];
  await until('phase Running', async () => {
    const { body } = await api.status(namespace, name);
    answers.push(body);
    return body.phase === 'Running';
  });
  return answers;
}

const reasons = (documents: { reason: string }[]): string =>
  documents
    .map(({ reason }) => reason)
    .filter((reason, at, all) => reason !== all[at - 1])
    .join(' → ');
