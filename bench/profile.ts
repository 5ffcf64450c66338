import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Node flags that write a CPU profile; none without `dir`, because profiling slows the process down a little. */
export const profileFlags = (dir: string | undefined, name: string): string[] =>
  dir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${dir}`, `--cpu-prof-name=${name}.cpuprofile`];

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

/** Summarizes a CPU profile: the self time of each function, the longest first. */
export function selfTimes(file: string, most = 40): string {
  const { nodes, samples } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${where(url)}:${lineNumber + 1}`,
    ]),
  );
  const counts = new Map<string, number>();
  for (const id of samples) {
    const name = names.get(id) ?? '?';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const idle = [...counts].filter(([name]) => name.startsWith('(idle)')).reduce((sum, [, n]) => sum + n, 0);
  const busy = samples.length - idle;
  return [...counts]
    .filter(([name]) => !name.startsWith('(idle)'))
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([name, count]) => `${((100 * count) / busy).toFixed(1).padStart(5)} %  ${name}`)
    .join('\n');
}

const where = (url: string): string =>
  url.startsWith('file:') ? fileURLToPath(url).replace(/.*(node_modules|dist)\//, '') : basename(url) || url;

if (import.meta.main) console.log(selfTimes(process.argv[2] ?? ''));
