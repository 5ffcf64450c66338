import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { OPERATOR } from './helm.ts';

/** A folder for the operator with version 0.1.0 of the chart, until the end of the test. */
export async function unpackOlderChart(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-operator-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await cp(join(OPERATOR, 'watches.yaml'), join(dir, 'watches.yaml'));
  const packed = join(import.meta.dirname, 'charts', 'devmachine-0.1.0.tgz');
  await cp(join(OPERATOR, 'helm-charts'), join(dir, 'helm-charts'), { recursive: true });
  await rm(join(dir, 'helm-charts', 'devmachine'), { recursive: true });
  await promisify(execFile)('tar', ['-xzf', packed, '-C', join(dir, 'helm-charts')]);
  return dir;
}
