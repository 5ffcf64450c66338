import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../support/until.ts';
import { CHART } from './helm.ts';

/** Runs the programs of the chart that run in the machine's pod. */

const script = (file: string) => readFile(join(CHART, 'files', file), 'utf8');

/** Like the first process of a container, a subreaper adopts the processes below it whose parents have ended. */
const AS_FIRST =
  'import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])';

/** Prints the pid of a process that has lost its parent. */
const ORPHAN = "sh -c 'sleep 0 & echo $!'";

for (const [shell, ...init] of [
  ['sh', '-c', await script('init.sh'), 'init'],
  ['bash', '-c', await script('init.sh'), 'init'],
  ['python3', '-c', await script('init.py')],
] as const) {
  const start = (t: TestContext, ...machine: string[]): ChildProcess => {
    const child = spawn('python3', ['-c', AS_FIRST, shell, ...init, ...machine], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
  const line = async ({ stdout }: ChildProcess): Promise<string> => {
    assert.ok(stdout);
    const [text] = await once(createInterface(stdout), 'line');
    return text;
  };

  test(`with ${shell}, the init reaps orphans, and passes a signal and the exit code on`, async (t) => {
    const child = start(t, 'sh', '-c', `trap 'exit 7' TERM; ${ORPHAN}; while :; do sleep 0.1; done`);
    const orphan = await line(child);
    await until('the orphan to be reaped', () => !existsSync(`/proc/${orphan}`));
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [7, null]);
  });

  test(`with ${shell}, the init exits as the process does`, async (t) => {
    assert.deepEqual(await once(start(t, 'sh', '-c', 'exit 3'), 'exit'), [3, null]);
    assert.deepEqual(await once(start(t, 'sh', '-c', 'kill -KILL $$'), 'exit'), [137, null]);
  });

  test(`with ${shell}, Ctrl+C works in the IDE's terminals`, async (t) => {
    const terminal = ['grep', 'SigIgn', '/proc/self/status'];
    // Python keeps what it was started with, and Node.js does not.
    const code = `require('node:child_process').execFileSync('grep', ${JSON.stringify(terminal.slice(1))}, { stdio: 'inherit' })`;
    const ide = shell === 'python3' ? terminal : [process.execPath, '-e', code];
    const ignored = Number.parseInt((await line(start(t, ...ide))).split('\t')[1] ?? '', 16);
    assert.equal(ignored & 0b10, 0, 'SIGINT is not ignored');
  });
}

const uid = String(process.getuid?.());
const gid = String(process.getgid?.());
const SHELL = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
const ADDED = `coder:x:${uid}:${gid}:coder:/home/me:${SHELL}\n`;
const DAEMON = 'daemon:x:99999:99999:daemon:/:/bin/false\n';

for (const { name, passwd, group, expected } of [
  {
    name: 'a user who has no entry',
    passwd: DAEMON,
    group: 'daemon:x:99999:\n',
    expected: [DAEMON + ADDED, `daemon:x:99999:\ncoder:x:${gid}:\n`],
  },
  {
    name: 'a user who has an entry with another home and no shell',
    passwd: `${DAEMON}node:x:${uid}:5:Node:/home/node:/usr/sbin/nologin`,
    group: `users:x:${gid}:node\n`,
    expected: [`${DAEMON}node:x:${uid}:5:Node:/home/me:${SHELL}\n`, `users:x:${gid}:node\n`],
  },
  {
    name: 'a user who has an entry with a shell',
    passwd: `node:x:${uid}:${gid}::/home/node:/bin/sh\n`,
    group: `users:x:${gid}:\n`,
    expected: [`node:x:${uid}:${gid}::/home/me:/bin/sh\n`, `users:x:${gid}:\n`],
  },
  {
    name: 'names that are taken',
    passwd: 'coder:x:99999:99999:::\n',
    group: 'coder:x:99999:\n',
    expected: [
      `coder:x:99999:99999:::\n${ADDED.replace('coder', 'devmachine')}`,
      `coder:x:99999:\ndevmachine:x:${gid}:\n`,
    ],
  },
  {
    name: 'an image without files of users',
    passwd: undefined,
    group: undefined,
    expected:
      uid === '0'
        ? ['root:x:0:0:root:/home/me:/bin/sh\n', 'root:x:0:\n']
        : [`root:x:0:0:root:/root:/bin/sh\n${ADDED}`, `root:x:0:\ncoder:x:${gid}:\n`],
  },
]) {
  test(`the files of users: ${name}`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'devmachine-user-'));
    t.after(() => rm(dir, { recursive: true, force: true }));
    const [etc, copies] = [join(dir, 'etc'), join(dir, 'copies')];
    await mkdir(etc);
    await mkdir(copies);
    if (passwd) await writeFile(join(etc, 'passwd'), passwd);
    if (group) await writeFile(join(etc, 'group'), group);
    await promisify(execFile)(process.execPath, ['-e', await script('user.js'), '/home/me', etc, copies]);
    const written = await Promise.all(
      ['passwd', 'group'].map((file) => readFile(join(copies, file), 'utf8')),
    );
    assert.deepEqual(written, expected);
  });
}
