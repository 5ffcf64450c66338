import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AssetOptions, findAssets } from '../../dev/assets.ts';
import { readGoTools } from '../../dev/go-tools.ts';
import { until } from '../support/until.ts';
import { isAlive, temporaryFolder } from './support/processes.ts';

const tools = readGoTools();

interface Setup {
  readonly env: NodeJS.ProcessEnv;
  /** Where a build for this system belongs. */
  readonly cached: string;
  readonly written: string[];
  readonly options: AssetOptions;
}

/** An empty cache folder, and a PATH with nothing but the shell's own and this `go`, where one is given. */
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

/** Behaves as far as needed: two packages to compile, and then the programs in the folder after -o. */
const GO_THAT_BUILDS = `
case "$1" in
  list) printf 'example.com/a\\tstale\\nexample.com/b\\tstale\\ncmd\\tnot installed but available in build cache\\n';;
  build)
    printf 'example.com/a\\nexample.com/b\\n' >&2
    while [ "$1" != -o ]; do shift; done
    for name in server ${tools.programs.filter((name) => name !== 'etcd').join(' ')}; do
      printf '' > "$2$name"; chmod +x "$2$name"
    done;;
esac`;

test('go.mod names the programs, etcd by its own name', () => {
  for (const name of [
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kubectl',
    'kwok',
    'helm',
  ]) {
    assert.ok(tools.programs.includes(name), name);
  }
  assert.match(tools.goVersion, /^\d+\.\d+/);
  assert.match(tools.key, /^[0-9a-f]{16}$/);
  assert.match(tools.buildFlags.join(' '), /component-base\/version\.gitVersion=v1\.\d+\.\d+ /);
});

test('KUBEBUILDER_ASSETS comes first', async (t) => {
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
    /KUBEBUILDER_ASSETS is .*no executable kwok, helm /,
  );
});

test('a file that cannot be executed is no program', async (t) => {
  const { env, options } = await setUp(t);
  const given = await temporaryFolder(t);
  await writeFile(join(given, 'etcd'), '');
  env['KUBEBUILDER_ASSETS'] = given;
  await assert.rejects(findAssets(['etcd'], options), /no executable etcd /);
});

test('then an earlier build, without any Go', async (t) => {
  const { cached, options, written } = await setUp(t);
  for (const name of tools.programs) await executable(join(cached, name));
  assert.deepEqual(await findAssets(['etcd', 'kwok'], options), { dir: cached, source: 'cache' });
  assert.deepEqual(written, []);
});

test('then a build, which the next call finds', async (t) => {
  const { cached, options, written } = await setUp(t, GO_THAT_BUILDS);
  assert.deepEqual(await findAssets(['etcd'], options), { dir: cached, source: 'build' });
  assert.deepEqual((await readdir(cached)).toSorted(), tools.programs.toSorted());
  assert.match(written.join(''), /compiling: 0 of 2 packages \(0 %\)/);
  assert.match(written.join(''), /linking \d programs/);
  assert.deepEqual(await findAssets(['etcd'], options), { dir: cached, source: 'cache' });
});

test('a cache folder that lacks a program is completed', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  await executable(join(cached, 'kwok'));
  await writeFile(join(cached, 'helm'), 'not executable');
  await findAssets(['etcd'], options);
  assert.deepEqual((await readdir(cached)).toSorted(), tools.programs.toSorted());
  assert.deepEqual(await findAssets(['etcd'], options), { dir: cached, source: 'cache' });
});

test('two builds at once both succeed and leave one folder', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  const both = await Promise.all([findAssets(['etcd'], options), findAssets(['etcd'], options)]);
  for (const { dir } of both) assert.equal(dir, cached);
  assert.deepEqual(await readdir(dirname(cached)), [tools.key]);
});

test('without any of the three: the three ways out', async (t) => {
  const { cached, options } = await setUp(t);
  const error = await findAssets(['etcd'], options).then(() => undefined, String);
  assert.match(error ?? '', /`go` is not on the PATH/);
  assert.match(error ?? '', new RegExp(`install Go ${tools.goVersion} or newer`));
  assert.ok(error?.includes(cached));
  assert.match(error ?? '', /set KUBEBUILDER_ASSETS/);
});

test('a Go that is too old: its own words', async (t) => {
  const { options } = await setUp(t, 'echo "go: go.mod requires go >= 9.9.9 (running go 1.20)" >&2; exit 1');
  await assert.rejects(findAssets(['etcd'], options), /requires go >= 9\.9\.9.*install Go/s);
});

test('a build that fails: the end of what Go said, and nothing left behind', async (t) => {
  const { cached, options } = await setUp(t, 'case "$1" in build) echo "a.go:1: broken" >&2; exit 1;; esac');
  await assert.rejects(findAssets(['etcd'], options), /go build failed:\na\.go:1: broken/);
  assert.deepEqual(await readdir(dirname(cached)), []);
});

test('a program that go.mod does not have', async (t) => {
  const { options } = await setUp(t);
  await assert.rejects(findAssets(['etcd', 'podman'], options), /Not among the tools of .*: podman$/);
});

test('an interrupted build ends Go with its children, and leaves nothing that looks finished', async (t) => {
  const { cached, options, written } = await setUp(
    t,
    'case "$1" in build) sleep 1000 & echo "$$ $!" > "$PIDS"; wait;; list) printf "x\\tstale\\n";; esac',
  );
  const pids = join(await temporaryFolder(t), 'pids');
  const stop = new AbortController();
  const env = { ...options.env, PIDS: pids };
  const building = findAssets(['etcd'], { ...options, env, signal: stop.signal });
  await until('the build to start', () => existsSync(pids) && readFileSync(pids, 'utf8').includes('\n'));
  stop.abort(new Error('enough'));
  await assert.rejects(building, /enough/);
  const both = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
  assert.equal(both.length, 2);
  await until('both processes to end', () => !both.some(isAlive));
  assert.deepEqual(await readdir(dirname(cached)), []);
  assert.match(written.join(''), /compiling/);
});

test('the folder of a build that was killed is removed by the next one', async (t) => {
  const { cached, options } = await setUp(t, GO_THAT_BUILDS);
  // No system gives out pids this large.
  await mkdir(`${cached}.999999999.abc`, { recursive: true });
  await findAssets(['etcd'], options);
  assert.deepEqual(await readdir(dirname(cached)), [tools.key]);
});
