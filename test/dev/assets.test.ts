import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AssetOptions, findAssets } from '../../dev/assets.ts';
import { readGoTools } from '../../dev/go-tools.ts';
import { until } from '../support/until.ts';
import { isAlive, pidsIn, temporaryFolder } from './support/processes.ts';

const tools = readGoTools('tools');
const oldest = readGoTools('tools-1.30');
/** What is built for every development cluster. */
const common = tools.programs.filter((program) => program !== 'kubelet' && program !== 'kube-proxy');

interface Setup {
  readonly env: NodeJS.ProcessEnv;
  /** The folder for a build of dev/tools for this platform. */
  readonly cached: string;
  readonly written: string[];
  readonly options: AssetOptions;
}

/** Sets up an empty cache folder, and a PATH that holds the script `go`, if given, and the system's programs. */
async function setUp(t: TestContext, go?: string): Promise<Setup> {
  const home = await temporaryFolder(t);
  const bin = join(home, 'bin');
  await mkdir(bin);
  if (go !== undefined) await executable(join(bin, 'go'), `#!/bin/sh\n${go}`);
  const env = { XDG_CACHE_HOME: join(home, 'cache'), PATH: go === undefined ? bin : `${bin}:/usr/bin:/bin` };
  const written: string[] = [];
  const options = { env, output: { write: (text: string) => written.push(text) } };
  return { env, cached: join(home, 'cache', 'devmachine', 'assets', tools.key), written, options };
}

async function executable(file: string, text = ''): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
}

/** Does what the build needs of `go`: lists two packages to compile, and writes a program for each import path. */
const GO_THAT_BUILDS = `
case "$1" in
  list) printf 'example.com/a\\tstale\\nexample.com/b\\tstale\\ncmd\\tnot installed but available in build cache\\n';;
  build)
    printf 'example.com/a\\nexample.com/b\\n' >&2
    while [ "$1" != -o ]; do shift; done
    folder=$2; shift 2
    for path; do
      case "$path" in */v[0-9]) path=\${path%/*};; esac
      if [ -e "$folder\${path##*/}" ]; then echo "two programs named \${path##*/}" >&2; exit 1; fi
      printf '' > "$folder\${path##*/}"; chmod +x "$folder\${path##*/}"
    done;;
esac`;

test('the programs come from go.mod, and etcd and Helm v3 are renamed', () => {
  for (const name of [
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kubectl',
    'kwok',
    'helm',
    'helm3',
    'helm-operator',
  ]) {
    assert.ok(tools.programs.includes(name), name);
  }
  assert.match(tools.goVersion, /^\d+\.\d+/);
  assert.match(tools.key, /^[0-9a-f]{16}$/);
  assert.match(tools.buildFlags.join(' '), /component-base\/version\.gitVersion=v1\.\d+\.\d+ /);
});

test('the oldest supported API server has a go.mod of its own', () => {
  assert.deepEqual(oldest.programs, ['kube-apiserver']);
  assert.match(oldest.buildFlags.join(' '), /component-base\/version\.gitVersion=v1\.30\.\d+ /);
  assert.notEqual(oldest.key, tools.key);
});

test('KUBEBUILDER_ASSETS has priority', async (t) => {
  const { env, cached, options } = await setUp(t, GO_THAT_BUILDS);
  for (const name of tools.programs) await executable(join(cached, name));
  const given = join(await temporaryFolder(t), 'envtest');
  for (const name of ['etcd', 'kube-apiserver']) await executable(join(given, name));
  env['KUBEBUILDER_ASSETS'] = given;
  assert.deepEqual(await findAssets(['etcd', 'kube-apiserver'], options), {
    dir: given,
    source: 'KUBEBUILDER_ASSETS',
  });
  await assert.rejects(
    findAssets(['etcd', 'kwok', 'helm'], options),
    /KUBEBUILDER_ASSETS is .*no executable kwok, helm\./,
  );
});

test('a file that is not executable is not a program', async (t) => {
  const { env, options } = await setUp(t);
  const given = await temporaryFolder(t);
  await writeFile(join(given, 'etcd'), '');
  env['KUBEBUILDER_ASSETS'] = given;
  await assert.rejects(findAssets(['etcd'], options), /no executable etcd\./);
});

test('an earlier build is found without Go', async (t) => {
  const { cached, options, written } = await setUp(t);
  for (const name of tools.programs) await executable(join(cached, name));
  assert.deepEqual(await findAssets(['etcd', 'kwok'], options), { dir: cached, source: 'cache' });
  assert.deepEqual(written, []);
});

test('a build is found by the next call', async (t) => {
  const { cached, options, written } = await setUp(t, GO_THAT_BUILDS);
  assert.deepEqual(await findAssets(['etcd'], options), { dir: cached, source: 'build' });
  assert.deepEqual((await readdir(cached)).toSorted(), common.toSorted());
  assert.match(written.join(''), /compiling: 0 of 2 packages \(0 %\)/);
  assert.match(written.join(''), /linking \d+ programs/);
  assert.deepEqual(await findAssets(['etcd'], options), { dir: cached, source: 'cache' });
});

