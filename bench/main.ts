import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { aborted, run } from '../dev/foreground.ts';
import { startCluster } from './cluster/cluster.ts';
import { LOAD, movePid } from './cores.ts';
import { killPrograms } from './programs.ts';
import { type Result, toResult } from './result.ts';
import { save, toTable } from './results.ts';
import { ROWS } from './rows/all.ts';
import { type Bench, describe, type Row, type Stage } from './rows/row.ts';

/** What fewer rounds have measured is not kept. */
const MIN_ROUNDS = 7;

const USAGE = `npm run bench [-- ROW…] [--rounds=7] [--profile=FOLDER]

Measures the backend against its ceilings. Without ROW, it measures all rows, which takes about an hour and a half. The
results of each row are printed; with ${MIN_ROUNDS} rounds or more, they also replace those in bench/results.md. With --profile, it
writes CPU profiles: node bench/profile.ts FILE summarizes one.

Rows: ${ROWS.map(({ name }) => name).join(', ')}`;

async function main({ signal }: AbortController): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '7' },
      profile: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const rows = ROWS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const rounds = Number(values.rounds);
  const profileDir = values.profile === undefined ? undefined : resolve(values.profile);
  if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true });
  build();
  progress('starting a cluster');
  const cluster = await startCluster();
  movePid(LOAD, process.pid);
  const bench = { cluster, rounds, profileDir, progress };
  try {
    await Promise.race([measure(bench, rows), interrupted(signal)]);
  } finally {
    await killPrograms();
    await cluster.stop();
  }
}

/** Measures the rows, stage by stage; reports each when its last stage is over. */
async function measure(bench: Bench, rows: readonly Row[]): Promise<void> {
  const { cluster, progress } = bench;
  const results = new Map(rows.map(({ name }) => [name, [] as Result[]]));
  const stages = stagesOf(rows);
  for (const [index, stage] of stages.entries()) {
    progress(`stage: ${describe(stage)}`);
    await cluster.grow(stage.machines);
    if (stage.dependents) await cluster.addDependents();
    const isIn = (row: Row, one: Stage) => row.stages.some((own) => isSame(own, one));
    for (const row of rows.filter((one) => isIn(one, stage))) {
      progress(`${row.name} at ${describe(stage)}`);
      const found = (await row.measure(bench, stage)).map(toResult);
      for (const { title, ours, ceiling, compared } of found)
        progress(`  ${title}: ${ours} / ${ceiling} = ${compared}`);
      const lines = results.get(row.name)?.concat(found) ?? [];
      results.set(row.name, lines);
      if (!stages.slice(index + 1).some((later) => isIn(row, later))) report(row.name, lines, bench);
    }
  }
}

function report(name: string, lines: readonly Result[], { rounds, profileDir }: Bench): void {
  const row = { lines, rounds, date: new Date().toISOString().slice(0, 10) };
  console.log(toTable([row]));
  const names = ROWS.map((one) => one.name);
  // Profiling slows the process down.
  if (rounds >= MIN_ROUNDS && profileDir === undefined) save(name, row, names);
}

async function interrupted(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  throw new Error('interrupted');
}

/** The smallest first, because the cluster only grows. */
function stagesOf(rows: readonly Row[]): Stage[] {
  const stages: Stage[] = [];
  for (const stage of rows.flatMap(({ stages: own }) => own)) {
    if (!stages.some((one) => isSame(one, stage))) stages.push(stage);
  }
  return stages.sort(
    (one, other) => Number(one.dependents) - Number(other.dependents) || one.machines - other.machines,
  );
}

const isSame = (one: Stage, other: Stage): boolean =>
  one.machines === other.machines && one.dependents === other.dependents;

/** Builds the production bundle. */
function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
}

const startedAt = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5);
  for (const line of text.split('\n')) console.log(`${seconds} s  ${line}`);
}

run(main);
