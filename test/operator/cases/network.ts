import assert from 'node:assert/strict';
import { type Manifest, NAME } from '../helm.ts';
import { type Case, HOST, policies, VSCODE } from './case.ts';

const podLabels = (guard: string) => ({
  'ide.example.com/devmachine': NAME,
  'ide.example.com/guard': guard,
});

/** Who can reach a machine, and what it can reach. */
export const NETWORK: readonly Case[] = [
  {
    name: 'network: access from the ingress controller and its own namespace, no metadata service',
    spec: { ...VSCODE, ...HOST },
    check: (list) => {
      const [{ ingress, egress }, own] = policies(list);
      assert.deepEqual(ingress, [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
          ports: [{ port: 'http-password', protocol: 'TCP' }],
        },
      ]);
      assert.deepEqual(own.podSelector.matchLabels, podLabels('password'));
      assert.deepEqual(own.ingress, [{ from: [{ podSelector: {} }] }]);
      assert.deepEqual(egress[0].to, [
        { namespaceSelector: {} },
        { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
        { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
      ]);
    },
  },
  {
    name: 'network: without a host, access from its own namespace only; other metadata addresses',
    spec: VSCODE,
    admin: { metadataAddresses: '169.254.169.254/32 100.100.100.200/32' },
    check: (list) => {
      const [{ ingress, egress }, own] = policies(list);
      assert.equal(ingress, undefined);
      assert.deepEqual(own.ingress, [{ from: [{ podSelector: {} }] }]);
      assert.deepEqual(egress[0].to[1].ipBlock.except, ['169.254.169.254/32', '100.100.100.200/32']);
      assert.equal(egress[0].to[2].ipBlock.except, undefined);
    },
  },
  // The examples in operator/README.md.
  ...[
    {
      controller: 'ingress-nginx on the host network',
      admin: { ingressControllerAddresses: '10.0.0.0/16 fd12:3456::/64' },
      from: [
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
        { ipBlock: { cidr: '10.0.0.0/16' } },
        { ipBlock: { cidr: 'fd12:3456::/64' } },
      ],
    },
    {
      controller: 'Traefik in its own namespace',
      admin: { ingressController: 'kubernetes.io/metadata.name: traefik' },
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } }],
    },
    {
      controller: 'Traefik of k3s',
      admin: {
        ingressController: 'kubernetes.io/metadata.name: kube-system',
        ingressControllerPods: 'app.kubernetes.io/name: traefik',
      },
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
        },
      ],
    },
  ].map(({ controller, admin, from }) => ({
    name: `network: access from ${controller}`,
    spec: { ...VSCODE, ...HOST },
    admin,
    check: (list: Manifest[]) =>
      assert.deepEqual(policies(list)[0].ingress, [
        { from, ports: [{ port: 'http-password', protocol: 'TCP' }] },
      ]),
  })),
];