test('the oldest supported API server is built into a folder of its own, whatever KUBEBUILDER_ASSETS holds', async (t) => {
  const { cached, env, options } = await setUp(t, GO_THAT_BUILDS);
  env['KUBEBUILDER_ASSETS'] = await temporaryFolder(t);
  const dir = join(dirname(cached), oldest.key);
  const find = () => findAssets(['kube-apiserver'], { ...options, folder: 'tools-1.30' });
  assert.deepEqual(await find(), { dir, source: 'build' });
  assert.deepEqual(await readdir(dir), ['kube-apiserver']);
  assert.deepEqual(await find(), { dir, source: 'cache' });
});

test('a build completes a cache folder that lacks a program', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  await executable(join(cached, 'kwok'));
  await writeFile(join(cached, 'helm'), 'not executable');
  await findAssets(['etcd'], options);
  assert.deepEqual((await readdir(cached)).toSorted(), common.toSorted());
  assert.deepEqual(await findAssets(['etcd'], options), { dir: cached, source: 'cache' });
});

test('the programs of the real node are built when they are needed, beside the others', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  for (const name of common) await executable(join(cached, name));
  assert.deepEqual(await findAssets(['kwok'], options), { dir: cached, source: 'cache' });
  assert.deepEqual(await findAssets(['kubelet', 'kube-proxy'], options), { dir: cached, source: 'build' });
  assert.deepEqual((await readdir(cached)).toSorted(), tools.programs.toSorted());
});

test('two concurrent builds succeed and leave one folder', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  const both = await Promise.all([findAssets(['etcd'], options), findAssets(['etcd'], options)]);
  for (const { dir } of both) assert.equal(dir, cached);
  assert.deepEqual(await readdir(dirname(cached)), [tools.key]);
});

test('without Go, the error lists three solutions', async (t) => {
  const { cached, options } = await setUp(t);
  const error = await findAssets(['etcd'], options).then(() => undefined, String);
  assert.match(error ?? '', /`go` is not on the PATH/);
  assert.match(error ?? '', new RegExp(`install Go ${tools.goVersion} or newer`));
  assert.ok(error?.includes(cached));
  assert.match(error ?? '', /set KUBEBUILDER_ASSETS/);
});

test('without Go, the error for the oldest supported API server names its go.mod and its solutions', async (t) => {
  const { cached, options } = await setUp(t);
  const error = await findAssets(['kube-apiserver'], { ...options, folder: 'tools-1.30' }).then(
    () => undefined,
    String,
  );
  assert.match(error ?? '', /The programs of dev\/tools-1\.30\/go\.mod \(kube-apiserver\) cannot be built/);
  assert.ok(error?.includes(join(dirname(cached), oldest.key)));
  assert.doesNotMatch(error ?? '', /KUBEBUILDER_ASSETS/);
});

test('if Go is too old, the error contains its message', async (t) => {
  const { options } = await setUp(t, 'echo "go: go.mod requires go >= 9.9.9 (running go 1.20)" >&2; exit 1');
  await assert.rejects(findAssets(['etcd'], options), /requires go >= 9\.9\.9.*install Go/s);
});

test('a failed build leaves nothing, and the error contains the end of the output', async (t) => {
  const { cached, options } = await setUp(t, 'case "$1" in build) echo "a.go:1: broken" >&2; exit 1;; esac');
  await assert.rejects(findAssets(['etcd'], options), /go build failed:\na\.go:1: broken/);
  assert.deepEqual(await readdir(dirname(cached)), []);
});

test('a program that is not in go.mod is an error', async (t) => {
  const { options } = await setUp(t);
  await assert.rejects(
    findAssets(['etcd', 'podman'], options),
    /dev\/tools\/go\.mod has no tool directive for: podman$/,
  );
  await assert.rejects(
    findAssets(['etcd'], { ...options, folder: 'tools-1.30' }),
    /dev\/tools-1\.30\/go\.mod has no tool directive for: etcd$/,
  );
});

test('an interrupted build ends Go and its children and leaves nothing', async (t) => {
  const { cached, options, written } = await setUp(
    t,
    'case "$1" in build) sleep 1000 & echo "$$ $!" > "$PIDS"; wait;; list) printf "x\\tstale\\n";; esac',
  );
  const pids = join(await temporaryFolder(t), 'pids');
  const stop = new AbortController();
  const env = { ...options.env, PIDS: pids };
  const building = findAssets(['etcd'], { ...options, env, signal: stop.signal });
  const both = await pidsIn(pids);
  stop.abort(new Error('given up'));
  await assert.rejects(building, /given up/);
  assert.equal(both.length, 2);
  await until('the end of both processes', () => !both.some(isAlive));
  assert.deepEqual(await readdir(dirname(cached)), []);
  assert.match(written.join(''), /compiling/);
});

test('a build removes the folder of an earlier build that was killed', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  // No system assigns such a large pid.
  await mkdir(`${cached}.999999999.abc`, { recursive: true });
  await findAssets(['etcd'], options);
  assert.deepEqual(await readdir(dirname(cached)), [tools.key]);
});
