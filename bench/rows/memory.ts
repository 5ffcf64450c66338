import { request } from 'undici';
import { type Backend, startBackend } from '../backend.ts';
import { atMost, bytes, type Measured } from '../result.ts';
import { describe, machinesOnly, type Row, withDependents } from './row.ts';

/** The memory of a backend without machines, measured at the first stage. */
let emptyBytes = 0;

/** The memory per machine, against the size of its JSON in responses. */
export const memory: Row = {
  name: 'memory',
  stages: [machinesOnly(0), machinesOnly(50_000), withDependents(50_000)],
  async measure({ cluster, progress }, stage): Promise<Measured[]> {
    const backend = await startBackend(cluster.controlPlane.kubeconfig);
    const held = await backend.heldBytes();
    const json = await jsonBytes(backend);
    await backend.stop();
    progress(`${megabytes(held)} in memory, ${megabytes(json)} of JSON`);
    if (stage.machines === 0) {
      emptyBytes = held;
      return [];
    }
    return [
      {
        title: `bytes in memory per machine, ${describe(stage)}`,
        ours: [(held - emptyBytes) / stage.machines],
        ceiling: [json / stage.machines],
        format: bytes,
        target: atMost(stage.dependents ? 2.5 : 1.5),
      },
    ];
  },
};

/** The size of all statuses, as a client reads them. */
async function jsonBytes({ url }: Backend): Promise<number> {
  let bytes = 0;
  let token = '';
  do {
    const { body } = await request(
      `${url}/api/v1/devmachines?limit=500${token && `&continue=${encodeURIComponent(token)}`}`,
    );
    const text = await body.text();
    const page = JSON.parse(text) as { items: unknown[]; continue?: string };
    bytes += Buffer.byteLength(text) - '{"items":[],"remaining":0}'.length;
    token = page.continue ?? '';
  } while (token);
  return bytes;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
