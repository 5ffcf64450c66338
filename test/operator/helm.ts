import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { findAssets } from '../../dev/assets.ts';

export const OPERATOR = join(import.meta.dirname, '..', '..', 'operator');
export const CHART = join(OPERATOR, 'helm-charts', 'devmachine');

// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
export type Manifest = any;
export type Spec = Readonly<Record<string, unknown>>;

export interface RenderOptions {
  /** What overrideValues would set. */
  readonly admin?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  /** Renders even what the schema of the values refuses. */
  readonly skipSchema?: boolean;
}

/** The name of every machine that the tests render. */
export const NAME = 'machine-1';

const run = promisify(execFile);

export async function helm(...args: string[]): Promise<string> {
  const { dir } = await findAssets(['helm']);
  return (await run(join(dir, 'helm'), args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** The objects that the chart makes of a spec, or the error with which helm refuses it. */
export async function render(spec: Spec, options: RenderOptions = {}): Promise<Manifest[]> {
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-chart-'));
  try {
    const values = join(dir, 'values.json');
    await writeFile(values, ascii(JSON.stringify(options.admin ? { ...spec, admin: options.admin } : spec)));
    const skip = options.skipSchema ? ['--skip-schema-validation'] : [];
    const text = await helm(
      'template',
      NAME,
      CHART,
      '-n',
      options.namespace ?? 'team',
      '-f',
      values,
      ...skip,
    );
    return objects(text);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** helm reads the file as YAML 1.1, where some characters beyond ASCII end a line. */
const ascii = (json: string): string =>
  json.replace(
    /[\u007f-\ud7ff\ue000-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const lint = (): Promise<string> => helm('lint', '--strict', CHART);

/** Strictly parsed: a repeated key is an error, too. */
export function objects(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const value = document.toJS() as Manifest;
    return value === null ? [] : [value];
  });
}

export const ofKind = (list: Manifest[], kind: string): Manifest[] =>
  list.filter((object) => object.kind === kind);

export function only(list: Manifest[], kind: string): Manifest {
  const found = ofKind(list, kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0];
}

export const podOf = (list: Manifest[]): Manifest => only(list, 'Deployment').spec.template.spec;
export const machineOf = (list: Manifest[]): Manifest => podOf(list).containers[0];

/** All of `items` done, `width` at a time. */
export async function inTurns<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
) {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
