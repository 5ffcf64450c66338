import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../support/random.ts';
import { type Backend, startBackend } from './backend.ts';
import { type ControlPlaneAddress, type Environment, openEnvironment } from './environment.ts';
import { differences, readExpectedState } from './expected-state.ts';
import { leaked, listeners, resources } from './leaks.ts';

export interface ScenarioContext extends Environment {
  readonly backend: Backend;
  /** Runs random writes of another client, on all kinds of objects. */
  write(count?: number): Promise<void>;
  /** Resolves when the backend equals the cluster. */
  converge(): Promise<void>;
}

export interface BackendSetup {
  /** Called before the backend starts. */
  readonly prepare?: (environment: Environment) => void;
  /** Kubeconfig of the backend; defaults to the administrator's through the proxy. */
  readonly kubeconfig?: (environment: Environment) => Promise<string> | string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long a watch may send nothing, in ms; defaults to production's. */
  readonly silenceMs?: number;
}

export interface Scenario extends BackendSetup {
  readonly fault: string;
  readonly expected: string;
  /** Injects the fault and checks the behaviour while it lasts. The proxy is healed afterwards. */
  readonly during: (context: ScenarioContext) => Promise<void>;
  /** Checks the behaviour after the recovery. */
  readonly afterwards?: (context: ScenarioContext) => Promise<void> | void;
}

/** Not the required 10 s, which the campaign checks: tests may run on a machine that is busy. */
const CONVERGE_TIMEOUT_MS = 30_000;

/** Runs each scenario as a test with a backend of its own, which must recover and leave nothing behind. */
export function runScenarios(
  scenarios: readonly Scenario[],
  controlPlane: () => ControlPlaneAddress | undefined = () => undefined,
): void {
  const rows: object[] = [];
  after(() => console.table(rows));
  for (const scenario of scenarios) {
    test(scenario.fault, async () => {
      const { fault, expected } = scenario;
      const recoveredMs = await withBackend(
        scenario,
        (backend, environment) => run(scenario, environment, backend),
        controlPlane(),
      );
      rows.push({ fault, expected, 'recovered after ms': Math.round(recoveredMs) });
    });
  }
}

/** Starts a backend for `use`, stops it, and checks that it leaves no listener, timer or socket behind. */
export async function withBackend<T>(
  { prepare, kubeconfig, env = {}, silenceMs }: BackendSetup,
  use: (backend: Backend, environment: Environment) => Promise<T>,
  controlPlane?: ControlPlaneAddress,
): Promise<T> {
  const before = resources();
  const environment = await openEnvironment(controlPlane);
  prepare?.(environment);
  const backend = await startBackend({
    kubeconfig: (await kubeconfig?.(environment)) ?? environment.kubeconfig,
    namespaces: [environment.namespace],
    env,
    silenceMs,
  });
  const result = await use(backend, environment).finally(async () => {
    await backend.stop();
    await environment.close();
  });
  assert.equal(listeners(backend.signal), 0);
  assert.deepEqual(await leaked(before), []);
  return result;
}

async function run(scenario: Scenario, environment: Environment, backend: Backend): Promise<number> {
  const { during, afterwards } = scenario;
  const random = seededRandom(1);
  const write = async (count = 20) => {
    for (let written = 0; written < count; written++) await environment.writer.writeRandomly(random);
  };
  const converge = () => converged(backend, environment, CONVERGE_TIMEOUT_MS);
  const context = { ...environment, backend, write, converge };
  await write(40);
  await converge();
  await during(context);
  await environment.proxy.heal();
  const healedAt = performance.now();
  // Without new writes, a backend that no longer receives events would equal the cluster too.
  await write(10);
  await converged(backend, environment, CONVERGE_TIMEOUT_MS, healedAt);
  const recoveredMs = performance.now() - healedAt;
  await afterwards?.(context);
  assert.deepEqual(backend.violations(), []);
  return recoveredMs;
}

/** Resolves when the backend equals the cluster; rejects with the differences `withinMs` after `startedAt`. */
export async function converged(
  backend: Backend,
  { direct }: Environment,
  withinMs: number,
  startedAt = performance.now(),
): Promise<void> {
  for (;;) {
    const expected = await readExpectedState(direct, backend.namespaces);
    const found = backend.cache.synced() ? differences(backend, expected) : ['not synced'];
    const elapsedMs = performance.now() - startedAt;
    if (found.length === 0) return;
    assert.ok(
      elapsedMs < withinMs,
      [`after ${withinMs} ms:`, ...found, ...backend.warnings.slice(-20)].join('\n'),
    );
    await sleep(50);
  }
}

/** The Age of a list, in seconds. */
export async function readAge({ backend, namespace }: ScenarioContext): Promise<number> {
  const response = await fetch(`${backend.url}/api/v1/devmachines?namespace=${namespace}`);
  await response.text();
  assert.equal(response.status, 200);
  return Number(response.headers.get('age'));
}
