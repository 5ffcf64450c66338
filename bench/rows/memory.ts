import { request } from 'undici';
import { type Backend, startBackend } from '../backend.ts';
import { alone, describe, type Result, type Row, withParts } from './row.ts';

/** What an empty process holds; measured before there are machines. */
let empty = 0;

/** What the process holds of each machine, against the bytes of the JSON that it answers for it. */
export const memory: Row = {
  name: 'memory',
  stages: [alone(0), alone(50_000), withParts(50_000)],
  async measure({ cluster, progress }, stage): Promise<Result[]> {
    const backend = await startBackend(cluster.controlPlane.kubeconfig);
    const held = await backend.heldBytes();
    const answered = await answeredBytes(backend);
    await backend.stop();
    progress(`${megabytes(held)} held, ${megabytes(answered)} answered`);
    if (stage.machines === 0) {
      empty = held;
      return [];
    }
    const perMachine = (held - empty) / stage.machines;
    const json = answered / stage.machines;
    const ratio = perMachine / json;
    const most = stage.parts ? 3 : 2;
    return [
      {
        what: `bytes held a machine, ${describe(stage)}`,
        ours: perMachine.toFixed(0),
        ceiling: json.toFixed(0),
        ratio: ratio.toFixed(2),
        aim: `≤ ${most}`,
        reached: ratio <= most,
      },
    ];
  },
};

/** Of all statuses, as a client reads them. */
async function answeredBytes({ url }: Backend): Promise<number> {
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
