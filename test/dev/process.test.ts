import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startProcess, waitUntilReady } from '../../dev/process.ts';
import { until } from '../support/until.ts';
import { atEnd, isAlive, runModule, temporaryFolder } from './support/processes.ts';

async function startScript(t: TestContext, script: string) {
  const logFile = join(await temporaryFolder(t), 'child.log');
  const running = await startProcess({
    name: 'child',
    command: process.execPath,
    args: ['-e', script],
    logFile,
  });
  atEnd(t, () => running.stop(0));
  return { running, logFile };
}

test('the error for an early end contains the path and the last lines of the log', async (t) => {
  const { running, logFile } = await startScript(t, 'console.log("no such flag: --foo"); process.exit(3)');
  const waiting = waitUntilReady(running, async () => false, { logFile });
  await assert.rejects(waiting, (error: Error) => {
    assert.match(error.message, /child ended \(exit code 3\)/);
    assert.ok(error.message.includes(logFile));
    assert.match(error.message, /no such flag: --foo/);
    return true;
  });
});

test('a program that does not exist is an error', async () => {
  const missing = startProcess({ name: 'nothing', command: '/nonexistent/program', args: [] });
  await assert.rejects(missing, /nothing cannot be started: .*ENOENT/);
});

test('a failed probe means not ready, and the wait can be aborted', async (t) => {
  const { running } = await startScript(t, 'setInterval(() => {}, 1000)');
  let calls = 0;
  await waitUntilReady(running, async () => {
    if (++calls < 3) throw new Error('connection refused');
    return true;
  });
  assert.equal(calls, 3);
  const giveUp = AbortSignal.abort(new Error('given up'));
  await assert.rejects(
    waitUntilReady(running, async () => false, { signal: giveUp }),
    /given up/,
  );
});

test('stop ends a paused process and a process that ignores SIGTERM', async (t) => {
  const { running: paused } = await startScript(t, 'setInterval(() => {}, 1000)');
  paused.kill('SIGSTOP');
  await paused.stop();
  assert.equal(await paused.exited, 'signal SIGTERM');

  const ignoring = await startScript(
    t,
    'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)',
  );
  await until('the start of the script', () => readFileSync(ignoring.logFile, 'utf8').includes('up'));
  await ignoring.running.stop(100);
  assert.equal(await ignoring.running.exited, 'signal SIGKILL');
});

/** A module that starts a child, which starts a grandchild, prints both pids and then ends as `ending` says. */
const owner = (ending: string) => `
  import { startProcess } from 'dev/process.ts';
  const script = 'const { pid } = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);'
    + 'console.log("grandchild=" + pid); setInterval(() => {}, 1000)';
  const running = await startProcess({ name: 'child', command: process.execPath, args: ['-e', script] });
  running.child.stdout.once('data', (text) => { console.log('child=' + running.pid + ' ' + text + ' up'); ${ending} });
`;

const endings = {
  exit: 'process.exit(0)',
  'an uncaught exception': 'setImmediate(() => { throw new Error("boom") })',
  'an unhandled rejection': 'Promise.reject(new Error("boom"))',
  SIGINT: 'process.kill(process.pid, "SIGINT")',
  SIGTERM: 'process.kill(process.pid, "SIGTERM")',
  SIGHUP: 'process.kill(process.pid, "SIGHUP")',
  SIGKILL: 'process.kill(process.pid, "SIGKILL")',
};

for (const [name, ending] of Object.entries(endings)) {
  test(`children and grandchildren end with their parent: ${name}`, async (t) => {
    const script = runModule(t, owner(ending));
    const how = await script.ended;
    const pids = [...script.output().matchAll(/child=(\d+)/g)].map(([, pid]) => Number(pid));
    assert.equal(pids.length, 2, script.output());
    await until('the end of the children', () => !pids.some(isAlive));
    if (name.startsWith('SIG')) assert.equal(how, name);
  });
}

test('a process that handles a signal itself decides when its children end', async (t) => {
  const script = runModule(
    t,
    owner(
      `process.once('SIGTERM', () => setTimeout(() => {
         console.log('alive=' + !running.hasExited());
         running.stop().then(() => process.exit(7));
       }, 200));
       process.kill(process.pid, 'SIGTERM');`,
    ),
  );
  assert.equal(await script.ended, 7);
  assert.match(script.output(), /alive=true/);
});

test('a child ends with a parent that is killed before it has told of the child', async (t) => {
  const script = runModule(
    t,
    `import { spawn } from 'node:child_process';
     import { RUN_MARK } from 'dev/exit.ts';
     import { startProcess } from 'dev/process.ts';
     const idle = [process.execPath, ['-e', 'setInterval(() => {}, 1000)']];
     await startProcess({ name: 'known', command: idle[0], args: idle[1] });
     const unknown = spawn(...idle, { detached: true, stdio: 'ignore', env: { ...process.env, ...RUN_MARK } });
     unknown.once('spawn', () => { console.log('child=' + unknown.pid + ' up'); process.kill(process.pid, 'SIGKILL'); });`,
  );
  assert.equal(await script.ended, 'SIGKILL');
  const pid = Number(/child=(\d+)/.exec(script.output())?.[1]);
  await until('the end of the child', () => !isAlive(pid));
});
