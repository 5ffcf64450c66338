import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEMPLATES } from '../../src/devmachine/schema/templates.ts';
import { waitFor } from '../support/workloads.ts';
import { kubectl } from './support/cluster.ts';
import { machineOf } from './support/machines.ts';
import { apply, exec } from './support/pods.ts';

/** The home directory of the image is copied to a new disk, once. */

const SMALL = { cpu: '300m', memory: '1Gi', storage: { size: '256Mi' } };
const JUPYTER_IMAGE = TEMPLATES['jupyter-cpu'].image;

/** What Debian puts in the home directory of a new user. */
const FILES = ['.bash_logout', '.bashrc', '.profile'];

const LIST = `cd ~ && stat -c '%a %U %n' ${FILES.join(' ')}`;

/** What is left of them: a changed one, and a message about a deleted one. */
const LEFT = "mine\nls: cannot access '.profile': No such file or directory\n";

/** Mounts the disk of a machine, as a machine of another kind could. */
const diskUser = (claimName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'disk-user' },
  spec: {
    terminationGracePeriodSeconds: 0,
    securityContext: {
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: 'OnRootMismatch',
    },
    containers: [
      {
        name: 'user',
        image: 'docker.io/library/busybox:1.37',
        command: ['sleep', '1000'],
        volumeMounts: [{ name: 'disk', mountPath: '/disk' }],
      },
    ],
    volumes: [{ name: 'disk', persistentVolumeClaim: { claimName } }],
  },
});

for (const template of ['jupyter-cpu', 'vscode-cpu']) {
  test(`${template}: a new disk gets the image's home directory, and an emptied one does not`, async (t) => {
    const machine = await machineOf(t);
    const { namespace, name } = machine;
    // The user of this image has another home directory than the one of the template vscode-cpu.
    await machine.create({ ...SMALL, template, image: JUPYTER_IMAGE });
    await machine.running();
    const expected = FILES.map((file) => `644 jovyan ${file}\n`).join('');
    assert.equal(await machine.exec(LIST), expected);

    const stop = async () => {
      await machine.power('stop');
      await waitFor('the end of the pod', async () => (await machine.pods()).length === 0);
    };
    await machine.exec('cd ~ && echo mine > .bashrc && rm .profile');
    await stop();
    await machine.power('start');
    await machine.running();
    assert.equal(await machine.exec('cd ~ && cat .bashrc && ls -A .profile 2>&1 || true'), LEFT);

    await stop();
    await apply(namespace, diskUser(`${name}-disk`));
    await kubectl('-n', namespace, 'wait', '--for=condition=Ready', 'pod/disk-user', '--timeout=60s');
    await exec(namespace, 'disk-user', 'rm -rf /disk/* /disk/.[!.]* 2> /dev/null || true');
    assert.equal(await exec(namespace, 'disk-user', 'ls -A /disk | grep -v lost+found'), '.devmachine\n');
    await kubectl('-n', namespace, 'delete', 'pod/disk-user');

    await machine.power('start');
    await machine.running();
    await assert.rejects(machine.exec('cat ~/.bashrc'), /No such file or directory/);
  });
}
