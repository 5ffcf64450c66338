import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../support/workloads.ts';
import { machineOf } from './support/machines.ts';

/** What the image of a machine with VS Code lacks, and what the chart adds to it. */

const SMALL = { cpu: '300m', memory: '1Gi', template: 'vscode-cpu' };

test('an image without glibc is named as incompatible with the IDE', async (t) => {
  const machine = await machineOf(t);
  await machine.create({ ...SMALL, image: 'docker.io/library/busybox:1.37' });
  const { reason, message } = await waitFor('a diagnosis', async () => {
    const status = await machine.status();
    return status.phase === 'Failed' && status;
  });
  assert.equal(reason, 'IdeIncompatible', message);
  assert.match(message, /busybox:1\.37 cannot run the IDE: .*no such file or directory/);
});

test('an orphan is reaped, ssh finds the user, and the locale is UTF-8', async (t) => {
  const machine = await machineOf(t);
  await machine.create(SMALL);
  await machine.running();
  assert.equal(await machine.exec('id -un; id -gn'), 'coder\ncoder\n');
  const orphan = (await machine.exec("sh -c 'sleep 0 & echo $!'")).trim();
  await waitFor(
    'the orphan to be reaped',
    async () => (await machine.exec(`test -d /proc/${orphan} || echo gone`)) === 'gone\n',
  );
  const server = "$(ps -eo pid,args | grep -m1 'ide/lib/node --import' | awk '{print $1}')";
  const environment = await machine.exec(
    `tr '\\0' '\\n' < /proc/${server}/environ | grep -E '^(HOME|npm_)' | sort`,
  );
  assert.equal(environment, 'HOME=/home/coder\nnpm_config_prefix=/home/coder/.local\n');
});
