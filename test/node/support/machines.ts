import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Api, startReadyApi } from '../../support/api.ts';
import { kubectl } from './cluster.ts';
import { exec, namespaceOf } from './pods.ts';

/** How long a machine may take from its creation to its URL: containers start, and the IDE does. */
const START_SECONDS = 120;

/** Starts an API, and returns functions for the machine `name` in a namespace of its own. */
export async function machineOf(t: TestContext, name = 'my-machine') {
  const api = await startReadyApi(t);
  const namespace = await namespaceOf(t);
  return { api, namespace, name, ...callsFor(api, namespace, name) };
}

function callsFor(api: Api, namespace: string, name: string) {
  const query = `namespace=${namespace}&name=${name}`;
  const status = async () => (await api.status(namespace, name)).body;
  const waitFor = async (phase: string) => {
    const path = `/api/v1/devmachines/status?${query}&waitFor=${phase}&timeoutSeconds=${START_SECONDS}`;
    const { body } = await api.call('GET', path);
    assert.equal(body.phase, phase, JSON.stringify(body));
    return body;
  };
  return {
    status,
    /** Resolves to the status when the machine is Running. */
    running: () => waitFor('Running'),
    create: async (spec: object) => {
      const { status: code, body } = await api.create(namespace, name, spec);
      assert.equal(code, 201, JSON.stringify(body));
    },
    power: async (action: 'stop' | 'start' | 'restart') => {
      const { status: code } = await api.call('POST', `/api/v1/devmachines/${action}?${query}`);
      assert.equal(code, 202);
    },
    password: async () => {
      const text = await kubectl(
        '-n',
        namespace,
        'get',
        `secret/${name}-access`,
        '-o',
        'jsonpath={.data.password}',
      );
      return Buffer.from(text, 'base64').toString();
    },
    pods: async (): Promise<string[]> => {
      const selector = `ide.example.com/devmachine=${name}`;
      const output = await kubectl('-n', namespace, 'get', 'pods', '-l', selector, '-o', 'name');
      return output.split('\n').filter((line) => line !== '');
    },
    /** Runs a script with the shell in the machine. */
    exec: async (script: string) => exec(namespace, `deployment/${name}`, script, 'machine'),
  };
}
