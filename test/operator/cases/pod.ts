import assert from 'node:assert/strict';
import { type Manifest, machineOf, NAME, ofKind, only, podOf } from '../helm.ts';
import { type Case, NO_ROOM, PLAIN, password, VSCODE, variable } from './case.ts';

/** The pod and its containers. */
export const POD: readonly Case[] = [
  ...['vscode-cpu', 'vscode-gpu', 'jupyter-cpu', 'jupyter-gpu'].map((template) => ({
    name: `template ${template}`,
    spec: { memory: '4Gi', template, gpu: template.endsWith('gpu') ? 1 : 0 },
    check: (list: Manifest[]) => {
      const container = machineOf(list);
      assert.match(container.image, /^(docker\.io|quay\.io)\//);
      assert.deepEqual(container.ports, [
        {
          name: 'http-password',
          containerPort: template.startsWith('vscode') ? 8080 : 8888,
          protocol: 'TCP',
        },
      ]);
      assert.ok(container.startupProbe.httpGet.path);
      assert.equal(podOf(list).initContainers !== undefined, template.startsWith('vscode'));
    },
  })),
  {
    name: 'vscode: the IDE comes from a separate image and the password from the Secret',
    spec: { ...VSCODE, image: 'registry.example.com/any:1' },
    check: (list) => {
      const [ide] = podOf(list).initContainers;
      assert.match(ide.image, /code-server/);
      assert.equal(machineOf(list).image, 'registry.example.com/any:1');
      assert.deepEqual(variable(list, 'PASSWORD').valueFrom.secretKeyRef, {
        name: `${NAME}-access`,
        key: 'password',
      });
      assert.ok(machineOf(list).command.includes('--auth=password'));
      assert.equal(JSON.stringify(machineOf(list).command).includes(password(list)), false);
    },
  },
  {
    name: 'without a template: only the image',
    spec: PLAIN,
    check: (list) => {
      const container = machineOf(list);
      assert.deepEqual(
        [container.command, container.args, container.ports],
        [undefined, undefined, undefined],
      );
      assert.deepEqual(container.volumeMounts, [{ name: 'shared-memory', mountPath: '/dev/shm' }]);
      assert.deepEqual(ofKind(list, 'Service'), []);
      assert.equal(podOf(list).securityContext.runAsUser, undefined);
    },
  },
  {
    name: 'without a template: command, args and port',
    spec: { ...PLAIN, command: ['/bin/serve'], args: ['--port', '9000'], port: 9000 },
    check: (list) => {
      assert.deepEqual(machineOf(list).command, ['/bin/serve']);
      assert.deepEqual(machineOf(list).args, ['--port', '9000']);
      assert.deepEqual(machineOf(list).readinessProbe.tcpSocket, { port: 'http-own' });
      assert.equal(only(list, 'Service').spec.ports[0].targetPort, 'http-own');
    },
  },
  {
    name: 'a port below 1024',
    spec: { ...PLAIN, port: 80 },
    check: (list) => assert.equal(podOf(list).securityContext.sysctls.length, 1),
  },
  {
    name: 'a template on another port',
    spec: { ...VSCODE, port: 3000 },
    check: (list) => assert.ok(machineOf(list).command.includes('--port=3000')),
  },
  {
    name: "a template with the user's command: the image's own init stays the first process",
    spec: { ...VSCODE, command: ['/bin/mine'] },
    check: (list) => {
      assert.equal(podOf(list).shareProcessNamespace, undefined);
      assert.deepEqual(machineOf(list).command, ['/bin/mine']);
      assert.deepEqual(machineOf(list).startupProbe.tcpSocket, { port: 'http-own' });
    },
  },
  {
    name: 'stopped',
    spec: { ...VSCODE, stopped: true, storage: { size: '1Gi' } },
    check: (list) => {
      assert.equal(only(list, 'Deployment').spec.replicas, 0);
      only(list, 'PersistentVolumeClaim');
    },
  },
  {
    name: 'restarted',
    spec: { ...VSCODE, restartedAt: '2026-01-02T03:04:05Z' },
    check: (list) =>
      assert.deepEqual(only(list, 'Deployment').spec.template.metadata.annotations, {
        'ide.example.com/restarted-at': '2026-01-02T03:04:05Z',
        'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
      }),
  },
  {
    name: 'cpu as a number and memory: requests equal limits, no GPU',
    spec: { ...VSCODE, cpu: 2 },
    admin: NO_ROOM,
    check: (list) => {
      const amounts = { cpu: '2', memory: '4Gi' };
      assert.deepEqual(machineOf(list).resources, { requests: amounts, limits: amounts });
    },
  },
  {
    name: 'cpu as a quantity',
    spec: { ...VSCODE, cpu: '1500m' },
    check: (list) => assert.equal(machineOf(list).resources.limits.cpu, '1500m'),
  },
  {
    name: 'cpu that is large enough to be formatted as 1e+06',
    tooLarge: true,
    spec: { ...VSCODE, cpu: 1_000_000 },
    check: (list) => assert.equal(machineOf(list).resources.limits.cpu, '1000000'),
  },
  {
    name: 'node selector and tolerations',
    spec: {
      ...VSCODE,
      nodeSelector: { 'kubernetes.io/arch': 'amd64', empty: '' },
      tolerations: [
        { key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 2147483647 },
        { operator: 'Exists' },
      ],
    },
    check: (list) => {
      assert.deepEqual(podOf(list).nodeSelector, { 'kubernetes.io/arch': 'amd64', empty: '' });
      assert.equal(podOf(list).tolerations[0].tolerationSeconds, 2147483647);
      assert.deepEqual(podOf(list).tolerations[1], { operator: 'Exists' });
    },
  },
  {
    name: "the image's pull policy, for all containers that run it",
    spec: { ...VSCODE, imagePullPolicy: 'Always' },
    check: (list) => {
      const { initContainers, containers } = podOf(list);
      assert.deepEqual(
        [...initContainers, ...containers].map(({ name, imagePullPolicy }: Manifest) => [
          name,
          imagePullPolicy,
        ]),
        [
          ['ide', undefined],
          ['user', 'Always'],
          ['machine', 'Always'],
        ],
      );
    },
  },
  {
    name: 'without a pull policy, the default of the cluster',
    spec: VSCODE,
    check: (list) => assert.equal(machineOf(list).imagePullPolicy, undefined),
  },
  {
    name: 'image pull secrets',
    spec: { ...VSCODE, imagePullSecrets: [{ name: 'login' }] },
    check: (list) => assert.deepEqual(podOf(list).imagePullSecrets, [{ name: 'login' }]),
  },
  {
    name: 'env: values, a Secret and an empty variable',
    spec: {
      ...VSCODE,
      env: [
        { name: 'A', value: 'x: y\n- {{ z }} "q"' },
        { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
        { name: 'C' },
      ],
    },
    check: (list) => {
      assert.equal(variable(list, 'A').value, 'x: y\n- {{ z }} "q"');
      assert.deepEqual(variable(list, 'B').valueFrom.secretKeyRef, { name: 's', key: 'k', optional: true });
      assert.deepEqual(variable(list, 'C'), { name: 'C' });
    },
  },
];
