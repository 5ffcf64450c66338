import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from './backend.ts';
import type { DedicatedControlPlane } from './dedicated-control-plane.ts';
import type { Environment } from './environment.ts';
import type { RequestKind } from './exchange.ts';
import {
  blackHole,
  byteByByte,
  closesImmediately,
  dropsBookmarks,
  EXPIRED,
  errorEvent,
  type Fault,
  forbids,
  isInsideCharacter,
  mapLines,
  repeatsEvents,
  replaysEvents,
  resets,
  responds,
  sendsFirst,
  slow,
  splitBefore,
  statusObject,
  throttles,
} from './faults.ts';

/** The faults of a campaign. */
export interface CampaignFault {
  readonly name: string;
  /** Injects the fault for `ms` if it has a duration; resolves when the proxy is to be healed. */
  readonly inject: (context: CampaignContext, ms: number) => Promise<void>;
}

interface CampaignContext {
  readonly environment: Environment;
  readonly backend: Backend;
  readonly controlPlane: DedicatedControlPlane;
}

const onRequests = (name: string, fault: Fault, kind?: RequestKind): CampaignFault => ({
  name: `${name}, ${kind ?? 'all'}`,
  async inject({ environment: { proxy } }, ms) {
    const filter = kind ? { kind } : {};
    proxy.inject(fault, filter);
    proxy.cut(filter);
    await sleep(ms);
  },
});

const onConnections = (name: string, method: 'cut' | 'reset' | 'hold'): CampaignFault => ({
  name,
  async inject({ environment: { proxy } }, ms) {
    const held = proxy.exchanges();
    for (const exchange of held) exchange[method]();
    await sleep(ms);
    for (const exchange of held) exchange.release();
  },
});

const refused = (name: string, durationMs?: number): CampaignFault => ({
  name,
  async inject({ environment: { proxy } }, ms) {
    proxy.refuse();
    await sleep(durationMs ?? ms);
  },
});

const restarted = (
  name: string,
  component: 'etcd' | 'apiserver',
  prepare = async (_: DedicatedControlPlane) => {},
): CampaignFault => ({
  name,
  async inject({ controlPlane }) {
    await prepare(controlPlane);
    await controlPlane[component].kill('SIGKILL');
    await controlPlane[component].start();
  },
});

const invalidLines = mapLines((line, previous) => (previous.length % 5 === 4 ? ['not JSON', line] : [line]));

export const REFUSED_FOR_TWO_MINUTES = refused('connections refused for 2 min', 120_000);

export const FAULT_CATALOGUE: readonly CampaignFault[] = [
  onConnections('FIN', 'cut'),
  onConnections('RST', 'reset'),
  onConnections('responses held, then released', 'hold'),
  refused('connections refused'),
  ...(['watch', 'list', 'write', undefined] as const).flatMap((kind) => [
    onRequests('500', responds(500, 'broken'), kind),
    onRequests('429', throttles(1), kind),
    onRequests('403', forbids, kind),
    onRequests('401', responds(401, statusObject(401, 'Unauthorized', 'Unauthorized')), kind),
    onRequests('200 with HTML', responds(200, '<html>Please log in</html>'), kind),
    onRequests('200 and closed', closesImmediately, kind),
    onRequests('black hole', blackHole, kind),
    onRequests('reset', resets, kind),
    onRequests('50 KB/s', slow(50_000), kind),
  ]),
  onRequests('410', responds(410, EXPIRED), 'watch'),
  onRequests('410 in the stream', sendsFirst(errorEvent(EXPIRED)), 'watch'),
  onRequests('500 in the stream', sendsFirst(errorEvent(statusObject(500, 'InternalError', 'x'))), 'watch'),
  onRequests('no bookmarks', dropsBookmarks, 'watch'),
  onRequests('repeated events', repeatsEvents, 'watch'),
  onRequests('replayed events', replaysEvents, 'watch'),
  onRequests('invalid lines', invalidLines, 'watch'),
  onRequests('byte by byte', byteByByte, 'watch'),
  onRequests('split characters', splitBefore(isInsideCharacter), 'watch'),
  restarted('apiserver killed', 'apiserver'),
  restarted('compacted, apiserver killed', 'apiserver', (controlPlane) => controlPlane.compact()),
  restarted('etcd killed', 'etcd'),
  {
    name: 'apiserver suspended',
    async inject({ controlPlane: { apiserver } }, ms) {
      await apiserver.kill('SIGSTOP');
      await sleep(ms).finally(() => apiserver.kill('SIGCONT'));
    },
  },
  {
    name: 'etcd restored',
    async inject({ controlPlane, backend }, ms) {
      const restore = await controlPlane.backup();
      // The load must write enough that the restored cluster is behind: an API server that starts writes a lot itself.
      await sleep(ms + 5_000);
      backend.allowRepeats(true);
      await restore();
    },
  },
];
