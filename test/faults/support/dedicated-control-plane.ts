import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { Agent, request } from 'undici';
import { type ControlPlane, startControlPlane } from '../../../dev/control-plane.ts';
import { applyCrd } from '../../../dev/crd.ts';
import { until } from '../../support/until.ts';

const CRD = join(import.meta.dirname, '../../../crd/devmachine-crd.yaml');

/** A control plane for one test file, which may stop, kill and restore its processes. */
export interface DedicatedControlPlane extends ControlPlane {
  /** Copies etcd's data; resolves with a function that restores it. Both restart etcd and the API server. */
  backup(): Promise<() => Promise<void>>;
  /** Compacts etcd's history: only the present versions remain. */
  compact(): Promise<void>;
  remove(): Promise<void>;
}

export async function startDedicatedControlPlane(): Promise<DedicatedControlPlane> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir });
  const { etcd, apiserver } = controlPlane;
  await applyCrd(controlPlane, CRD);
  const copy = join(stateDir, 'backup');
  const whileStopped = async (task: () => Promise<void>) => {
    await apiserver.kill('SIGKILL');
    await etcd.stop();
    await task();
    await etcd.start();
    await apiserver.start();
  };
  return {
    ...controlPlane,
    async backup() {
      await whileStopped(() => cp(etcd.dataDir, copy, { recursive: true }));
      return () =>
        whileStopped(async () => {
          await rm(etcd.dataDir, { recursive: true });
          await cp(copy, etcd.dataDir, { recursive: true });
        });
    },
    compact: () => compact(controlPlane),
    async remove() {
      await controlPlane.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Starts one before the tests of the file and removes it after them. The result is available within tests. */
export function useDedicatedControlPlane(): () => DedicatedControlPlane {
  let controlPlane: DedicatedControlPlane | undefined;
  before(async () => {
    controlPlane = await startDedicatedControlPlane();
  });
  after(() => controlPlane?.remove());
  return () => controlPlane ?? assert.fail('the control plane has not started');
}

/** Uses etcd's JSON gateway, which needs no etcd client. */
async function compact({ etcd, pki }: ControlPlane): Promise<void> {
  const { cert, key } = pki.etcdClient;
  const dispatcher = new Agent({ connect: { ca: pki.etcdCa.cert, cert, key } });
  const post = async (path: string, message: object) => {
    const { statusCode, body } = await request(`${etcd.url}${path}`, {
      method: 'POST',
      dispatcher,
      body: JSON.stringify(message),
    });
    const response = (await body.json()) as { header?: { revision: string } };
    assert.equal(statusCode, 200, JSON.stringify(response));
    return response.header?.revision;
  };
  try {
    const revision = await post('/v3/kv/range', { key: Buffer.from('nothing').toString('base64') });
    await post('/v3/kv/compaction', { revision, physical: true });
  } finally {
    await dispatcher.close();
  }
}

/** Repeats `write` until it succeeds: an API server that is ready may refuse writes until it has reconnected to etcd. */
export async function retryWrite(write: () => Promise<void>): Promise<void> {
  const succeeds = () =>
    write().then(
      () => true,
      () => false,
    );
  await until('a write to succeed', succeeds, { timeoutMs: 60_000 });
}
