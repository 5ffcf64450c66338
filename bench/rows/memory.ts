import { request } from 'undici';
import { type Backend, startBackend } from '../backend.ts';
import { describe, machinesOnly, type Result, type Row, withDependents } from './row.ts';

/** The memory of a backend without machines, measured at the first stage. */
let emptyBytes = 0;

/** The memory per machine, against the size of its JSON in responses. */
export const memory: Row = {
  name: 'memory',
  stages: [machinesOnly(0), machinesOnly(50_000), withDependents(50_000)],
  async measure({ cluster, progress }, stage): Promise<Result[]> {
    const backend = await startBackend(cluster.controlPlane.kubeconfig);
    const held = await backend.heldBytes();
    const json = await jsonBytes(backend);
    await backend.stop();
    progress(`${megabytes(held)} in memory, ${megabytes(json)} of JSON`);
    if (stage.machines === 0) {
      emptyBytes = held;
      return [];
    }
    const perMachine = (held - emptyBytes) / stage.machines;
    const jsonPerMachine = json / stage.machines;
    const ratio = perMachine / jsonPerMachine;
    const maxRatio = stage.dependents ? 3 : 2;
    return [
      {
        title: `bytes in memory per machine, ${describe(stage)}`,
        ours: perMachine.toFixed(0),
        ceiling: jsonPerMachine.toFixed(0),
        ratio: ratio.toFixed(2),
        target: `≤ ${maxRatio}`,
        reached: ratio <= maxRatio,
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
