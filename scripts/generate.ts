import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import { clientTypes, specSchema } from '../client/generate.ts';
import { TEMPLATES } from '../src/devmachine/schema/templates.ts';
import { adminDefaults, adminOverrides, adminValues, adminVariables } from './admin-settings.ts';
import { chartValuesSchema } from './chart.ts';
import { crd } from './crd.ts';
import { openapi } from './openapi.ts';
import { type Sections, withSections } from './sections.ts';
import { adminTable, phaseTable, problemTable, reasonTable } from './tables.ts';

/** Writes all generated files. With `--check`, writes nothing and fails if a file is out of date. */

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFile(join(root, name), 'utf8').catch(() => '');
const CHART = 'operator/helm-charts/devmachine';

const header = (source: string) => `# Generated from ${source} by \`npm run generate\`. Do not edit.\n`;
const yaml = (value: unknown, source = 'src/devmachine') =>
  header(source) + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

const document = await openapi();

/** Files that are generated as a whole. */
const files: Record<string, string> = {
  'openapi.yaml': header('src/devmachine') + document,
  'client/schema.ts': await clientTypes(document),
  'client/spec-schema.json': specSchema(parse(document)),
  'crd/devmachine-crd.yaml': yaml(crd()),
  [`${CHART}/values.schema.json`]: `${JSON.stringify(chartValuesSchema(), null, 2)}\n`,
  [`${CHART}/files/templates.yaml`]: yaml(TEMPLATES),
  [`${CHART}/files/admin-defaults.yaml`]: yaml(adminDefaults(), 'scripts/admin-settings.ts'),
};

/** Files with generated sections. */
const sections: Record<string, Sections> = {
  'docs/status.md': { phases: phaseTable(), reasons: reasonTable() },
  'docs/problems.md': { problems: problemTable() },
  'operator/README.md': { settings: adminTable() },
  'operator/watches.yaml': { settings: adminOverrides() },
  'operator/config/manager/manager.yaml': { settings: adminVariables() },
  [`${CHART}/values.yaml`]: { settings: adminValues() },
};
for (const [name, texts] of Object.entries(sections))
  files[name] = withSections(name, await read(name), texts);

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [name, text] of Object.entries(files)) {
  if ((await read(name)) === text) continue;
  const path = join(root, name);
  stale.push(relative(process.cwd(), path));
  if (check) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
if (stale.length > 0)
  console.log(`${check ? 'Out of date, run `npm run generate`' : 'Written'}: ${stale.join(', ')}`);
if (check && stale.length > 0) process.exitCode = 1;
