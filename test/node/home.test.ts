import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../support/cluster.ts';
import { overlaps, record } from '../support/history.ts';
import { waitFor } from '../support/workloads.ts';
import { kubectl } from './support/cluster.ts';
import { machineOf } from './support/machines.ts';

/** What people keep in their home directory outlives the pod and the machine. */

const SPEC = { cpu: '500m', memory: '1536Mi', template: 'vscode-cpu', storage: { size: '1Gi' } };

const MAKE_PACKAGES = readFileSync(join(import.meta.dirname, 'support/make-packages.py'), 'utf8');
const CODE_SERVER = '/opt/devmachine/ide/lib/node /opt/devmachine/ide';

/** Fills the home directory, as a person does. */
const FILL = `set -e
cd ~
mkdir -m 700 .ssh && echo key > .ssh/id && chmod 600 .ssh/id
git config --global user.email me@example.com && git config --global user.name me
git init -q project && echo text > project/file
git -C project add file && git -C project commit -q -m 'Add a file'
mkdir packages && cd packages && python3 - <<'PYTHON'
${MAKE_PACKAGES}
PYTHON
pip install --user --break-system-packages --no-index --quiet ./demo-1.0-py3-none-any.whl
npm install --global --offline --silent ./demo-1.0.0.tgz
${CODE_SERVER} --install-extension demo.vsix > /dev/null
mkdir -p ~/.local/share/code-server/User && echo '{"editor.tabSize": 3}' > ~/.local/share/code-server/User/settings.json`;

/** Prints what is in it. New folders get the setgid bit of the disk's root. */
const LIST = `cd ~
stat -c '%a %n' .ssh .ssh/id
git -C project log --format=%s
git -C project status --short
.local/bin/demo-pip
.local/bin/demo-npm
${CODE_SERVER} --list-extensions
cat .local/share/code-server/User/settings.json`;

const EXPECTED = `2700 .ssh
600 .ssh/id
Add a file
from pip
from npm
example.demo
{"editor.tabSize": 3}
`;

test('stop, start, another cpu, delete and re-creation keep files, extensions and password', async (t) => {
  const watching = new AbortController();
  const client = connect(t);
  const pods = await record(client, '/api/v1/pods', watching.signal);
  t.after(async () => {
    watching.abort();
    await pods.stopped;
  });
  const machine = await machineOf(t);
  const { api, namespace, name } = machine;
  await machine.create(SPEC);
  await machine.running();
  await machine.exec(FILL);
  assert.equal(await machine.exec(LIST), EXPECTED);
  const password = await machine.password();
  const isAsBefore = async (step: string) => {
    await machine.running();
    assert.equal(await machine.exec(LIST), EXPECTED, step);
    assert.equal(await machine.password(), password, step);
  };

  await machine.power('stop');
  await waitFor('the end of the pod', async () => (await machine.pods()).length === 0);
  await machine.power('start');
  await isAsBefore('after stop and start');

  const changed = {
    apiVersion: 'ide.example.com/v1alpha1',
    kind: 'DevMachine',
    metadata: { name },
    spec: { ...SPEC, cpu: '600m' },
  };
  const put = await api.call('PUT', `/api/v1/devmachines?namespace=${namespace}`, changed);
  assert.equal(put.status, 200, JSON.stringify(put.body));
  await waitFor('a pod with the new cpu', async () => (await cpuOf(namespace)) === '600m');
  await isAsBefore('after a change of the cpu');

  assert.equal((await api.delete(namespace, name)).status, 202);
  await waitFor('the deletion', async () => (await api.status(namespace, name)).status === 404);
  await machine.create({
    ...SPEC,
    template: 'jupyter-cpu',
    storage: { size: '1Gi', mountPath: '/home/coder' },
  });
  await machine.running();
  // Another template, with another primary group, does not change the modes of files.
  assert.equal(
    await machine.exec(`cd /home/coder; stat -c '%a %n' .ssh .ssh/id`),
    '2700 .ssh\n600 .ssh/id\n',
  );
  assert.equal((await api.delete(namespace, name)).status, 202);
  await waitFor('the deletion', async () => (await api.status(namespace, name)).status === 404);
  await machine.create(SPEC);
  await isAsBefore('after the machine was deleted and created again');

  assert.deepEqual(overlaps(pods), []);
});

const cpuOf = (namespace: string): Promise<string> =>
  kubectl(
    '-n',
    namespace,
    'get',
    'pods',
    '-o',
    'jsonpath={.items[*].spec.containers[0].resources.limits.cpu}',
  );
