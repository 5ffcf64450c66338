import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTools } from './build.ts';
import { cacheRoot } from './cache.ts';
import { messageOf, onInterrupt } from './foreground.ts';
import { type GoTools, pickTools, readGoTools } from './go-tools.ts';
import type { ProgressOutput } from './progress.ts';

export type AssetSource = 'KUBEBUILDER_ASSETS' | 'cache' | 'build';

export interface Assets {
  readonly dir: string;
  readonly source: AssetSource;
}

export interface AssetOptions {
  /** The folder of dev/ whose go.mod pins the programs. Defaults to `tools`; KUBEBUILDER_ASSETS replaces only this one. */
  readonly folder?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly output?: ProgressOutput;
  readonly signal?: AbortSignal | undefined;
}

/** The folder that pins all programs of the development cluster. */
const TOOLS = 'tools';

/** Programs of the real node. They are built only if they are needed. */
const ON_DEMAND = ['kubelet', 'kube-proxy'];

/**
 * Finds the folder with the programs `needed`: KUBEBUILDER_ASSETS if it is set, else the folder of an earlier build, else
 * a new build with the Go toolchain (minutes with an empty Go cache, otherwise less).
 */
export async function findAssets(needed: readonly string[], options: AssetOptions = {}): Promise<Assets> {
  const { folder = TOOLS, env = process.env, output = process.stderr, signal } = options;
  const given = folder === TOOLS && env['KUBEBUILDER_ASSETS'];
  if (given) return { dir: checkGiven(resolve(given), needed), source: 'KUBEBUILDER_ASSETS' };

  const tools = readGoTools(folder);
  const unknown = needed.filter((program) => !tools.programs.includes(program));
  if (unknown.length > 0) throw new Error(`${tools.file} has no tool directive for: ${unknown.join(', ')}`);
  const dir = cacheFolder(tools, env);
  const wanted = tools.programs.filter((program) => !ON_DEMAND.includes(program) || needed.includes(program));
  const absent = missing(dir, wanted);
  if (absent.length === 0) return { dir, source: 'cache' };

  const others = folder === TOOLS ? ['set KUBEBUILDER_ASSETS to a folder that holds them'] : [];
  checkGo(tools, env, [`copy an earlier build for this platform and this go.mod to ${dir}`, ...others]);
  output.write(`Building ${absent.join(', ')} with Go into ${dir} (the first build takes some minutes)\n`);
  await buildTools(pickTools(tools, absent), dir, { env, output, signal });
  return { dir, source: 'build' };
}

/** The programs that the folder KUBEBUILDER_ASSETS does not hold. None if it is not set: they are built then. */
export function missingPrograms(programs: readonly string[], env: NodeJS.ProcessEnv = process.env): string[] {
  const given = env['KUBEBUILDER_ASSETS'];
  return given ? missing(resolve(given), programs) : [];
}

function checkGiven(dir: string, needed: readonly string[]): string {
  const absent = missing(dir, needed);
  if (absent.length === 0) return dir;
  throw new Error(
    `KUBEBUILDER_ASSETS is ${dir}, which has no executable ${absent.join(', ')}. ` +
      'Add them to that folder, or unset the variable to build the programs from dev/tools/go.mod.',
  );
}

function missing(dir: string, programs: readonly string[]): string[] {
  return programs.filter((program) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}

function cacheFolder(tools: GoTools, env: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), 'assets', tools.key);
}

/** Checks that Go satisfies go.mod; in its folder, Go may download a toolchain that does. `others` are alternatives to it. */
function checkGo(tools: GoTools, env: NodeJS.ProcessEnv, others: readonly string[]): void {
  const go = spawnSync('go', ['env', 'GOVERSION'], { cwd: tools.dir, env, encoding: 'utf8' });
  if (go.status === 0) return;
  const why = go.error ? '`go` is not on the PATH' : go.stderr.trim();
  const solutions = [
    `install Go ${tools.goVersion} or newer, with which they are built automatically`,
    ...others,
  ].map((solution) => `  - ${solution}`);
  throw new Error(
    [
      `The programs of ${tools.file} (${tools.programs.join(', ')}) cannot be built: ${why}.`,
      'Do one of the following:',
      `${solutions.join(';\n')}.`,
    ].join('\n'),
  );
}

/** The programs of a KUBEBUILDER_ASSETS folder by convention. Arguments name other programs to look for. */
const ENVTEST_PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl'];

/** The option --folder names another folder of dev/ than tools. */
async function main(): Promise<void> {
  const { signal } = onInterrupt();
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { folder: { type: 'string', default: TOOLS } },
    });
    const needed = positionals.length > 0 ? positionals : ENVTEST_PROGRAMS;
    const { dir } = await findAssets(needed, { ...values, signal });
    console.log(dir);
  } catch (error) {
    console.error(signal.aborted ? 'Interrupted. The next build continues from here.' : messageOf(error));
    process.exitCode = signal.aborted ? 130 : 1;
  }
}

if (import.meta.main) await main();
