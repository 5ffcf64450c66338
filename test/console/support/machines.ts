import assert from 'node:assert/strict';
import type { Api } from '../../support/api.ts';
import { waitFor } from '../../support/workloads.ts';

export const SPEC = {
  template: 'vscode-cpu',
  cpu: 2,
  memory: '4Gi',
  storage: { size: '20Gi' },
} as const;

/** Creates a machine and waits until it is in a phase. */
export async function createMachine(
  api: Api,
  namespace: string,
  name: string,
  spec: object = SPEC,
  phase = 'Running',
): Promise<void> {
  const { status, body } = await api.create(namespace, name, spec);
  assert.equal(status, 201, JSON.stringify(body));
  await waitFor(
    `${name} to be ${phase}`,
    async () => (await api.status(namespace, name)).body.phase === phase,
  );
}
