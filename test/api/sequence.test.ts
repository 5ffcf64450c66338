import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { ingress } from '../status/ingress-objects.ts';
import {
  condition,
  deployment,
  endpointSlice,
  type Owner,
  pod,
  pvc,
  running,
  waiting,
} from '../status/objects.ts';
import { collection, makeReal, type Real } from '../status/real.ts';
import { type Api, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { isSynced, openStream } from '../support/streams.ts';
import { until } from '../support/until.ts';

type Step = () => Promise<unknown>;

/** The steps that a cluster takes for a machine. Those in `last` may come in any order. */
function stepsOf(cluster: ClusterClient, { put }: Real, owner: Owner): { first: Step[]; last: Step[] } {
  const uids = new Map<string, string>();
  const { name, namespace } = owner;
  const setPodStatus = (options: Parameters<typeof pod>[1]): Step => {
    const path = `${collection('Pod', namespace)}/${name}-a/status`;
    return () => mergePatch(cluster, path, { status: pod(owner, options).status });
  };
  const creating = waiting('ContainerCreating');
  return {
    first: [
      () => put(pvc(owner, 'Pending'), uids),
      () => put(deployment(owner, { status: { replicas: 0, updatedReplicas: 0, readyReplicas: 0 } }), uids),
      () =>
        put(
          pod(owner, { node: null, conditions: [condition('PodScheduled', 'False', 'Unschedulable')] }),
          uids,
        ),
      setPodStatus({ machine: creating }),
      setPodStatus({ machine: running(false) }),
      setPodStatus({}),
    ],
    last: [
      () => put(endpointSlice(owner), uids),
      () => put(ingress(owner), uids),
      () =>
        mergePatch(cluster, `${collection('Deployment', namespace)}/${name}/status`, {
          status: deployment(owner).status,
        }),
    ],
  };
}

test('from POST to Running, the stream and polling report the phases in order and end with the same document', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t, { WATCH_NAMESPACES: namespace });
  const real = await makeReal(cluster, api, namespace);
  for (let round = 0; round < 6; round++) await startMachine(`m-${round}`, round);

  async function startMachine(name: string, round: number): Promise<void> {
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
    // Each round delays another one of the last steps to the end.
    const delayed = last[round % last.length];
    for (const step of [...first, ...last.filter((one) => one !== delayed)]) await step();
    assert.ok(stream.events.every(({ data }) => data.phase !== 'Running'));
    await delayed?.();

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
    const polledDocuments = await polled;
    assert.deepEqual(
      phases(polledDocuments).filter((phase) => phase !== 'Pending'),
      ['Starting', 'Running'],
    );
    assert.deepEqual(documents.at(-1), polledDocuments.at(-1));
    t.diagnostic(`${documents.length} streamed, ${polledDocuments.length} polled: ${reasons(documents)}`);
    stream.close();
  }
});

/** Polls the status until the phase is Running, and returns all documents. */
// biome-ignore lint/suspicious/noExplicitAny: the test asserts on the fields that it needs
async function poll(api: Api, namespace: string, name: string): Promise<any[]> {
  // biome-ignore lint/suspicious/noExplicitAny: the test asserts on the fields that it needs
  const documents: any[] = [];
  await until('phase Running', async () => {
    const { body } = await api.status(namespace, name);
    documents.push(body);
    return body.phase === 'Running';
  });
  return documents;
}

const reasons = (documents: { reason: string }[]): string =>
  documents
    .map(({ reason }) => reason)
    .filter((reason, at, all) => reason !== all[at - 1])
    .join(' → ');
