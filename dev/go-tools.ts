import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One `tool` directive of go.mod. */
export interface GoTool {
  readonly importPath: string;
  /** The file name that `go build` gives the program. */
  readonly built: string;
  /** The file name that the program has in the assets folder. */
  readonly program: string;
}

/** What the go.mod of a folder pins. It is read from that file, so each version is written down only once. */
export interface GoTools {
  readonly dir: string;
  /** The path of go.mod in the repository, for messages. */
  readonly file: string;
  readonly goVersion: string;
  readonly tools: readonly GoTool[];
  /** The names of all programs: `etcd`, `kube-apiserver`, … */
  readonly programs: readonly string[];
  readonly buildFlags: readonly string[];
  /** Identifies a build: it changes with go.mod, go.sum, the platform and the build flags. */
  readonly key: string;
}

/** Programs that are not called what `go build` calls them. */
const RENAMED: Readonly<Record<string, string>> = {
  'go.etcd.io/etcd/server/v3': 'etcd',
  'helm.sh/helm/v3/cmd/helm': 'helm3',
};

/** Leaves out the snapshotters that the real node does not use; some of them need C libraries. */
const CONTAINERD_TAGS = '-tags=no_btrfs,no_zfs,no_devmapper,no_erofs,osusergo,netgo';

/** Reads the go.mod of a folder of dev/. */
export function readGoTools(folder: string): GoTools {
  const dir = join(import.meta.dirname, folder);
  const file = `dev/${folder}/go.mod`;
  const goMod = readFileSync(join(dir, 'go.mod'), 'utf8');
  const goSum = readFileSync(join(dir, 'go.sum'), 'utf8');
  const find = (pattern: RegExp): string => {
    const found = pattern.exec(goMod)?.[1];
    if (found === undefined) throw new Error(`${file}: nothing matches ${pattern}`);
    return found;
  };
  // Go writes a single directive without parentheses.
  const tools = find(/^tool (?:\(\n)?((?:\s*\S+\/\S+\n)+)/m)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(toTool);
  const buildFlags = [
    '-mod=readonly',
    ...(goMod.includes('\tgithub.com/containerd/containerd/v2 ') ? [CONTAINERD_TAGS] : []),
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=-s -w ${versionFlags(goMod).join(' ')}`,
  ];
  const programs = tools.map(({ program }) => program);
  const hash = createHash('sha256');
  for (const part of [goMod, goSum, process.platform, process.arch, ...buildFlags, ...programs]) {
    hash.update(part).update('\0');
  }
  return {
    dir,
    file,
    goVersion: find(/^go (\S+)$/m),
    tools,
    programs,
    buildFlags,
    key: hash.digest('hex').slice(0, 16),
  };
}

/** The same go.mod with some of its programs. */
export function pickTools(all: GoTools, programs: readonly string[]): GoTools {
  return { ...all, programs, tools: all.tools.filter(({ program }) => programs.includes(program)) };
}

function toTool(importPath: string): GoTool {
  // Go names a program after the last element of its import path that is not a major version.
  const built = importPath.split('/').findLast((part) => !/^v\d+$/.test(part)) ?? importPath;
  return { importPath, built, program: RENAMED[importPath] ?? built };
}

/**
 * Sets the versions that the programs report, as their release builds do. The defaults are placeholders. Go ignores the
 * variables of packages that are not part of a program.
 */
function versionFlags(goMod: string): string[] {
  /** Undefined if go.mod does not require the module. */
  const version = (module: string) => new RegExp(`^\\t${module} (v\\S+)`, 'm').exec(goMod)?.[1];
  const kubernetes = version('k8s.io/kubernetes');
  const [major, minor] = kubernetes?.slice(1).split('.') ?? [];
  const kubeVariables = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    [`${path}.gitVersion`, kubernetes],
    [`${path}.gitMajor`, major],
    [`${path}.gitMinor`, minor],
    [`${path}.gitCommit`, ''],
    [`${path}.gitTreeState`, 'clean'],
  ]);
  // The Kubernetes version that `helm template` and `helm lint` of Helm v3 assume.
  const helm3Variables = ['chartutil', 'lint/rules'].flatMap((path) => [
    [`helm.sh/helm/v3/pkg/${path}.k8sVersionMajor`, major],
    [`helm.sh/helm/v3/pkg/${path}.k8sVersionMinor`, minor],
  ]);
  const helmVariables = ['helm.sh/helm/v3', 'helm.sh/helm/v4'].map((module) => [
    `${module}/internal/version.version`,
    version(module),
  ]);
  const sdk = 'github.com/operator-framework/operator-sdk';
  const sdkVariables = [
    [`${sdk}/internal/version.GitVersion`, version(sdk)],
    [`${sdk}/internal/version.KubernetesVersion`, kubernetes],
  ];
  const containerd = 'github.com/containerd/containerd/v2';
  const containerdVariables = [[`${containerd}/version.Version`, version(containerd)]];
  return [...containerdVariables, ...kubeVariables, ...helmVariables, ...helm3Variables, ...sdkVariables]
    .filter(([, value]) => value !== undefined)
    .map(([variable, value]) => `-X ${variable}=${value}`);
}
