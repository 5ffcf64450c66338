import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cachedFile, DEFINITIONS, keyOf } from '../../dev/images/definitions.ts';
import { findImages, type ImageOptions, missingForImages } from '../../dev/images/images.ts';
import { packLayer, writeArchive } from '../../dev/images/oci.ts';
import { findRemoved, writeWhiteouts } from '../../dev/images/whiteouts.ts';
import { runCommand } from '../../dev/run-command.ts';
import { until } from '../support/until.ts';
import { isAlive, pidsIn, temporaryFolder } from './support/processes.ts';

/** Writes files, and the folders that they are in, below `root`. */
async function write(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const list = async (tar: string): Promise<string[]> =>
  (await runCommand('tar', ['-tf', tar])).trim().split('\n');

const IMAGE = {
  reference: 'registry.example.com:5000/image:1',
  platform: { os: 'linux', architecture: 'amd64' },
  config: { User: '1000', Cmd: ['sh'] },
};

test('an archive is an OCI image layout: every digest and size is that of the file that it names', async (t) => {
  const folder = await temporaryFolder(t);
  const layers = [join(folder, '1.tar'), join(folder, '2.tar')];
  for (const layer of layers) await packLayer(await write(`${layer}.root`, { file: layer }), layer);
  const archive = join(folder, 'archive.tar');
  await writeArchive({ ...IMAGE, layers }, archive);

  const out = join(folder, 'out');
  await mkdir(out);
  await runCommand('tar', ['-C', out, '-xf', archive]);
  const json = (path: string) => JSON.parse(readFileSync(join(out, path), 'utf8'));
  const blob = ({ digest, size }: { digest: string; size: number }) => {
    const path = `blobs/${digest.replace(':', '/')}`;
    const content = readFileSync(join(out, path));
    assert.equal(`sha256:${createHash('sha256').update(content).digest('hex')}`, digest);
    assert.equal(content.length, size);
    return path;
  };
  assert.deepEqual(json('oci-layout'), { imageLayoutVersion: '1.0.0' });
  const [entry, ...others] = json('index.json').manifests;
  assert.deepEqual(others, []);
  assert.deepEqual(entry.platform, IMAGE.platform);
  assert.deepEqual(entry.annotations, {
    'io.containerd.image.name': IMAGE.reference,
    'org.opencontainers.image.ref.name': '1',
  });
  const manifest = json(blob(entry));
  assert.equal(manifest.mediaType, entry.mediaType);
  const digests = manifest.layers.map(({ digest }: { digest: string }) => digest);
  assert.deepEqual(json(blob(manifest.config)), {
    ...IMAGE.platform,
    config: IMAGE.config,
    rootfs: { type: 'layers', diff_ids: digests },
  });
  for (const [index, layer] of manifest.layers.entries()) {
    assert.deepEqual(readFileSync(join(out, blob(layer))), readFileSync(layers[index] ?? ''));
  }
  const files = await list(archive);
  assert.equal(files.filter((path) => !path.endsWith('/')).length, 2 + 2 + layers.length);
  assert.ok(!existsSync(`${archive}.layout`));
});

test('the same files make the same archive, whenever and in whatever order they were written', async (t) => {
  const folder = await temporaryFolder(t);
  const files = { b: '1', 'a/b': '2', 'a/a': '3' };
  const archives = [files, Object.fromEntries(Object.entries(files).toReversed())].map(
    async (content, index) => {
      const root = await write(join(folder, `${index}`), content);
      await utimes(join(root, 'b'), index, index);
      const layer = `${root}.tar`;
      await packLayer(root, layer);
      const archive = `${root}.archive.tar`;
      await writeArchive({ ...IMAGE, layers: [layer] }, archive);
      return readFile(archive);
    },
  );
  const [first, second] = await Promise.all(archives);
  assert.deepEqual(first, second);
});

test('a layer can keep some paths only', async (t) => {
  const folder = await temporaryFolder(t);
  const root = await write(join(folder, 'root'), { 'usr/lib/kept/file': '', 'usr/lib/other': '', etc: '' });
  await packLayer(root, join(folder, 'layer.tar'), ['usr/lib/kept', 'etc']);
  assert.deepEqual(await list(join(folder, 'layer.tar')), ['usr/lib/kept/', 'usr/lib/kept/file', 'etc']);
});

test('what a layer removes becomes a whiteout, also below a folder that was made anew', async (t) => {
  const folder = await temporaryFolder(t);
  const lower = await write(join(folder, 'lower'), {
    'same/file': '',
    'changed/kept': '',
    'changed/removed': '',
    'changed/folder/file': '',
    'anew/old': '',
    'type/file': '',
  });
  const upper = await write(join(folder, 'upper'), { 'changed/new': '', 'anew/new': '', type: '' });
  const merged = await write(join(folder, 'merged'), {
    'same/file': '',
    'changed/kept': '',
    'changed/new': '',
    'anew/new': '',
    type: '',
  });
  const removed = await findRemoved(upper, lower, merged);
  assert.deepEqual(removed.toSorted(), ['anew/old', 'changed/folder', 'changed/removed']);
  await writeWhiteouts(upper, removed);
  assert.deepEqual(await readdir(join(upper, 'changed')), ['.wh.folder', '.wh.removed', 'new']);
  assert.deepEqual(await readdir(join(upper, 'anew')), ['.wh.old', 'new']);
});

test('a command that fails is an error with the end of its output', async () => {
  await assert.rejects(
    runCommand('sh', ['-c', 'seq 100; echo broken >&2; exit 3']),
    (error: Error) =>
      /^sh failed \(exit code 3\):\n/.test(error.message) && /\n100\nbroken$/.test(error.message),
  );
  await assert.rejects(runCommand('/nowhere/program', []), /ENOENT/);
});

test('an image is built anew when its definition changes, and only then', () => {
  const { machine } = DEFINITIONS;
  const key = keyOf(machine);
  assert.match(key, /^[0-9a-f]{16}$/);
  assert.equal(keyOf({ ...machine }), key);
  assert.notEqual(keyOf({ ...machine, reference: 'docker.io/library/other:1' }), key);
  assert.notEqual(keyOf({ ...machine, npm: ['npm@1.0.0'] }), key);
  assert.notEqual(keyOf({ ...machine, sources: ['chroot/jupyter.sh'] }), key);
  assert.notEqual(keyOf({ ...machine, kind: 'files' }), key);
});

test('code-server is built in the version that the image of the chart has', () => {
  const { npm = [], reference } = DEFINITIONS['code-server'];
  assert.match(reference, /\/code-server:\d+\.\d+\.\d+$/);
  assert.ok(npm.includes(`code-server@${reference.split(':').at(-1)}`));
});

interface Setup {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly written: string[];
  readonly options: ImageOptions;
}

const ALL_INSTALLED = 'shift 2; for name; do echo "$name installed"; done';
/** Stands for the build in its namespaces: its last arguments are build.ts, the work folder, the cache and the names. */
const BUILD = `
while [ "\${1##*/}" != build.ts ]; do shift; done
work=$2; shift 3; mkdir "$work/done"`;
const BUILDS = `${BUILD}; for name; do echo "$name: done"; echo "$name" > "$work/done/$name.tar"; done`;

/** An empty cache, and programs instead of those that ask for packages and make namespaces. */
async function setUp(t: TestContext, unshare = '', dpkgQuery = ALL_INSTALLED): Promise<Setup> {
  const home = await temporaryFolder(t);
  const bin = join(home, 'bin');
  const programs = { unshare, 'dpkg-query': dpkgQuery };
  for (const [name, text] of Object.entries(programs)) {
    await write(bin, { [name]: `#!/bin/sh\n${text}\n` });
    await chmod(join(bin, name), 0o755);
  }
  const env = { XDG_CACHE_HOME: home, PATH: `${bin}:/usr/bin:/bin` };
  const written: string[] = [];
  const cache = join(home, 'devmachine', 'images');
  return { cache, env, written, options: { env, output: { write: (text) => written.push(text) } } };
}

test('what was built is found by the next call', async (t) => {
  const { cache, options, written } = await setUp(t, BUILDS);
  const [busybox, pause] = await findImages(['busybox', 'pause'], options);
  assert.deepEqual(busybox, {
    name: 'busybox',
    reference: 'docker.io/library/busybox:1.37',
    archive: cachedFile(cache, 'busybox'),
  });
  assert.equal(readFileSync(pause?.archive ?? '', 'utf8'), 'pause\n');
  assert.match(
    written.join(''),
    /^Building images into .*: busybox, pause .*\nbusybox: done\npause: done\n$/,
  );
  written.length = 0;
  await findImages(['pause', 'foreign', 'busybox'], options);
  assert.match(written.join(''), /: foreign .*\nforeign: done\n$/);
  written.length = 0;
  await findImages(['pause', 'foreign', 'busybox'], options);
  assert.deepEqual(written, []);
});

test('two concurrent builds succeed and leave complete images only', async (t) => {
  const { cache, options } = await setUp(t, BUILDS);
  await Promise.all([findImages(['pause', 'busybox'], options), findImages(['pause'], options)]);
  const left = await readdir(cache);
  assert.deepEqual(
    left.toSorted(),
    ['pause', 'busybox'].map((name) => keyOf(DEFINITIONS[name as 'pause'])).toSorted(),
  );
  for (const folder of left) assert.equal((await readdir(join(cache, folder))).length, 1);
});

test('a failed build keeps the images that are complete, and the error contains what it printed', async (t) => {
  const { cache, options } = await setUp(
    t,
    `${BUILD}; echo 1 > "$work/done/pause.tar"; echo half > "$work/busybox.tar"; echo "busybox: broken" >&2; exit 1`,
  );
  await assert.rejects(findImages(['busybox', 'pause'], options), /cannot be built.*:\nbusybox: broken$/);
  assert.deepEqual(await readdir(cache), [keyOf(DEFINITIONS.pause)]);
  assert.ok(existsSync(cachedFile(cache, 'pause')));
});

test('an interrupted build ends its processes and leaves nothing', async (t) => {
  const pids = join(await temporaryFolder(t), 'pids');
  const { cache, options } = await setUp(t, `${BUILD}; sleep 1000 & echo "$$ $!" > ${pids}; wait`);
  const stop = new AbortController();
  const building = findImages(['pause'], { ...options, signal: stop.signal });
  const both = await pidsIn(pids);
  stop.abort(new Error('given up'));
  await assert.rejects(building, /given up/);
  await until('the end of both processes', () => !both.some(isAlive));
  assert.deepEqual(await readdir(cache), []);
});

test('a build removes the folder of an earlier build that was killed, and of no other', async (t) => {
  const { cache, options } = await setUp(t, BUILDS);
  // No system assigns such a large pid.
  await mkdir(join(cache, 'build.999999999.abc'), { recursive: true });
  await mkdir(join(cache, `build.${process.pid}.abc`));
  await findImages(['foreign'], options);
  assert.deepEqual(
    (await readdir(cache)).toSorted(),
    [keyOf(DEFINITIONS.foreign), `build.${process.pid}.abc`].toSorted(),
  );
});

test('missing packages are named in one line before anything is built', async (t) => {
  const { env, options, written } = await setUp(
    t,
    BUILDS,
    'echo "gcc installed"; echo "libc6-dev config-files"; exit 1',
  );
  await assert.rejects(
    findImages(['pause', 'busybox'], options),
    /\n {2}apt-get install -y --no-install-recommends libc6-dev busybox-static$/,
  );
  assert.deepEqual(written, []);
  assert.deepEqual(missingForImages(['foreign'], env), []);
  assert.deepEqual(missingForImages(['machine', 'jupyter'], env), ['debootstrap', 'debian-archive-keyring']);
});

test('images of the cache need no package', async (t) => {
  const { cache, env } = await setUp(t, '', 'exit 1');
  const archive = cachedFile(cache, 'pause');
  await write(dirname(archive), { 'pause.tar': '' });
  assert.deepEqual(missingForImages(['pause'], env), []);
});
