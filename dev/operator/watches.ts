import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { durationMs } from './duration.ts';

/** One entry of watches.yaml, as far as the stand-in goes by it. */
export interface Watch {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Folder of the chart. */
  readonly chart: string;
  readonly chartName: string;
  /** What the administrator decides, as helm takes it on its command line: key=value. */
  readonly overrides: readonly string[];
  readonly reconcilePeriodMs: number;
  /** Only with `server` does a template's `lookup` find anything when releases are compared. */
  readonly dryRun: 'client' | 'server';
}

interface Entry {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly chart?: string;
  readonly overrideValues?: Readonly<Record<string, unknown>>;
  readonly reconcilePeriod?: string;
  readonly dryRunOption?: string;
}

export async function readWatches(file: string, env: NodeJS.ProcessEnv): Promise<Watch[]> {
  const entries = parse(await readFile(file, 'utf8')) as readonly Entry[];
  return Promise.all(entries.map((entry) => toWatch(file, entry, env)));
}

async function toWatch(file: string, entry: Entry, env: NodeJS.ProcessEnv): Promise<Watch> {
  const { group = '', version, kind, chart, ...rest } = entry;
  if (!version || !kind || !chart) throw new Error(`${file}: version, kind and chart are required`);
  return {
    group,
    version,
    kind,
    chart: resolve(chart),
    chartName: (parse(await readFile(join(chart, 'Chart.yaml'), 'utf8')) as { name: string }).name,
    overrides: Object.entries(rest.overrideValues ?? {}).map(([key, value]) => override(key, value, env)),
    reconcilePeriodMs: durationMs(rest.reconcilePeriod ?? '1m'),
    dryRun: rest.dryRunOption === 'server' ? 'server' : 'client',
  };
}

function override(key: string, value: unknown, env: NodeJS.ProcessEnv): string {
  if (typeof value !== 'string') throw new Error(`overrideValues.${key} must be a string`);
  const expanded = expandEnv(value, env);
  // helm-operator executes it, with the functions of sprig.
  if (expanded.includes('{{'))
    throw new Error(`overrideValues.${key}: the stand-in knows no templates in it`);
  return `${key}=${expanded}`;
}

/** $NAME and ${NAME}, as Go's os.ExpandEnv: a variable that is not set is empty, a lone $ stays. */
export function expandEnv(text: string, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced?: string, bare?: string) => env[braced ?? bare ?? ''] ?? '',
  );
}
