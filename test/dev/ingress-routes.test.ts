import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEndpointSlice, toIngress, toService } from '../../dev/ingress/objects.ts';
import { createRoutes } from '../../dev/ingress/routes.ts';
import { Store, type Stored } from '../../src/kube/cache/store.ts';

type Path = readonly [path: string, pathType: string, service: string];

const fail = (error: unknown) => {
  throw error;
};

let version = 0;

const metadata = (name: string, more: object = {}) => {
  version++;
  return { namespace: 'n', name, uid: name, resourceVersion: String(version), ...more };
};

function newRoutes() {
  const storeOf = <T extends Stored>(transform: (object: unknown) => T) => {
    const store = new Store<T>(fail);
    return { store, put: (object: object) => store.upsert(transform(object)) };
  };
  const [ingresses, services, slices] = [storeOf(toIngress), storeOf(toService), storeOf(toEndpointSlice)];
  const routes = createRoutes({
    ingresses: ingresses.store,
    services: services.store,
    endpointSlices: slices.store,
    synced: () => true,
    run: async () => {},
  });
  const putIngress = (
    name: string,
    host: string | undefined,
    paths: readonly Path[],
    { createdAt = '2026-01-01T00:00:00Z', port = { number: 80 } as object, className = 'development' } = {},
  ) =>
    ingresses.put({
      metadata: metadata(name, { creationTimestamp: createdAt }),
      spec: {
        ingressClassName: className,
        rules: [
          {
            host,
            http: {
              paths: paths.map(([path, pathType, service]) => ({
                path,
                pathType,
                backend: { service: { name: service, port } },
              })),
            },
          },
        ],
      },
    });
  const serviceOf = (host: string, path = '/') => routes.find(host, path)?.rule.service;
  return { routes, putIngress, serviceOf, services, slices, ingresses: ingresses.store };
}

test('paths match as Kubernetes defines it', () => {
  const cases: [pathType: string, path: string, requested: string, matches: boolean][] = [
    ['Prefix', '/', '/any/path', true],
    ['Exact', '/foo', '/foo', true],
    ['Exact', '/foo', '/bar', false],
    ['Exact', '/foo', '/foo/', false],
    ['Exact', '/foo/', '/foo', false],
    ['Prefix', '/foo', '/foo/', true],
    ['Prefix', '/foo/', '/foo', true],
    ['Prefix', '/foo/', '/foo/', true],
    ['Prefix', '/aaa/bb', '/aaa/bbb', false],
    ['Prefix', '/aaa/bbb', '/aaa/bbb', true],
    ['Prefix', '/aaa/bbb/', '/aaa/bbb', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbb/ccc', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbbxyz', false],
    ['Prefix', '/aaa', '/AAA', false],
    ['ImplementationSpecific', '', '/any', true],
  ];
  for (const [pathType, path, requested, isMatch] of cases) {
    const { putIngress, serviceOf } = newRoutes();
    putIngress('a', 'h', [[path, pathType, 's']]);
    assert.equal(serviceOf('h', requested), isMatch ? 's' : undefined, `${pathType} ${path} ${requested}`);
  }
});

test('the longest path is first, then the exact one, then the oldest Ingress', () => {
  const { putIngress, serviceOf } = newRoutes();
  putIngress('a', 'h', [
    ['/', 'Prefix', 'root'],
    ['/a', 'Prefix', 'a'],
    ['/a/b', 'Prefix', 'b'],
    ['/a/b', 'Exact', 'exact'],
  ]);
  putIngress('b', 'h', [['/a', 'Prefix', 'oldest']], { createdAt: '2025-01-01T00:00:00Z' });
  putIngress('c', 'h', [['/', 'Prefix', 'youngest']], { createdAt: '2027-01-01T00:00:00Z' });
  const services = ['/', '/a', '/a/b', '/a/b/c'].map((path) => serviceOf('h', path));
  assert.deepEqual(services, ['root', 'oldest', 'exact', 'b']);
});

test('hosts match exactly, or one label of a wildcard, in any case and with any port', () => {
  const { putIngress, serviceOf, routes, ingresses } = newRoutes();
  putIngress('wild', '*.Example.com', [['/', 'Prefix', 'wild']]);
  putIngress('exact', 'one.example.com', [['/', 'Prefix', 'exact']]);
  putIngress('any', undefined, [['/', 'Prefix', 'any']]);
  putIngress('foreign', 'foreign.org', [['/', 'Prefix', 'foreign']], { className: 'nginx' });
  const hosts = [
    'ONE.example.com:8081',
    'two.example.com',
    'a.two.example.com',
    'example.com',
    'foreign.org',
    '',
  ];
  assert.deepEqual(
    hosts.map((host) => serviceOf(host)),
    ['exact', 'wild', undefined, undefined, undefined, undefined],
  );
  assert.deepEqual(routes.hosts(), ['*.example.com', 'one.example.com']);
  const exact = ingresses.get('n', 'exact');
  assert.ok(exact);
  ingresses.remove({ ...exact, resourceVersion: '1000' });
  assert.equal(serviceOf('one.example.com'), 'wild');
});

test('an endpoint is ready, and has the port that the port of the Service leads to', () => {
  const { putIngress, routes, services, slices } = newRoutes();
  const endpointAt = (port: object) => {
    putIngress('a', 'h', [['/', 'Prefix', 's']], { port });
    const route = routes.find('h', '/');
    return route && routes.endpointOf(route);
  };
  const putSlice = (name: string, endpoints: readonly object[] | null, addressType = 'IPv4') =>
    slices.put({
      metadata: metadata(name, { labels: { 'kubernetes.io/service-name': 's' } }),
      addressType,
      ports: [{ name: 'ui', port: 8443 }, { name: 'metrics', port: 9090 }, { name: 'none' }],
      endpoints,
    });
  assert.equal(endpointAt({ number: 80 }), undefined);
  services.put({
    metadata: metadata('s'),
    spec: {
      ports: [
        { name: 'ui', port: 80 },
        { name: 'metrics', port: 81 },
        { name: 'none', port: 82 },
      ],
    },
  });
  assert.equal(endpointAt({ number: 80 }), undefined);
  putSlice('empty', null);
  putSlice('starting', [{ addresses: ['10.0.0.1'], conditions: { ready: false } }]);
  putSlice('external', [{ addresses: ['example.com'] }], 'FQDN');
  assert.equal(endpointAt({ number: 80 }), undefined);
  putSlice('starting', [
    { addresses: ['10.0.0.1'], conditions: { ready: false } },
    { addresses: ['10.0.0.2'], conditions: { ready: true } },
  ]);
  assert.deepEqual(endpointAt({ number: 80 }), { host: '10.0.0.2', port: 8443 });
  assert.deepEqual(endpointAt({ name: 'metrics' }), { host: '10.0.0.2', port: 9090 });
  for (const port of [{ number: 8443 }, { name: 'other' }, { name: 'none' }])
    assert.equal(endpointAt(port), undefined, JSON.stringify(port));
  putSlice('starting', [{ addresses: ['10.0.0.3'] }]);
  assert.deepEqual(endpointAt({ name: 'ui' }), { host: '10.0.0.3', port: 8443 });
});
