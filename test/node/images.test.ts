import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findImages, type ImageName } from '../../dev/images/images.ts';
import { runCommand } from '../../dev/run-command.ts';
import { atEnd, DEV, temporaryFolder } from '../dev/support/processes.ts';
import { until } from '../support/until.ts';

/** The small images are built for real, which takes root and gcc, and their programs run. */

/** Builds the image into an empty cache and unpacks its only layer. */
async function build(t: TestContext, name: ImageName): Promise<string> {
  const folder = await temporaryFolder(t);
  const env = { ...process.env, XDG_CACHE_HOME: folder };
  const [image] = await findImages([name], { env, output: { write: () => undefined } });
  const left = await readdir(join(folder, 'devmachine', 'images'));
  assert.ok(
    left.every((entry) => /^[0-9a-f]{16}$/.test(entry)),
    left.join(),
  );
  const layout = join(folder, 'layout');
  const root = join(folder, 'root');
  for (const each of [layout, root]) await mkdir(each);
  await runCommand('tar', ['-C', layout, '-xf', image?.archive ?? '']);
  const blob = ({ digest }: { digest: string }) => join(layout, 'blobs', digest.replace(':', '/'));
  const [entry] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
  const [layer, ...others] = JSON.parse(readFileSync(blob(entry), 'utf8')).layers;
  assert.deepEqual(others, []);
  await runCommand('tar', ['-C', root, '-xpf', blob(layer)]);
  return root;
}

test('busybox: a shell and its programs run without a C library', async (t) => {
  const root = await build(t, 'busybox');
  const script = 'id -un; ls /bin/vi; touch /tmp/file; stat -c %a /tmp';
  assert.equal(await runCommand('chroot', [root, 'sh', '-c', script]), 'root\n/bin/vi\n1777\n');
  assert.deepEqual((await readdir(root)).toSorted(), ['bin', 'etc', 'root', 'tmp']);
});

test('foreign: its program is for another processor', async (t) => {
  const root = await build(t, 'foreign');
  // bash says why it cannot execute a file. Node.js would run it as a shell script.
  const { stderr } = spawnSync('bash', ['-c', join(root, 'program')], { encoding: 'utf8' });
  assert.match(stderr, /Exec format error$/m);
});

test('pause: reaps the processes that lose their parent, and ends at SIGTERM', async (t) => {
  const root = await build(t, 'pause');
  // In its namespace, pause is the process that orphans are given to.
  const script = '(sleep 0.2 & sleep 0.2 &); exec "$0"';
  const namespace = ['--pid', '--fork', '--kill-child', 'sh', '-c', script, join(root, 'pause')];
  const child = spawn('unshare', namespace, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  atEnd(t, () => child.kill('SIGKILL'));
  const pause = await pauseOf(child.pid ?? 0);
  await until('the end of all other processes', () => childrenOf(pause).length === 0);
  process.kill(pause, 'SIGTERM');
  await ended;
});

async function pauseOf(parent: number): Promise<number> {
  let pid = 0;
  await until('pause', () => {
    pid = childrenOf(parent)[0] ?? 0;
    // The command of the shell before it ends with the same path.
    return pid > 0 && /^[^\0]*\/pause\0$/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  });
  return pid;
}

/** The children of a process, zombies included. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
}

/** Changes a file system through an overlay, as the script of an image does. */
const CHANGE = `
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { mountOverlay, unmount } from '${DEV}images/overlay.ts';
import { findRemoved, writeWhiteouts } from '${DEV}images/whiteouts.ts';

const [folder, lower] = process.argv.slice(1);
const place = await mountOverlay(folder, lower);
process.chdir(place.merged);
await rm('removed');
await rm('anew', { recursive: true });
await mkdir('anew');
for (const file of ['anew/new', 'tmp/file', 'var/log/log']) await writeFile(file, '');
const removed = await findRemoved(place.upper, lower, place.merged);
process.chdir('/');
await unmount(place);
await writeWhiteouts(place.upper, removed);`;

test('a layer contains what was removed as whiteouts, and nothing of /tmp and /var/log', async (t) => {
  const folder = await temporaryFolder(t);
  const lower = join(folder, 'lower');
  await mkdir(join(lower, 'anew'), { recursive: true });
  for (const file of ['removed', 'kept', 'anew/old']) await writeFile(join(lower, file), '');
  const node = [process.execPath, '--input-type=module', '-e', CHANGE, folder, lower];
  await runCommand('unshare', ['--mount', ...node]);
  const upper = join(folder, 'upper');
  const files = await runCommand('find', [upper, '!', '-type', 'd', '-printf', '%P %y %s\\n']);
  assert.deepEqual(files.trim().split('\n').toSorted(), [
    '.wh.removed f 0',
    'anew/.wh.old f 0',
    'anew/new f 0',
  ]);
});
