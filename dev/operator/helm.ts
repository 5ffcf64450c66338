import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface ReleaseKey {
  readonly namespace: string;
  readonly name: string;
}

/** What an operator needs of a release as helm stores and prints it. The manifest holds Secrets: never log one. */
export interface Release {
  readonly name: string;
  readonly version: number;
  readonly manifest: string;
  readonly info: { readonly notes?: string };
  readonly chart: { readonly metadata: { readonly name: string } };
}

export interface HelmOptions {
  /** Path of the program. */
  readonly program: string;
  readonly kubeconfig: string;
  /** Where it may keep what it knows of the cluster; nobody's own configuration of helm is looked at. */
  readonly home: string;
}

export interface Helm {
  install(key: ReleaseKey, chart: string, values: Values): Promise<Release>;
  upgrade(key: ReleaseKey, chart: string, values: Values, dryRun?: 'client' | 'server'): Promise<Release>;
  /** To the release before, by replacing what is there. */
  rollback(key: ReleaseKey): Promise<void>;
  uninstall(key: ReleaseKey): Promise<void>;
}

export interface Values {
  /** Goes through a pipe: no file, and nothing of it in the list of processes. */
  readonly spec: unknown;
  readonly overrides: readonly string[];
}

/** helm-operator is built with helm 3, which merges on the client's side. */
const CLIENT_SIDE = '--server-side=false';

export function createHelm(options: HelmOptions): Helm {
  const run = (args: readonly string[], { namespace }: ReleaseKey, input = '') =>
    runHelm(options, [...args, `--namespace=${namespace}`], input);
  const render = async (command: string, key: ReleaseKey, chart: string, values: Values, flags: string[]) => {
    const overrides = values.overrides.map((pair) => `--set-string=${pair}`);
    const args = [
      command,
      key.name,
      chart,
      '--values=-',
      '--output=json',
      CLIENT_SIDE,
      ...overrides,
      ...flags,
    ];
    return JSON.parse(await run(args, key, ascii(JSON.stringify(values.spec)))) as Release;
  };
  return {
    install: (key, chart, values) => render('install', key, chart, values, []),
    upgrade: (key, chart, values, dryRun) =>
      render('upgrade', key, chart, values, dryRun ? [`--dry-run=${dryRun}`] : []),
    rollback: async (key) => {
      await run(['rollback', key.name, CLIENT_SIDE, '--force-replace'], key);
    },
    uninstall: async (key) => {
      await run(['uninstall', key.name, '--ignore-not-found'], key);
    },
  };
}

/** helm reads the values as YAML, where some characters beyond ASCII end a line, and which knows no surrogates. */
const ascii = (json: string): string =>
  json.replace(
    /[\u007f-\ud7ff\ue000-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

async function runHelm(
  { program, kubeconfig, home }: HelmOptions,
  args: string[],
  input: string,
): Promise<string> {
  const child = spawn(program, args, { env: { HOME: home, KUBECONFIG: kubeconfig }, stdio: 'pipe' });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  // One that fails early does not read it: its exit code says why.
  child.stdin.on('error', () => undefined).end(input);
  const [output, words] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  if ((await code) !== 0) throw new Error(reasonOf(words));
  return output;
}

/** What helm calls the error, without the warnings before it. */
function reasonOf(words: string): string {
  const [, reason = words] = /^Error: ([\s\S]*)/m.exec(words) ?? [];
  return reason.replace(/^(INSTALLATION|UPGRADE) FAILED: /, '').trim();
}
