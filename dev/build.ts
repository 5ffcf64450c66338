import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GoTool, GoTools } from './go-tools.ts';
import { removeLeftovers } from './leftovers.ts';
import { type Progress, type ProgressOutput, startProgress } from './progress.ts';
import { type GoOptions, runGo } from './run-go.ts';

export interface BuildOptions extends GoOptions {
  readonly output: ProgressOutput;
}

/**
 * Builds tools of a go.mod into the folder `target`. The programs are built in a folder next to it, which is renamed to
 * `target` at the end: an interrupted build leaves nothing that looks complete, and of two concurrent builds the first
 * one wins. Go caches what it has compiled, so the next build continues from there.
 */
export async function buildTools(tools: GoTools, target: string, options: BuildOptions): Promise<void> {
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent, basename(target));
  const folder = await mkdtemp(`${target}.${process.pid}.`);
  const progress = startProgress(options.output);
  try {
    const stale = await findStale(tools, options, progress);
    await compile(tools, folder, stale, options, progress);
    await moveInPlace(folder, target, tools);
  } finally {
    progress.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The packages that Go has to compile. Cached packages do not count towards the percentage. */
async function findStale(tools: GoTools, options: BuildOptions, progress: Progress): Promise<Set<string>> {
  const stale = new Set<string>();
  let modules = 0;
  const format = '{{if .Stale}}{{.ImportPath}}\t{{.StaleReason}}{{end}}';
  const paths = tools.tools.map(({ importPath }) => importPath);
  await runGo(['list', ...tools.buildFlags, '-deps', '-f', format, ...paths], tools.dir, options, {
    onStdout: (line) => {
      const [path = '', reason = ''] = line.split('\t');
      if (!reason.includes('available in build cache')) stale.add(path);
    },
    onStderr: (line) => {
      if (line.startsWith('go: downloading ')) progress.show({ kind: 'download', modules: ++modules });
    },
  });
  return stale;
}

async function compile(
  tools: GoTools,
  folder: string,
  stale: Set<string>,
  options: BuildOptions,
  progress: Progress,
): Promise<void> {
  const total = stale.size;
  const show = () => {
    const done = total - stale.size;
    progress.show(
      done < total ? { kind: 'compile', done, total } : { kind: 'link', programs: tools.tools.length },
    );
  };
  show();
  for (const batch of toBatches(tools.tools)) {
    const output = await mkdtemp(join(folder, 'batch-'));
    const paths = batch.map(({ importPath }) => importPath);
    // -v prints each package when its compilation starts; linking prints nothing.
    await runGo(['build', '-v', ...tools.buildFlags, '-o', `${output}/`, ...paths], tools.dir, options, {
      onStdout: () => {},
      onStderr: (line) => {
        if (stale.delete(line)) show();
      },
    });
    for (const { built, program } of batch) await rename(join(output, built), join(folder, program));
    await rm(output, { recursive: true });
  }
}

/** One `go build` cannot write two programs of the same name: they go into different batches, the largest one last. */
function toBatches(tools: readonly GoTool[]): GoTool[][] {
  const batches: GoTool[][] = [];
  for (const tool of tools) {
    const free = batches.find((batch) => !batch.some(({ built }) => built === tool.built));
    if (free) free.push(tool);
    else batches.push([tool]);
  }
  return batches.reverse();
}

async function moveInPlace(folder: string, target: string, { programs }: GoTools): Promise<void> {
  try {
    await rename(folder, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    // The folder holds other programs, or a concurrent build was faster. A rename replaces each program as a whole, even
    // while an older one of the same name is running.
    for (const name of programs) await rename(join(folder, name), join(target, name));
  }
}
