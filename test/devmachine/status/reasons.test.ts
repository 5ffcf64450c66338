import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { DEPENDENT_KINDS } from '../../../src/devmachine/status/dependents.ts';
import { PHASES } from '../../../src/devmachine/status/phases.ts';
import type { ReasonText } from '../../../src/devmachine/status/reasons/reason.ts';
import { REASON_NAMES, REASONS } from '../../../src/devmachine/status/reasons.ts';
import { MachineStatus } from '../../../src/devmachine/status/status.ts';
import { WATCHED_RESOURCES } from '../../../src/kube/resources/watched.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const rows = read('docs/status.md')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the schema and openapi.yaml list every reason and phase', () => {
  const { reason, phase } = MachineStatus.properties;
  assert.deepEqual([reason['enum'], phase['enum']], [[...REASON_NAMES], [...PHASES]]);
  const { properties } = parse(read('openapi.yaml')).components.schemas.MachineStatus;
  assert.deepEqual(properties.reason.enum, [...REASON_NAMES]);
});

test('every reason has a message that reads well without parameters, a hint and a summary', () => {
  for (const name of REASON_NAMES) {
    const { message, hint, summary }: ReasonText = REASONS[name];
    assert.match(message({}), /^[A-Z].{15,}[.]$/, name);
    assert.match(hint, /^[A-Z].{15,}[.]$/, name);
    assert.match(summary, /^[A-Z`].{15,}[.]$/, name);
    const long = message({ upstreamMessage: 'x'.repeat(5_000) });
    assert.ok(long.length < 700, name);
  }
  const hints = new Set(REASON_NAMES.map((name) => REASONS[name].hint));
  assert.ok(hints.size > REASON_NAMES.length - 3, 'hints are specific');
});

test('docs/status.md documents every watched kind, which the backend may read, and draws every phase', () => {
  const text = read('docs/status.md');
  for (const kind of DEPENDENT_KINDS)
    assert.ok(
      rows.some(([first]) => first === kind),
      kind,
    );
  for (const phase of PHASES) assert.match(text, new RegExp(`--> ${phase}`));
  const role = parseAllDocuments(read('deploy/backend/rbac.yaml'))
    .map((document) => document.toJS())
    .find(({ kind }) => kind === 'ClusterRole');
  for (const { path } of WATCHED_RESOURCES) {
    const plural = path(undefined).split('/').at(-1) ?? '';
    assert.ok(
      role.rules.some(
        ({ resources, verbs }: { resources: string[]; verbs: string[] }) =>
          resources.includes(plural) && verbs.includes('list') && verbs.includes('watch'),
      ),
      plural,
    );
  }
});
