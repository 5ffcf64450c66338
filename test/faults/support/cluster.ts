import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { type ControlPlane, startControlPlane } from '../../../dev/control-plane.ts';
import { applyCrd } from '../../../dev/crd.ts';
import { until } from '../../support/until.ts';

const CRD = join(import.meta.dirname, '../../../crd/devmachine-crd.yaml');

/** A control plane to stop, to kill and to turn back in time: nobody else's. */
export interface OwnControlPlane extends ControlPlane {
  /** What is stored now; resolves with the way back to it. Both take a restart. */
  backup(): Promise<() => Promise<void>>;
  /** Makes etcd forget all versions but the present ones. */
  compact(): Promise<void>;
  remove(): Promise<void>;
}

export async function startOwnControlPlane(): Promise<OwnControlPlane> {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir });
  const { etcd, apiserver } = controlPlane;
  await applyCrd(controlPlane, CRD);
  const copy = join(stateDir, 'backup');
  const whileStopped = async (deed: () => Promise<void>) => {
    await apiserver.kill('SIGKILL');
    await etcd.stop();
    await deed();
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

/** Through etcd's gateway, for which no client is needed. */
async function compact({ etcd, pki }: ControlPlane): Promise<void> {
  const { cert, key } = pki.etcdClient;
  const dispatcher = new Agent({ connect: { ca: pki.etcdCa.cert, cert, key } });
  const post = async (path: string, body: object) => {
    const reply = await request(`${etcd.url}${path}`, {
      method: 'POST',
      dispatcher,
      body: JSON.stringify(body),
    });
    const answer = (await reply.body.json()) as { header?: { revision: string } };
    assert.equal(reply.statusCode, 200, JSON.stringify(answer));
    return answer.header?.revision;
  };
  try {
    const revision = await post('/v3/kv/range', { key: Buffer.from('nothing').toString('base64') });
    await post('/v3/kv/compaction', { revision, physical: true });
  } finally {
    await dispatcher.close();
  }
}

/** An apiserver that is ready may still refuse a write, until it has found its store again. */
export async function waitForWrites(write: () => Promise<void>): Promise<void> {
  const succeeds = () =>
    write().then(
      () => true,
      () => false,
    );
  await until('a write to succeed', succeeds, { timeoutMs: 60_000 });
}
