import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { PINNED } from './cores.ts';
import type { Result } from './result.ts';

/** The lines of one row. */
export interface RowLines {
  readonly lines: readonly Result[];
  readonly rounds: number;
  readonly date: string;
}

interface RowResults extends RowLines {
  /** What they were measured on. */
  readonly machine: string;
}

type Results = Record<string, RowResults>;

/** Rows may be measured in separate runs, so this file keeps the last results of each. */
const DATA = join(import.meta.dirname, 'results.json');
const REPORT = join(import.meta.dirname, 'results.md');

/** Replaces the results of a row in the report. `names` are those of all rows, in order. */
export function save(name: string, row: RowLines, names: readonly string[]): void {
  const known: Results = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : {};
  const all: Results = { ...known, [name]: { ...row, machine: describeMachine() } };
  const sorted = Object.fromEntries(names.flatMap((one) => (all[one] ? [[one, all[one]]] : [])));
  writeFileSync(DATA, `${JSON.stringify(sorted, undefined, 2)}\n`);
  writeFileSync(REPORT, toMarkdown(Object.values(sorted)));
}

function toMarkdown(rows: readonly RowResults[]): string {
  const machines = [...new Set(rows.map(({ machine }) => machine))];
  return `<!-- Written by \`npm run bench\`. -->
# Benchmark results

The median of the rounds, in which DevMachine and the ceiling alternate, with the smallest and the largest value; the ratio is that of each round. "Within the spread" means that some rounds are on the other side of the target. [README.md](README.md) describes what each line measures, and what limits the lines that miss their target.

${toTable(rows)}

${machines.map((machine) => `- ${machine}`).join('\n')}
`;
}

/** A table of the lines of all rows. */
export function toTable(rows: readonly RowLines[]): string {
  const head = ['measurement', 'DevMachine', 'ceiling', 'ratio', 'target', 'reached', 'rounds', 'date'];
  const body = rows.flatMap(({ lines, rounds, date }) =>
    lines.map(({ title, ours, ceiling, compared, target, reached }) => [
      ...[title, ours, ceiling, compared, target, reached],
      ...[String(rounds), date],
    ]),
  );
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const hardware = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${memory} GiB`;
  const pinned = PINNED
    ? 'the measured process has one core; the load, the API server and etcd share the other'
    : '**not pinned**: the load and the cluster share the cores with the measured process';
  const packages = versions(['fastify', 'undici', 'pino', 'prom-client']);
  return `${hardware}; ${type()} ${release()} ${arch()}; Node ${process.version}; ${packages}; ${pinned}`;
}

const versions = (names: readonly string[]): string =>
  names.map((name) => `${name} ${versionOf(name)}`).join(', ');

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
