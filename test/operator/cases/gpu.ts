import assert from 'node:assert/strict';
import { type Manifest, machineOf, podOf } from '../helm.ts';
import { type Case, GPU_RUNTIME, JUPYTER, PLAIN, VSCODE, variable } from './case.ts';

/** GPUs and other devices of a node. */
export const GPU: readonly Case[] = [
  {
    name: 'GPU',
    spec: { ...VSCODE, template: 'vscode-gpu', gpu: 2 },
    check: (list) => {
      assert.equal(machineOf(list).resources.limits['nvidia.com/gpu'], '2');
      assert.equal(podOf(list).initContainers[0].resources.limits['nvidia.com/gpu'], undefined);
    },
  },
  {
    name: 'GPU: a MIG slice',
    spec: { ...JUPYTER, gpu: 1, gpuResource: 'nvidia.com/mig-1g.10gb' },
    check: (list) => {
      const { limits } = machineOf(list).resources;
      assert.deepEqual(Object.keys(limits).sort(), [
        'cpu',
        'ephemeral-storage',
        'memory',
        'nvidia.com/mig-1g.10gb',
      ]);
    },
  },
  {
    name: 'gpu: 0 with a gpuResource',
    spec: { ...VSCODE, gpu: 0, gpuResource: 'amd.com/gpu' },
    check: (list) => assert.equal(JSON.stringify(list).includes('amd.com'), false),
  },
  {
    name: 'GPU: a RuntimeClass for machines with a GPU',
    spec: { ...JUPYTER, gpu: 1 },
    admin: GPU_RUNTIME,
    check: (list) => {
      assert.equal(podOf(list).runtimeClassName, 'nvidia');
      assert.equal(variable(list, 'NVIDIA_VISIBLE_DEVICES'), undefined);
    },
  },
  ...[VSCODE, JUPYTER, PLAIN].map((spec) => ({
    name: `without a GPU: none is visible, in the runtime of all machines ${JSON.stringify(spec)}`,
    spec,
    admin: GPU_RUNTIME,
    check: (list: Manifest[]) => {
      assert.equal(podOf(list).runtimeClassName, undefined);
      assert.equal(variable(list, 'NVIDIA_VISIBLE_DEVICES').value, 'void');
    },
  })),
  {
    name: "the init container of the machine's image sees no GPU",
    spec: { ...VSCODE, gpu: 1 },
    check: (list) =>
      assert.deepEqual(podOf(list).initContainers[1].env, [
        { name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' },
      ]),
  },
  {
    name: 'extended resources, for the container of the machine only',
    tooLarge: true,
    spec: {
      ...VSCODE,
      gpu: 1,
      resources: { 'nvidia.com/gpumem': 8000, 'rdma/hca': 1, 'example.com/licence': 1_000_000_000 },
    },
    check: (list) => {
      const { requests, limits } = machineOf(list).resources;
      const devices = (amounts: object) =>
        Object.fromEntries(Object.entries(amounts).filter(([name]) => name.includes('/')));
      assert.deepEqual(devices(requests), devices(limits));
      assert.deepEqual(devices(limits), {
        'nvidia.com/gpu': '1',
        'nvidia.com/gpumem': '8000',
        'rdma/hca': '1',
        'example.com/licence': '1000000000',
      });
      assert.equal(JSON.stringify(podOf(list).initContainers).includes('gpumem'), false);
    },
  },
];
