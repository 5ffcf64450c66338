import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { DevMachineSpec } from '../../src/devmachine/schema/spec.ts';
import { FULL_SPEC } from '../corpus/bodies.ts';
import { HELMS, type Helm, type Manifest, only, type RenderOptions, render, type Spec } from './helm.ts';
import { HOSTILE } from './hostile.ts';

/**
 * Puts a hostile text into every string field of a machine. Helm refuses what the schema refuses. Helm renders the rest
 * as data, and with the schema disabled all of it: the manifest has the shape (its objects, their fields, the length of
 * their lists) of a harmless machine.
 */

type Path = readonly (string | number)[];
type Admin = NonNullable<RenderOptions['admin']>;

/** The two implementations of an s3 mount. */
const COPIES: Admin = {
  unguardedIngress: 'allow',
  csiDrivers: 'hfps.csi.example.com: {parameters: {root: "{path}"}, mountOptions: ["root={path}"]}',
};
const DRIVER: Admin = { ...COPIES, s3Driver: 's3.csi.example.com', s3Parameters: 'bucketName: "{bucket}"' };

/** Fields that determine the shape. */
const SHAPING = new Set(['template', 'type', 'kind', 'driver', 'gpuResource', 'cpu', 'size']);

const EXAMPLE: Spec = { ...FULL_SPEC, storage: { ...FULL_SPEC.storage, retention: 'Retain' } };
const FIELDS = stringFields(EXAMPLE).filter((path) => !SHAPING.has(String(path.at(-1))));
const ajv = new Ajv({ strict: false, allErrors: true });
const validate = ajv.compile(DevMachineSpec);

test('the example has the string fields of a machine', () => assert.ok(FIELDS.length > 35));

for (const helm of HELMS) {
  describe(`a hostile text, rendered with ${helm}`, { concurrency: 2 }, () => {
    for (const text of HOSTILE) {
      test(JSON.stringify(text).slice(0, 40), async () => {
        const refused = FIELDS.filter((path) => !validate(withText(EXAMPLE, [path], text)));
        if (refused.length > 0) await isRefused(helm, withText(EXAMPLE, refused, text), refused.length);
        await isData(FIELDS, text, { helm, admin: COPIES, skipSchema: true });
        // The chart itself refuses a prefix that a driver could interpret as options (REFUSED).
        const others = FIELDS.filter((path) => path.at(-1) !== 'prefix');
        if (text.length < 10_000) await isData(others, text, { helm, admin: DRIVER, skipSchema: true });
      });
    }
  });
}

async function isRefused(helm: Helm, spec: Spec, count: number): Promise<void> {
  await assert.rejects(render(spec, { helm, admin: COPIES }), (error: Error) => {
    assert.match(error.message, /values don't meet the specifications of the schema/);
    const lines = error.message.split('\n').filter((line) => line.includes("- at '"));
    assert.ok(lines.length >= count, `${lines.length} of ${count} fields refused`);
    return true;
  });
}

async function isData(
  paths: readonly Path[],
  text: string,
  options: RenderOptions & { admin: Admin },
): Promise<void> {
  const hostile = await render(withText(EXAMPLE, paths, text), options);
  assert.deepEqual(hostile.map(shape), await harmless(options.admin));
  if (!paths.some((path) => path[0] === 'env')) return;
  const { env } = only(hostile, 'Deployment').spec.template.spec.containers[0];
  const values = env.map((entry: Manifest) => entry.value ?? entry.valueFrom.secretKeyRef.name);
  assert.ok(values.includes(text), 'the text is unchanged');
}

const shapes = new Map<Admin, Promise<unknown>>();

/** The shape of the example's manifest. It is rendered once for each set of the administrator's values. */
function harmless(admin: Admin): Promise<unknown> {
  const known = shapes.get(admin) ?? render(EXAMPLE, { admin }).then((list) => list.map(shape));
  shapes.set(admin, known);
  return known;
}

/** A record that would be too large for an annotation is left out. */
const RECORD = 'ide.example.com/started-with';

/** A manifest without its texts and numbers. The order of fields does not matter. */
function shape(value: Manifest): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== RECORD)
    .map(([key, inner]) => [key, shape(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function stringFields(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringFields(inner, [...path, key]));
}

function withText(spec: Spec, paths: readonly Path[], text: string): Spec {
  const copy = structuredClone(spec) as Manifest;
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce((inner: Manifest, key) => inner[key], copy);
    // The disk and a mount must not have the same path.
    parent[path.at(-1) as string] = path.join() === 'storage,mountPath' ? `${text}2` : text;
  }
  return copy;
}
