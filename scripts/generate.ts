import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { stringify } from 'yaml';
import { TEMPLATES } from '../src/devmachine/schema/templates.ts';
import { chartValuesSchema } from './chart.ts';
import { crd } from './crd.ts';
import { openapi } from './openapi.ts';
import { type TableName, withTables } from './tables.ts';

/** Writes all generated files. With `--check`, writes nothing and fails if a file is out of date. */

const root = join(import.meta.dirname, '..');
const HEADER = '# Generated from src/devmachine by `npm run generate`. Do not edit.\n';
const yaml = (value: unknown) => HEADER + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
const document = async (name: string, ...tables: TableName[]) => ({
  [name]: withTables(await readFile(join(root, name), 'utf8'), ...tables),
});

const files: Record<string, string> = {
  'openapi.yaml': yaml(await openapi()),
  'crd/devmachine-crd.yaml': yaml(crd()),
  'operator/helm-charts/devmachine/values.schema.json': `${JSON.stringify(chartValuesSchema(), null, 2)}\n`,
  'operator/helm-charts/devmachine/files/templates.yaml': yaml(TEMPLATES),
  ...(await document('docs/status.md', 'phases', 'reasons')),
  ...(await document('docs/problems.md', 'problems')),
};

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  const path = join(root, name);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
  stale.push(relative(process.cwd(), path));
  if (check) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
if (stale.length > 0)
  console.log(`${check ? 'Out of date, run `npm run generate`' : 'Written'}: ${stale.join(', ')}`);
if (check && stale.length > 0) process.exitCode = 1;
