import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { PINNED } from './cores.ts';
import type { Result } from './rows/row.ts';

/** The report, with what it was measured on. */
export function toMarkdown(results: readonly Result[], { rounds }: { rounds: number }): string {
  const rows = results.map(({ what, ours, ceiling, ratio, aim, reached }) =>
    [what, ours, ceiling, ratio, aim, reached ? 'yes' : '**no**'].join(' | '),
  );
  return `<!-- Written by \`npm run bench\`. -->
# What DevMachine does, beside what can be done

Medians of ${rounds} rounds, the two sides in turns; ratios are the median of the rounds' own. What each line measures, and how, stands in [README.md](README.md), and there too what bounds those that are not reached.

| what | DevMachine | ceiling | ratio | aim | reached |
|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}

- ${cpus()[0]?.model.trim() ?? 'processor unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; ${type()} ${release()} ${arch()}
- ${PINNED ? 'Pinned with taskset: what is measured has a core of its own; the load, the API server and etcd have another.' : '**Not pinned**: the load and the cluster share the cores with what is measured.'}
- Node ${process.version}; ${versions(['fastify', 'undici', 'pino', 'prom-client'])}
- ${new Date().toISOString().slice(0, 10)}
`;
}

const versions = (names: readonly string[]): string =>
  names.map((name) => `${name} ${versionOf(name)}`).join(', ');

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
