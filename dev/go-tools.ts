import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `dev/tools/go.mod` pins, read from it, so that no version is written down twice. */
export interface GoTools {
  readonly dir: string;
  readonly goVersion: string;
  /** Import paths of the tool directives. */
  readonly packages: readonly string[];
  /** The programs as they are called here: `etcd`, `kube-apiserver`, … */
  readonly programs: readonly string[];
  readonly buildFlags: readonly string[];
  /** Names one build: another go.mod, go.sum, platform or set of flags gives another key. */
  readonly key: string;
}

const TOOLS_DIR = fileURLToPath(new URL('tools/', import.meta.url));

export function readGoTools(dir = TOOLS_DIR): GoTools {
  const goMod = readFileSync(`${dir}/go.mod`, 'utf8');
  const goSum = readFileSync(`${dir}/go.sum`, 'utf8');
  const goVersion = firstGroup(goMod, /^go (\S+)$/m);
  const packages = firstGroup(goMod, /^tool \(\n([^)]*)\)/m)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const buildFlags = [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=-s -w ${versionFlags(goMod).join(' ')}`,
  ];
  const hash = createHash('sha256');
  for (const part of [goMod, goSum, process.platform, process.arch, ...buildFlags]) {
    hash.update(part).update('\0');
  }
  return {
    dir,
    goVersion,
    packages,
    programs: packages.map((path) => programName(builtName(path))),
    buildFlags,
    key: hash.digest('hex').slice(0, 16),
  };
}

/** etcd's main package lies in a folder `server`, and so does what Go builds from it. */
export function programName(built: string): string {
  return built === 'server' ? 'etcd' : built;
}

function builtName(importPath: string): string {
  const parts = importPath.split('/').filter((part) => !/^v\d+$/.test(part));
  return parts.at(-1) ?? importPath;
}

/** Without these the programs call themselves v0.0.0-master: their own release builds set them the same way. */
function versionFlags(goMod: string): string[] {
  const version = (module: string) => firstGroup(goMod, new RegExp(`^\\t${module} (v\\S+)`, 'm'));
  const kubernetes = version('k8s.io/kubernetes');
  const [major = '', minor = ''] = kubernetes.slice(1).split('.');
  const kubeVariables = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `${path}.gitVersion=${kubernetes}`,
    `${path}.gitMajor=${major}`,
    `${path}.gitMinor=${minor}`,
    `${path}.gitCommit=`,
    `${path}.gitTreeState=clean`,
  ]);
  const helm = `helm.sh/helm/v4/internal/version.version=${version('helm.sh/helm/v4')}`;
  return [...kubeVariables, helm].map((variable) => `-X ${variable}`);
}

function firstGroup(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`dev/tools/go.mod: nothing matches ${pattern}`);
  return found;
}
