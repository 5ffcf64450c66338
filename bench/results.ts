import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { PINNED } from './cores.ts';
import type { Result } from './result.ts';

/** The report, with the machine and the versions that were measured. */
export function toMarkdown(results: readonly Result[], { rounds }: { rounds: number }): string {
  const rows = results.map(({ title, ours, ceiling, compared, target, reached }) =>
    [title, ours, ceiling, compared, target, reached].join(' | '),
  );
  return `<!-- Written by \`npm run bench\`. -->
# Benchmark results

The median of ${rounds} rounds, in which DevMachine and the ceiling alternate, with the smallest and the largest value; the ratio is that of each round. "Within the spread" means that some rounds are on the other side of the target. [README.md](README.md) describes what each line measures, and what limits the lines that miss their target.

| measurement | DevMachine | ceiling | ratio | target | reached |
|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}

- ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; ${type()} ${release()} ${arch()}
- ${PINNED ? 'Pinned with taskset: the measured process has one core; the load, the API server and etcd share the other.' : '**Not pinned**: the load and the cluster share the cores with the measured process.'}
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
