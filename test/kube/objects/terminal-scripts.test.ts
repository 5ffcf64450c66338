import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { findMarker, hangUpCommand, startCommand } from '../../../src/kube/objects/terminal/scripts.ts';
import { until } from '../../support/until.ts';

/** The scripts that run in containers, with each shell that this machine has. */

const ID = 'd7247ef8d49672dcf4259ef7';
const OTHER = 'f'.repeat(24);
const SHELLS = { dash: ['/bin/dash'], bash: ['/bin/bash', '--posix'], busybox: ['/bin/busybox', 'sh'] };
const present = Object.entries(SHELLS).filter(([, [path = '']]) => existsSync(path));

/** Starts a command in place of whose `sh` is another shell. */
function start(t: TestContext, shell: readonly string[], [, ...command]: string[], env = {}) {
  const [path = '', ...first] = shell;
  // From a socket, which is what Node.js uses for a pipe, bash would read ~/.bashrc.
  const child = spawn(path, [...first, ...command], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  return { child, exited, output: () => Buffer.concat(chunks) };
}

for (const [name, shell] of present) {
  test(`${name}: the command gets its arguments as they are, in the home directory`, async (t) => {
    const HOSTILE = ['$(id)', '`id`', '"; id; #', "'", ' a  b ', '-n', '\n'];
    const script = 'printf "[%s]" "$PWD" "$DEVMACHINE_TERMINAL" "$@"; exit 7';
    const command = startCommand(ID, ['sh', '-c', script, 'sh', ...HOSTILE]);
    const { exited, output } = start(t, shell, command, { HOME: '/tmp' });
    assert.equal((await exited)[0], 7);
    const { rest } = findMarker(output(), ID) ?? assert.fail(output().toString());
    assert.equal(rest.toString(), ['/tmp', ID, ...HOSTILE].map((one) => `[${one}]`).join(''));
  });

  test(`${name}: the hang-up ends the command that has the id, and no other`, async (t) => {
    const stubborn = startCommand(ID, ['sh', '-c', 'trap "" HUP; echo ready; while :; do sleep 1; done']);
    const other = startCommand(OTHER, ['sleep', '60']);
    const victim = start(t, shell, stubborn);
    const bystander = start(t, shell, other);
    await until(
      'both',
      () => /;ready/.test(`${victim.output()}`) && findMarker(bystander.output(), OTHER) !== undefined,
    );
    const { pid } = findMarker(victim.output(), ID) ?? assert.fail();
    assert.equal(pid, String(victim.child.pid));

    // A process id that was reused belongs to another process.
    const reused = { id: ID, pid: String(bystander.child.pid) };
    await start(t, shell, hangUpCommand([reused, { id: ID, pid }])).exited;
    assert.deepEqual(await victim.exited, [null, 'SIGKILL']);
    assert.equal(bystander.child.exitCode ?? bystander.child.signalCode, null);
    // The id alone finds it, too.
    await start(t, shell, hangUpCommand([{ id: OTHER, pid: undefined }])).exited;
    assert.deepEqual(await bystander.exited, [null, 'SIGHUP']);
  });
}

test('the marker is found among other output, and only a complete one', () => {
  assert.equal(findMarker(Buffer.from(`${ID}:12`), ID), undefined);
  const { pid, rest } = findMarker(Buffer.from(`motd\r\n${ID}:123;$ `), ID) ?? assert.fail();
  assert.deepEqual([pid, rest.toString()], ['123', 'motd\r\n$ ']);
});
