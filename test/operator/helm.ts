import assert from 'node:assert/strict';
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

/** The versions of Helm that the chart must work with: helm-operator embeds v3, and v4 is the current one. */
export const HELMS = ['helm3', 'helm'] as const;
export type Helm = (typeof HELMS)[number];

export interface RenderOptions {
  /** Defaults to the version that helm-operator embeds. */
  readonly helm?: Helm;
  /** The values that overrideValues sets. */
  readonly admin?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  /** Renders values that the schema rejects, too. */
  readonly skipSchema?: boolean;
}

/** The name of every machine that the tests render. */
export const NAME = 'machine-1';

const run = promisify(execFile);

export async function runHelm(helm: Helm, ...args: string[]): Promise<string> {
  const { dir } = await findAssets(HELMS);
  return (await run(join(dir, helm), args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** The objects that the chart renders for a spec. Rejects with Helm's error if the chart refuses the spec. */
export async function render(spec: Spec, options: RenderOptions = {}): Promise<Manifest[]> {
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-chart-'));
  try {
    const values = join(dir, 'values.json');
    await writeFile(values, ascii(JSON.stringify(options.admin ? { ...spec, admin: options.admin } : spec)));
    const skip = options.skipSchema ? ['--skip-schema-validation'] : [];
    const text = await runHelm(
      options.helm ?? 'helm3',
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

/** Helm reads the file as YAML 1.1, where some non-ASCII characters end a line. */
const ascii = (json: string): string =>
  json.replace(
    /[\u007f-\ud7ff\ue000-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The environment of the operator for these settings of the administrator. */
export const adminEnv = (admin: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(admin).map(([key, value]) => [
      `DEVMACHINE_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
      // The operator reads overrideValues as --set-string reads its values.
      value.replaceAll(/[,\\]|^\{/g, (sign) => `\\${sign}`),
    ]),
  );

export const lint = (helm: Helm): Promise<string> => runHelm(helm, 'lint', '--strict', CHART);

/**
 * The objects in YAML documents and the Lists in them, without the manifests of their own in annotations. Parses strictly: a
 * duplicate key is an error.
 */
export function objects(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const value = document.toJS() as Manifest;
    if (value?.kind === 'List') return value.items;
    return value === null ? [] : [withoutManifest(value)];
  });
}

const MANIFEST = 'ide.example.com/manifest';

/** Removes the annotation with the object's manifest, which must be the rest of the object. */
function withoutManifest(object: Manifest): Manifest {
  const { [MANIFEST]: manifest, ...annotations } = object.metadata?.annotations ?? {};
  if (manifest === undefined) return object;
  const metadata = { ...object.metadata, annotations };
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
  const rest = { ...object, metadata };
  assert.deepEqual(JSON.parse(manifest), rest);
  return rest;
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

/** Calls `work` for all `items`, for `width` of them at a time. */
export async function runConcurrently<Item>(
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
