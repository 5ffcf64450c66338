import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse as parseModule } from 'acorn';
import { checkSync } from 'recheck';
import { parse } from 'yaml';
import { isObject } from '../src/devmachine/json-pointer.ts';

/** No text makes a regular expression run for long. recheck proves it from the automaton of the expression. */

const root = join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

interface Pattern {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** Calls `visit` with every object inside `value`. */
function walk(value: unknown, visit: (object: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  if (!isObject(value)) return;
  visit(value);
  for (const inner of Object.values(value)) walk(inner, visit);
}

/** The literals of a module. */
function literalsOf(file: string): Pattern[] {
  const found: Pattern[] = [];
  const module = parseModule(stripTypeScriptTypes(read(file)), {
    ecmaVersion: 'latest',
    sourceType: 'module',
  });
  walk(module, ({ regex }) => {
    if (isObject(regex))
      found.push({ where: file, source: String(regex['pattern']), flags: String(regex['flags']) });
  });
  return found;
}

/** The values of `pattern` in the schemas, as Ajv runs them. */
function schemaPatterns(): Pattern[] {
  const sources = new Set<string>();
  walk(parse(read('openapi.yaml')), ({ pattern }) => {
    if (typeof pattern === 'string') sources.add(pattern);
  });
  return [...sources].map((source) => ({ where: 'openapi.yaml', source, flags: 'u' }));
}

/**
 * Patterns of what the cluster says, in texts of at most 32 KB, such as a condition's message. Most of them are long texts
 * themselves, whose automata are too large to be checked in reasonable time; those of conflicts take quadratic time.
 */
const OF_THE_CLUSTER = ['src/devmachine/status/diagnosis/', 'src/kube/managed-fields/conflict.ts'];

function isLinear({ source, flags }: Pattern): boolean {
  // Large counts make automata large. What is quick with any number of repetitions is quick with these.
  const unbounded = source.replaceAll(/\{\d+,\d{2,}\}/g, '*').replaceAll(/\{\d{2,},?\}/g, '+');
  return checkSync(unbounded, flags, { checker: 'automaton', timeout: 20_000 }).status === 'safe';
}

test('every pattern runs in linear time', async () => {
  const files = await Array.fromAsync(glob('src/**/*.ts', { cwd: root }));
  const literals = files
    .filter((file) => !OF_THE_CLUSTER.some((path) => file.startsWith(path)))
    .flatMap(literalsOf);
  const schemas = schemaPatterns();
  assert.ok(literals.length > 25 && schemas.length > 10, `${literals.length} and ${schemas.length} patterns`);
  assert.deepEqual(
    [...literals, ...schemas].filter((pattern) => !isLinear(pattern)),
    [],
  );
});
