import assert from 'node:assert/strict';
import { type Manifest, NAME, ofKind, only } from '../helm.ts';
import { type Case, mount, PLAIN, VSCODE } from './case.ts';

/** What the administrator labels: pods, claims and the Deployment. */
const labeled = (list: Manifest[]): Manifest[] => [
  only(list, 'Deployment').metadata,
  only(list, 'Deployment').spec.template.metadata,
  ...ofKind(list, 'PersistentVolumeClaim').map(({ metadata }) => metadata),
];

const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict';

const safeToEvict = (list: Manifest[]): string =>
  only(list, 'Deployment').spec.template.metadata.annotations[SAFE_TO_EVICT];

const SPEC = {
  ...VSCODE,
  storage: { size: '1Gi' },
  ...mount('nfs', { server: 'nfs.example.com', path: '/export' }),
};

/** The administrator's labels and annotations. */
export const LABELS: readonly Case[] = [
  {
    name: 'labels and annotations of pods, claims and the Deployment',
    spec: SPEC,
    admin: {
      labels: 'kueue.x-k8s.io/queue-name: machines\ncost-center: 4711\nempty: ""',
      annotations: 'example.com/note: "a: b, {c}"\nexample.com/on: true',
    },
    check: (list) => {
      assert.equal(labeled(list).length, 4);
      for (const { labels, annotations } of labeled(list)) {
        assert.equal(labels['kueue.x-k8s.io/queue-name'], 'machines');
        assert.deepEqual([labels['cost-center'], labels['empty']], ['4711', '']);
        assert.equal(annotations['example.com/note'], 'a: b, {c}');
        assert.equal(annotations['example.com/on'], 'true');
      }
      assert.equal(safeToEvict(list), 'false');
      for (const kind of ['Service', 'Secret', 'ServiceAccount', 'NetworkPolicy', 'PersistentVolume'])
        for (const { metadata } of ofKind(list, kind))
          assert.equal(metadata.labels['cost-center'], undefined);
    },
  },
  {
    name: "the chart's own labels and annotations, and Helm's, stay",
    spec: SPEC,
    admin: {
      labels:
        'ide.example.com/devmachine: other\nide.example.com/guard: proxy\napp.kubernetes.io/instance: other',
      annotations:
        'helm.sh/resource-policy: other\nide.example.com/spec-sha256: other\nmeta.helm.sh/x: other',
    },
    check: (list) => {
      for (const { labels, annotations = {} } of labeled(list)) {
        assert.equal(labels['ide.example.com/devmachine'], NAME);
        assert.equal([labels, annotations].flatMap(Object.values).includes('other'), false);
      }
    },
  },
  {
    name: 'a cluster autoscaler may end machines, if the administrator says so',
    spec: PLAIN,
    admin: { annotations: `${SAFE_TO_EVICT}: "true"` },
    check: (list) => assert.equal(safeToEvict(list), 'true'),
  },
];
