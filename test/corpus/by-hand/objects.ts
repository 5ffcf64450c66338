import { type Body, manifest } from '../bodies.ts';
import { label, spec, values, without } from './helpers.ts';

const mount = (change: object) => ({
  name: 'm',
  type: 'pvc',
  mountPath: '/m',
  pvc: { claimName: 'c' },
  ...change,
});

const csi = (change: object) => (path: string) =>
  spec(`a csi mount of ${path} ${JSON.stringify(change)}`, {
    mounts: [
      { name: 'm', type: 'csi', mountPath: '/m', csi: { driver: 'csi.example.com', path, ...change } },
    ],
  });

/** The limits of objects and lists, and the rules between fields. */
export const OBJECTS: readonly Body[] = [
  ...values('ingress', [
    {},
    { className: 'nginx' },
    { className: 'N' },
    { tls: {} },
    { tls: { secretName: 'a' } },
  ]),
  ...values('ingress', [
    { tls: { issuer: { name: 'a' } } },
    { tls: { issuer: { name: 'a', kind: 'Other' } } },
  ]),
  ...values('ingress', [{ tls: { secretName: 'a', issuer: { name: 'a' } } }, { annotations: { a: 'b' } }]),
  {
    name: 'ingress without ingressDomain',
    text: JSON.stringify(manifest({ ...without('ingressDomain'), ingress: {} })),
  },
  ...values('storage', [
    {},
    { size: '1Gi' },
    { size: '0' },
    { size: 1 },
    { size: '1Gi', accessMode: 'ReadOnlyMany' },
  ]),
  ...values('storage', [
    { size: '1Gi', mountPath: '/' },
    { size: '1Gi', mountPath: 'home' },
    { size: '1Gi', mountPath: '/a/../b' },
  ]),
  ...values('storage', [
    { size: '1Gi', mountPath: '/a:b' },
    { size: '1Gi', mountPath: '/a/' },
    { size: '1Gi', mountPath: '/a//b' },
  ]),
  ...values('storage', [
    { size: '1Gi', mountPath: '/.a/..b/...' },
    { size: '1Gi', mountPath: '/日本 語' },
  ]),
  ...values('storage', [
    { size: '1Gi', retention: 'Recycle' },
    { size: '1Gi', hostPath: '/' },
  ]),
  ...values('mounts', [
    [],
    [mount({})],
    [mount({ type: 'hostPath' })],
    [mount({ type: 's3' })],
    [mount({ nfs: {} })],
  ]),
  ...values('mounts', [
    [mount({}), mount({ mountPath: '/n' })],
    [mount({}), mount({ name: 'n' })],
  ]),
  ...values('mounts', [Array.from({ length: 32 }, (_, i) => mount({ name: `m${i}`, mountPath: `/m${i}` }))]),
  ...values('mounts', [Array.from({ length: 33 }, (_, i) => mount({ name: `m${i}`, mountPath: `/m${i}` }))]),
  spec('a mount at the path of the disk', { storage: { size: '1Gi', mountPath: '/m' }, mounts: [mount({})] }),
  ...values('env', [
    [{ name: 'A' }],
    [{ name: 'A', value: '' }],
    [{ name: '1A' }],
    [{ name: 'A=B' }],
    [{ value: 'a' }],
  ]),
  ...values('env', [
    [{ name: 'A' }, { name: 'A' }],
    [{ name: 'A', value: 'x'.repeat(32_768) }],
    [{ name: 'A', value: '\u0000' }],
  ]),
  ...values('env', [
    [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }],
    [{ name: 'NVIDIA_VISIBLE_DEVICES_' }],
  ]),
  ...values('env', [[{ name: 'A', value: 'x'.repeat(32_769) }], [{ name: 'A', value: '\u2028🙂' }]]),
  ...values('env', [[{ name: 'A', value: 'a', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]]),
  ...values('env', [
    [{ name: 'A', valueFrom: {} }],
    [{ name: 'A', valueFrom: { configMapKeyRef: { name: 's', key: 'k' } } }],
  ]),
  ...values('command', [
    [],
    ['sh'],
    [''],
    [1],
    'sh',
    ['a'.repeat(4096)],
    ['a'.repeat(4097)],
    Array(65).fill('a'),
  ]),
  ...values('port', [1, 65_535, 0, 65_536, 80.5, '80']),
  ...values('nodeSelector', [
    {},
    { a: 'b' },
    { 'a/b': '' },
    { '': 'a' },
    { '/a': 'b' },
    { 'a/b/c': 'd' },
    { a: 'b c' },
    { a: 1 },
  ]),
  ...values('nodeSelector', [
    { [label(63)]: 'a' },
    { [label(64)]: 'a' },
    { a: label(63) },
    { a: label(64) },
    { 'a\nb': 'c' },
  ]),
  ...values('nodeSelector', [JSON.parse('{"__proto__":"a"}'), JSON.parse('{"constructor":"a"}')]),
  ...values('tolerations', [
    [{}],
    [{ operator: 'Exists' }],
    [{ key: 'a' }],
    [{ key: 'a', operator: 'Exists', value: 'b' }],
  ]),
  ...values('tolerations', [
    [{ key: 'a', tolerationSeconds: 1 }],
    [{ key: 'a', effect: 'NoExecute', tolerationSeconds: 0 }],
  ]),
  ...values('tolerations', [
    [{ key: 'a', operator: 'Gt', value: '1' }],
    [{ key: 'a', effect: 'Never' }],
    [{ operator: 'Equal' }],
  ]),
  ...values('imagePullSecrets', [[{ name: 'my-access-key' }], [{ name: 'machine-access' }]]),
  ...values('imagePullSecrets', [
    [{ name: 'sh.helm.release.v1.machine.v1' }],
    [{ name: 'sh.helm.release.v2' }],
  ]),
  ...values('env', [
    [{ name: 'A', valueFrom: { secretKeyRef: { name: 'machine-access', key: 'password' } } }],
    [{ name: 'A', valueFrom: { secretKeyRef: { name: 'access', key: 'password' } } }],
  ]),
  ...values('ingress', [{ tls: { secretName: 'machine-access' } }, { tls: { secretName: 'access-tls' } }]),
  ...values('mounts', [
    [mount({ pvc: { claimName: 'machine-disk' } })],
    [mount({ pvc: { claimName: 'disk' } })],
    [{ name: 'm', type: 'secret', mountPath: '/m', secret: { name: 'machine-access' } }],
    [{ name: 'm', type: 's3', mountPath: '/m', s3: { bucket: 'bucket', secretName: 'machine-access' } }],
  ]),
  ...[
    '/',
    '/a/b',
    '/.a/..b/...',
    '/a.b_c-d=e+f@g',
    '',
    'a',
    '/a/',
    '//a',
    '/a//b',
    '/.',
    '/..',
    '/a/../b',
    '/a/./b',
  ].map(csi({})),
  ...['/a b', '/a,b', '/a;b', '/a"b', "/a'b", '/a\\b', '/a:b', '/a$b', '/{path}', '/日本'].map(csi({})),
  ...[{ driver: 'A' }, { driver: label(63) }, { driver: label(64) }, { driver: 'a_b' }, { driver: '' }]
    .concat([{ driver: 'a..b' }])
    .map((change) => csi(change)('/a')),
  ...[{ secretName: 'machine-access' }, { secretName: 'access' }, { readOnly: true }].map((change) =>
    csi(change)('/a'),
  ),
  ...values('imagePullSecrets', [
    [{ name: 'a' }],
    [{ name: 'a' }, { name: 'a' }],
    [{}],
    ['a'],
    [{ name: 'A' }],
  ]),
  ...values('restartedAt', [
    '2026-01-02T03:04:05Z',
    '2026-13-02T03:04:05Z',
    '2026-01-02',
    '2026-01-02T24:00:00Z',
    'now',
    1,
  ]),
  ...values('restartedAt', ['2026-02-30T00:00:00Z', '2026-01-02T03:04:05', '2026-01-02t03:04:05z']),
  ...values('stopped', [true, false, 'true', 1, null]),
  ...values('privileged', [true]),
  ...values('hostPath', ['/']),
  ...values('annotations', [{ a: 'b' }]),
  ...values('constructor', [{}]),
];
