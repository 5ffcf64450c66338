import assert from 'node:assert/strict';
import { type Manifest, machineOf, podOf } from '../helm.ts';
import { at, type Case, JUPYTER, mount, mounted, PLAIN, S3, VSCODE, variable } from './case.ts';

const init = (list: Manifest[], name: string): Manifest =>
  podOf(list).initContainers.find((container: Manifest) => container.name === name);

const WITH_SIDECAR = mount('s3', S3);

/** The user that runs the machine, and the processes that the chart starts. */
export const USER: readonly Case[] = [
  ...[{}, { command: ['/bin/mine'] }].map((more) => ({
    name: `the image's files of users, with the machine's user ${JSON.stringify(more)}`,
    spec: {
      ...VSCODE,
      image: 'registry.example.com/any:1',
      storage: { size: '1Gi', mountPath: '/$(HOME)' },
      ...more,
    },
    check: (list: Manifest[]) => {
      const { image, command, terminationMessagePolicy, securityContext } = init(list, 'user');
      assert.equal(image, 'registry.example.com/any:1');
      assert.deepEqual([command[0], command[3]], ['/opt/devmachine/ide/lib/node', '/$$(HOME)']);
      assert.equal(terminationMessagePolicy, 'FallbackToLogsOnError');
      assert.equal(init(list, 'ide').terminationMessagePolicy, 'FallbackToLogsOnError');
      // As the user of the machine.
      assert.deepEqual(Object.keys(securityContext), ['allowPrivilegeEscalation', 'capabilities']);
      for (const name of ['passwd', 'group']) {
        const { subPath, readOnly } = mounted(list, `/etc/${name}`);
        assert.deepEqual([subPath, readOnly], [name, true]);
        assert.ok(at(list, `/etc/${name}`).emptyDir);
      }
    },
  })),
  {
    name: 'an image that contains the IDE has its own user',
    spec: JUPYTER,
    check: (list) => assert.equal(mounted(list, '/etc/passwd'), undefined),
  },
  ...[VSCODE, JUPYTER].map((spec) => ({
    name: `the pod's first process reaps the processes of ${spec.template}`,
    spec: { ...spec, ...mount('s3', S3, { readOnly: true }) },
    check: (list: Manifest[]) => {
      assert.equal(podOf(list).shareProcessNamespace, true);
      assert.notEqual(machineOf(list).command[1], '-c');
    },
  })),
  ...[VSCODE, JUPYTER].map((spec) => ({
    name: `with the credentials of a bucket in the pod, an init reaps the processes of ${spec.template}`,
    spec: { ...spec, ...WITH_SIDECAR },
    check: (list: Manifest[]) => {
      assert.equal(podOf(list).shareProcessNamespace, undefined);
      const [shell, , script, ...command] = machineOf(list).command;
      assert.equal(shell, spec === VSCODE ? 'sh' : 'python3');
      assert.match(script, /wait/);
      assert.ok(command.includes(spec === VSCODE ? '/opt/devmachine/ide/lib/node' : 'jupyter'));
    },
  })),
  {
    name: "the image's own process reaps its own",
    spec: { ...PLAIN, ...WITH_SIDECAR },
    check: (list) => {
      assert.equal(podOf(list).shareProcessNamespace, undefined);
      assert.equal(machineOf(list).command, undefined);
    },
  },
  {
    name: 'global npm packages are in the home directory',
    spec: { ...VSCODE, storage: { size: '1Gi', mountPath: '/home/me' } },
    check: (list) => assert.equal(variable(list, 'npm_config_prefix').value, '/home/me/.local'),
  },
  ...['npm_config_prefix', 'NPM_CONFIG_PREFIX'].map((name) => ({
    name: `the user's ${name} takes precedence`,
    spec: { ...VSCODE, env: [{ name, value: '/opt/npm' }] },
    check: (list: Manifest[]) => {
      const prefixes = machineOf(list).env.filter((entry: Manifest) => /npm_config_prefix/i.test(entry.name));
      assert.deepEqual(prefixes, [{ name, value: '/opt/npm' }]);
    },
  })),
];
