import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '../backend.ts';
import { machineKey, NAMESPACES } from '../cluster/objects.ts';
import { LOAD } from '../cores.ts';
import { loadReads } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { atLeast, bytes, ms, perSecond } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const TOKENS = 10_000;
const ON = { AUTH_MODE: 'kubernetes', RATE_LIMIT_PER_MINUTE: '0' };

interface FirstUses {
  /** Milliseconds for each token. */
  readonly perToken: number;
}

/** Status reads with a token, against the same reads without authentication; and the first use of many tokens. */
export const authentication: Row = {
  name: 'authentication',
  stages: [machinesOnly(10_000)],
  async measure({ cluster, rounds, profileDir }, { machines }) {
    const { kubeconfig, server, tls, stateDir } = cluster.controlPlane;
    const file = join(stateDir, 'tokens.json');
    const tokens = await cluster.createTokens(TOKENS);
    await writeFile(file, JSON.stringify(tokens), { mode: 0o600 });
    const on = await startBackend(kubeconfig, profileFlags(profileDir, 'authentication'), ON);
    const off = await startBackend(kubeconfig);
    const authorization = `Bearer ${tokens[0]}`;
    const [ours = [], theirs = []] = await inRounds(rounds, [
      async () => {
        await untilReviewed(on.url, authorization);
        return loadReads(on, machines, authorization);
      },
      () => loadReads(off, machines),
    ]);
    await off.stop();
    const before = await on.heldBytes();
    const backend = await runProgram<FirstUses>('tokens', LOAD, { server, tls, file, url: on.url });
    const perToken = ((await on.heldBytes()) - before) / TOKENS;
    const direct = await runProgram<FirstUses>('tokens', LOAD, { server, tls, file });
    await on.stop();
    return [
      {
        title: 'status reads per second, with a token / without authentication',
        ours: ours.map((one) => one.perSecond),
        ceiling: theirs.map((one) => one.perSecond),
        format: perSecond,
        target: atLeast(0.8),
      },
      {
        title: `first use of ${TOKENS.toLocaleString('en')} tokens, 16 at a time, per token / both reviews alone`,
        ours: [backend.perToken],
        ceiling: [direct.perToken],
        format: ms,
      },
      { title: 'bytes in memory per token', ours: [perToken], format: bytes },
    ];
  },
};

/** Reads once in each namespace, so that the cluster has been asked about the token; a review is kept for 30 s. */
async function untilReviewed(url: string, authorization: string): Promise<void> {
  for (let index = 0; index < NAMESPACES; index++) {
    const query = new URLSearchParams(machineKey(index));
    const response = await fetch(`${url}/api/v1/devmachines/status?${query}`, { headers: { authorization } });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
  }
}
