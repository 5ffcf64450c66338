import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnControlPlane } from './cluster.ts';
import type { Kind } from './exchange.ts';
import {
  answers,
  blackHole,
  byteByByte,
  closesAtOnce,
  errorEvent,
  type Fault,
  isInsideCharacter,
  perLine,
  repeatsThePast,
  resets,
  saysFirst,
  saysTwice,
  slow,
  splitBefore,
  status,
  swallowsBookmarks,
  TOO_OLD,
} from './faults.ts';
import type { Site } from './site.ts';
import type { Stack } from './stack.ts';

/** What a campaign chooses from. */
export interface Dish {
  readonly name: string;
  /** Resolves when the fault is to be healed; `ms` is how long one should last that can last. */
  readonly serve: (table: Table, ms: number) => Promise<void>;
}

interface Table {
  readonly site: Site;
  readonly stack: Stack;
  readonly cluster: OwnControlPlane;
}

const onRequests = (name: string, fault: Fault, kind?: Kind): Dish => ({
  name: `${name}, ${kind ?? 'all'}`,
  async serve({ site: { proxy } }, ms) {
    const where = kind ? { kind } : {};
    proxy.inject(fault, where);
    for (const exchange of proxy.open(where)) exchange.cut();
    await sleep(ms);
  },
});

const toOpen = (name: string, how: 'cut' | 'reset' | 'hold'): Dish => ({
  name,
  async serve({ site: { proxy } }, ms) {
    const held = proxy.open();
    for (const exchange of held) exchange[how]();
    await sleep(ms);
    for (const exchange of held) exchange.release();
  },
});

const refused = (name: string, lasting?: number): Dish => ({
  name,
  async serve({ site }, ms) {
    site.proxy.refuse();
    await sleep(lasting ?? ms);
  },
});

const restarted = (
  name: string,
  which: 'etcd' | 'apiserver',
  meanwhile = async (_: OwnControlPlane) => {},
) => ({
  name,
  async serve({ cluster }: Table) {
    await meanwhile(cluster);
    await cluster[which].kill('SIGKILL');
    await cluster[which].start();
  },
});

const tooMany = answers(429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '1' });
const forbidden = answers(403, status(403, 'Forbidden', 'devmachines is forbidden'));
const junk = perLine((line, before) => (before.length % 5 === 4 ? ['junk', line] : [line]));

export const TWO_MINUTES_REFUSED = refused('refused for 2 min', 120_000);

export const MENU: readonly Dish[] = [
  toOpen('FIN', 'cut'),
  toOpen('RST', 'reset'),
  toOpen('held, then released', 'hold'),
  refused('refused'),
  ...(['watch', 'list', 'write', undefined] as const).flatMap((kind) => [
    onRequests('500', answers(500, 'broken'), kind),
    onRequests('429', tooMany, kind),
    onRequests('403', forbidden, kind),
    onRequests('401', answers(401, status(401, 'Unauthorized', 'Unauthorized')), kind),
    onRequests('HTML', answers(200, '<html>Please log in</html>'), kind),
    onRequests('200 and closed', closesAtOnce, kind),
    onRequests('black hole', blackHole, kind),
    onRequests('reset', resets, kind),
    onRequests('50 KB/s', slow(50_000), kind),
  ]),
  onRequests('410', answers(410, TOO_OLD), 'watch'),
  onRequests('410 in the stream', saysFirst(errorEvent(TOO_OLD)), 'watch'),
  onRequests('500 in the stream', saysFirst(errorEvent(status(500, 'InternalError', 'x'))), 'watch'),
  onRequests('no bookmarks', swallowsBookmarks, 'watch'),
  onRequests('everything twice', saysTwice, 'watch'),
  onRequests('the past again', repeatsThePast, 'watch'),
  onRequests('junk lines', junk, 'watch'),
  onRequests('byte by byte', byteByByte, 'watch'),
  onRequests('split characters', splitBefore(isInsideCharacter), 'watch'),
  restarted('apiserver killed', 'apiserver'),
  restarted('compacted, apiserver killed', 'apiserver', (cluster) => cluster.compact()),
  restarted('etcd killed', 'etcd'),
  {
    name: 'apiserver stopped',
    async serve({ cluster }, ms) {
      await cluster.apiserver.kill('SIGSTOP');
      await sleep(ms).finally(() => cluster.apiserver.kill('SIGCONT'));
    },
  },
  {
    name: 'etcd restored',
    async serve({ cluster, stack }, ms) {
      const restore = await cluster.backup();
      await sleep(ms + 5_000);
      stack.mayRepeat(true);
      await restore();
    },
  },
];
