import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { OPERATOR } from './helm.ts';

/** A folder for the operator with version 0.1.0 of the chart, until the end of the test. */
export async function unpackOlderChart(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-operator-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const packed = join(import.meta.dirname, 'charts', 'devmachine-0.1.0.tgz');
  await cp(join(OPERATOR, 'helm-charts'), join(dir, 'helm-charts'), { recursive: true });
  await rm(join(dir, 'helm-charts', 'devmachine'), { recursive: true });
  await promisify(execFile)('tar', ['-xzf', packed, '-C', join(dir, 'helm-charts')]);
  await writeFile(join(dir, 'watches.yaml'), await watchesFor(join(dir, 'helm-charts', 'devmachine')));
  return dir;
}

/** The present watches.yaml without the settings that the chart does not know: its schema refuses them. */
async function watchesFor(chart: string): Promise<string> {
  const { properties } = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8'));
  const isKnown = (setting: string | undefined) => !setting || setting in properties.admin.properties;
  const lines = (await readFile(join(OPERATOR, 'watches.yaml'), 'utf8')).split('\n');
  return lines.filter((line) => isKnown(/^ *admin\.(\w+):/.exec(line)?.[1])).join('\n');
}
