import assert from 'node:assert/strict';
import { type Manifest, machineOf, NAME, only, podOf } from '../helm.ts';
import {
  type Case,
  HOST,
  INGRESS_ANNOTATIONS,
  mount,
  PLAIN,
  PROXY,
  policies,
  S3,
  VSCODE,
  variable,
} from './case.ts';

/** Access to a machine. */
export const ACCESS: readonly Case[] = [
  {
    name: 'ingress: host, class, no TLS',
    spec: { ...VSCODE, ...HOST, ingress: { className: 'nginx' } },
    check: (list) => {
      const { spec, metadata } = only(list, 'Ingress');
      assert.deepEqual(
        [spec.ingressClassName, spec.tls, metadata.annotations],
        ['nginx', undefined, INGRESS_ANNOTATIONS],
      );
      assert.equal(spec.rules[0].host, 'm.example.com');
      assert.equal(spec.rules[0].http.paths[0].backend.service.name, NAME);
    },
  },
  {
    name: 'TLS by a Secret',
    spec: { ...VSCODE, ...HOST, ingress: { tls: { secretName: 'cert' } } },
    admin: { tlsClusterIssuer: 'default' },
    check: (list) => {
      const { spec, metadata } = only(list, 'Ingress');
      assert.deepEqual(spec.tls, [{ hosts: ['m.example.com'], secretName: 'cert' }]);
      assert.deepEqual(metadata.annotations, INGRESS_ANNOTATIONS);
    },
  },
  ...(['Issuer', 'ClusterIssuer', undefined] as const).map((kind) => ({
    name: `TLS by an issuer of kind ${kind}`,
    spec: { ...VSCODE, ...HOST, ingress: { tls: { issuer: { name: 'le', ...(kind && { kind }) } } } },
    check: (list: Manifest[]) => {
      const { spec, metadata } = only(list, 'Ingress');
      const key = kind === 'ClusterIssuer' ? 'cluster-issuer' : 'issuer';
      assert.deepEqual(metadata.annotations, { ...INGRESS_ANNOTATIONS, [`cert-manager.io/${key}`]: 'le' });
      assert.equal(spec.tls[0].secretName, `${NAME}-tls`);
    },
  })),
  {
    name: "TLS by the administrator's issuer, with annotations and class",
    spec: { ...VSCODE, ...HOST },
    admin: {
      tlsClusterIssuer: 'le',
      ingressClassName: 'public',
      ingressAnnotations: 'example.com/timeout: 3600000\nexample.com/on: true',
    },
    check: (list) => {
      const { spec, metadata } = only(list, 'Ingress');
      assert.equal(spec.ingressClassName, 'public');
      assert.deepEqual(metadata.annotations, {
        'cert-manager.io/cluster-issuer': 'le',
        'example.com/timeout': '3600000',
        'example.com/on': 'true',
      });
    },
  },
  {
    name: "TLS by the administrator's Secret",
    spec: { ...VSCODE, ...HOST },
    admin: { tlsSecretName: 'wildcard' },
    check: (list) => assert.equal(only(list, 'Ingress').spec.tls[0].secretName, 'wildcard'),
  },
  ...(['vscode-cpu', 'jupyter-cpu'] as const).map((template) => ({
    name: `${template} behind an authenticating proxy has no password and no other access`,
    spec: { memory: '1Gi', template, ...HOST },
    admin: PROXY,
    check: (list: Manifest[]) => {
      assert.match(JSON.stringify(machineOf(list).command), /--auth=none|--IdentityProvider\.token="/);
      assert.equal(JSON.stringify(machineOf(list).env).includes('-access'), false);
      assert.deepEqual(only(list, 'Ingress').metadata.annotations, {
        ...INGRESS_ANNOTATIONS,
        'nginx.ingress.kubernetes.io/auth-url': 'https://a/b',
      });
      const [{ ingress }, ...others] = policies(list);
      assert.equal(others.length, 0);
      assert.equal(ingress.length, 1);
      assert.ok(ingress[0].from[0].namespaceSelector);
      // A password, or the proxy: an Ingress leads only to a pod that has the guard which it expects.
      const [{ ports }] = podOf(list).containers;
      const [{ backend }] = only(list, 'Ingress').spec.rules[0].http.paths;
      assert.deepEqual([ports[0].name, backend.service.port.name], ['http-proxy', 'http-proxy']);
    },
  })),
  {
    name: 'behind the proxy, a machine without a host keeps its password',
    spec: VSCODE,
    admin: PROXY,
    check: (list) => assert.ok(variable(list, 'PASSWORD')),
  },
  {
    name: 'a machine without a template behind the proxy',
    spec: { ...PLAIN, ...HOST, port: 80 },
    admin: PROXY,
    check: (list) => only(list, 'Ingress'),
  },
  {
    name: 'an unguarded host, if the administrator allows it',
    spec: { ...PLAIN, ...HOST, port: 8080 },
    admin: { unguardedIngress: 'allow' },
    check: (list) => assert.ok(variable(list, 'DEVMACHINE_PASSWORD')),
  },
  {
    name: 'root, if the administrator allows it',
    spec: { ...VSCODE, ...mount('s3', S3) },
    admin: { allowRoot: 'true' },
    root: true,
    check: (list) => {
      const pod = podOf(list);
      assert.deepEqual(
        [pod.securityContext.runAsNonRoot, pod.securityContext.runAsUser],
        [undefined, undefined],
      );
      assert.equal(machineOf(list).securityContext.capabilities, undefined);
      // The container `user` describes the user of the machine.
      for (const { name, securityContext } of pod.initContainers)
        assert.equal(securityContext.runAsNonRoot, name === 'user' ? undefined : true);
    },
  },
];
