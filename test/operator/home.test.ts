import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../support/until.ts';
import { CHART } from './helm.ts';

/** Runs the programs of the chart that copy the home directory of an image to a new disk. */

const script = (file: string) => readFile(join(CHART, 'files', file), 'utf8');

/** root has no capabilities in these containers, so it cannot read and write everything there either. */
const AS_IN_CONTAINER = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];

const MARK = '.devmachine';
const MARKED = { [MARK]: '40555', [`${MARK}/home`]: '100644' };

/** The permissions, the type and the target of everything in a folder, by path. */
function list(folder: string, path = ''): Record<string, string> {
  return Object.assign(
    {},
    ...readdirSync(join(folder, path)).map((entry) => {
      const name = join(path, entry);
      const stat = lstatSync(join(folder, name));
      const target = stat.isSymbolicLink() ? ` -> ${readlinkSync(join(folder, name))}` : '';
      return {
        [name]: stat.isSymbolicLink() ? target : stat.mode.toString(8),
        ...(stat.isDirectory() && list(folder, name)),
      };
    }),
  );
}

for (const command of [
  [process.execPath, '-e', await script('home.js')],
  ['python3', '-I', '-c', await script('home.py')],
] as const) {
  const program = command[0].endsWith('python3') ? 'Python' : 'Node.js';

  /** The home directory of an image and a disk, and what fills the disk. */
  const setUp = async (t: TestContext, { passwd = '' } = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'devmachine-home-'));
    t.after(() => execFileSync('sh', ['-c', 'chmod -R u+rwx "$0" && rm -r "$0"', folder]));
    const [home, disk] = [join(folder, 'home'), join(folder, 'disk')];
    await mkdir(home);
    await mkdir(join(disk, 'lost+found'), { recursive: true });
    const users = join(folder, 'passwd');
    await writeFile(users, passwd.replace('FOLDER', folder));
    const [file = '', ...args] = [...AS_IN_CONTAINER, ...command, home, users, disk];
    return {
      folder,
      home,
      disk,
      fill: () => promisify(execFile)(file, args),
      start: () => spawn(file, args, { stdio: 'ignore' }),
      /** What is on the disk. */
      listed: () => {
        const { 'lost+found': _, ...rest } = list(disk);
        return rest;
      },
      empty: () => execFileSync('find', [disk, '-mindepth', '1', '-not', '-path', `*/${MARK}*`, '-delete']),
    };
  };

  test(`${program}: a home directory is copied with its modes and links, and only once`, async (t) => {
    const { home, disk, fill, listed, empty } = await setUp(t);
    await mkdir(join(home, '.ssh'), { mode: 0o700 });
    await writeFile(join(home, '.ssh', 'id'), 'key', { mode: 0o600 });
    await writeFile(join(home, 'tool'), '#!/bin/sh');
    await chmod(join(home, 'tool'), 0o755);
    await symlink('nowhere', join(home, 'link'));
    await mkdir(join(home, 'read-only', 'inner'), { recursive: true });
    await writeFile(join(home, 'read-only', 'inner', 'file'), 'text');
    await link(join(home, 'read-only', 'inner', 'file'), join(home, 'second-name'));
    for (const name of ['read-only/inner/file', 'read-only/inner', 'read-only'])
      await chmod(join(home, name), name.endsWith('file') ? 0o444 : 0o555);
    await utimes(join(home, 'tool'), 1_000_000_000, 1_000_000_000);
    const expected = { ...list(home), ...MARKED };

    execFileSync('mkfifo', [join(home, 'fifo')]);
    await writeFile(join(home, 'secret'), 'secret', { mode: 0 });
    for (const settings of ['.config/code-server', '.jupyter', '.local/etc/jupyter'])
      await mkdir(join(home, settings), { recursive: true });
    await writeFile(join(home, '.config/code-server/config.yaml'), 'auth: none');
    await writeFile(join(home, '.jupyter/jupyter_server_config.py'), "c.IdentityProvider.token = ''");
    const { stderr } = await fill();
    for (const name of ['fifo', 'secret', '.config/code-server', '.jupyter/jupyter_server_config.py'])
      assert.ok(stderr.includes(`Left out of the home directory: ${join(home, name)}\n`), stderr);

    const folders = ['.config', '.jupyter', '.local', '.local/etc'].map((name) => [name, '40755']);
    assert.deepEqual(listed(), { ...expected, ...Object.fromEntries(folders) });
    assert.equal(readFileSync(join(disk, 'second-name'), 'utf8'), 'text');
    assert.equal(lstatSync(join(disk, 'second-name')).nlink, 2);
    assert.equal(lstatSync(join(disk, 'tool')).mtimeMs, 1_000_000_000_000);

    await chmod(join(disk, 'read-only'), 0o755);
    empty();
    await fill();
    assert.deepEqual(listed(), MARKED);
  });

  test(`${program}: a disk with files is left alone, now and when it is empty`, async (t) => {
    const { home, disk, fill, listed, empty } = await setUp(t);
    await writeFile(join(home, 'file'), 'of the image');
    await writeFile(join(disk, 'other'), 'mine');
    await fill();
    assert.deepEqual(listed(), { other: '100644', ...MARKED });
    empty();
    await fill();
    assert.deepEqual(listed(), MARKED);
  });

  test(`${program}: whenever it is killed, the next one completes the copy`, async (t) => {
    const { home, disk, fill, start, listed } = await setUp(t);
    for (let folder = 0; folder < 20; folder++) {
      await mkdir(join(home, String(folder)));
      for (let file = 0; file < 50; file++)
        await writeFile(join(home, String(folder), String(file)), 'x'.repeat(1000));
      if (folder % 2) await chmod(join(home, String(folder)), 0o555);
    }
    const expected = { ...list(home), ...MARKED };
    for (const sight of ['partial', 'partial/0', 'partial/11']) {
      const child = start();
      const ended = once(child, 'exit');
      const isThere = () => existsSync(join(disk, MARK, sight)) || child.exitCode !== null;
      await until(sight, isThere);
      child.kill('SIGKILL');
      await ended;
    }
    await fill();
    assert.deepEqual(listed(), expected);
    for (const name of Object.keys(list(home)).filter((path) => path.includes('/')))
      assert.equal(lstatSync(join(disk, name)).size, 1000);
  });

  test(`${program}: what somebody else wrote after an interruption is not overwritten`, async (t) => {
    const { home, disk, fill, listed } = await setUp(t);
    for (const name of ['file', 'other']) await writeFile(join(home, name), 'of the image');
    await mkdir(join(disk, MARK, 'complete'), { recursive: true });
    for (const name of ['file', 'other']) await writeFile(join(disk, MARK, 'complete', name), 'of the image');
    await writeFile(join(disk, 'file'), 'mine');
    await fill();
    assert.deepEqual(listed(), { file: '100644', other: '100644', ...MARKED });
    assert.equal(readFileSync(join(disk, 'file'), 'utf8'), 'mine');
  });

  const uid = process.getuid?.();
  for (const [name, entry, expected] of [
    ["of the machine's user in the image", `me:x:${uid}:1::FOLDER/mine:/bin/sh`, ['mine']],
    ['of the template, if the user has no entry', `me:x:99999:1::FOLDER/mine:/bin/sh`, ['template']],
    ["of the template, if the user's does not exist", `me:x:${uid}:1::FOLDER/none:/bin/sh`, ['template']],
    ['of the template, if the user has /', `me:x:${uid}:1::/:/bin/sh`, ['template']],
    ['of the template, if the disk is in that of the user', `me:x:${uid}:1::FOLDER:/bin/sh`, ['template']],
  ] as const) {
    test(`${program}: the home directory is that ${name}`, async (t) => {
      const { folder, home, fill, listed } = await setUp(t, { passwd: `root2:x:1\n${entry}\n` });
      await mkdir(join(folder, 'mine'));
      await writeFile(join(folder, 'mine', 'mine'), '');
      await writeFile(join(home, 'template'), '');
      await fill();
      assert.deepEqual(Object.keys(listed()).sort(), [MARK, `${MARK}/home`, ...expected]);
    });
  }
}
