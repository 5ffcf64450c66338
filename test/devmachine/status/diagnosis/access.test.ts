import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusSettings } from '../../../../src/devmachine/status/settings.ts';
import { specDigest } from '../../../../src/devmachine/status/spec-digest.ts';
import {
  certificate,
  foreignIngress,
  type IngressOptions,
  ISSUER,
  ingress,
  ingressClass,
} from '../../../status/ingress-objects.ts';
import { endpointSlice, pod, type Raw } from '../../../status/objects.ts';
import { withIngress } from '../../../status/scenarios/ingress.ts';
import { deployed, type Scenario } from '../../../status/scenarios/scenario.ts';
import { ownerOf, stored, storedMachine } from '../../../status/stored.ts';
import { documentOf, statusOf, watched } from '../../../status/watched.ts';

const RUNNING: Scenario = {
  reason: 'Ready',
  phase: 'Running',
  cause: '',
  message: /./,
  spec: { ingressDomain: 'own' },
  objects: withIngress({}),
};

const NO_INGRESS = deployed(
  (owner) => pod(owner),
  (owner) => endpointSlice(owner),
);

const withObjects = (...args: Parameters<typeof withIngress>): Scenario => ({
  ...RUNNING,
  objects: withIngress(...args),
});

const reasonOf = (...args: Parameters<typeof statusOf>) => statusOf(...args).reason;

test('without an address, INGRESS_STATUS and INGRESS_STATUS_IGNORED_CLASSES decide', () => {
  const scenario = (options: IngressOptions, classes: Raw[]) =>
    withObjects(
      { served: false, ...options },
      classes.map((one) => () => one),
    );
  const named = scenario({ className: 'contour' }, [ingressClass('contour')]);
  const missing = scenario({ className: 'contour' }, []);
  const annotated = scenario({ annotations: { 'kubernetes.io/ingress.class': 'contour' } }, []);
  const byDefault = scenario({}, [ingressClass('contour', true)]);
  const unnamed = scenario({}, [ingressClass('contour')]);
  const reasons = (settings: Partial<StatusSettings>) =>
    [named, missing, annotated, byDefault, unnamed].map((one) =>
      reasonOf(one, {
        settings: { ingressStatus: 'required', ingressStatusIgnoredClasses: [], ...settings },
      }),
    );
  const [pending, classless] = ['IngressNotServed', 'IngressClassMissing'];
  assert.deepEqual(reasons({}), [pending, classless, pending, pending, classless]);
  assert.deepEqual(reasons({ ingressStatus: 'ignored' }), ['Ready', classless, 'Ready', 'Ready', classless]);
  assert.deepEqual(reasons({ ingressStatusIgnoredClasses: ['haproxy', 'contour'] }), [
    'Ready',
    classless,
    'Ready',
    pending,
    classless,
  ]);
});

test('a check of a kind that may not be read is left out', () => {
  const classless = withObjects({ className: 'gone' });
  assert.equal(reasonOf(classless), 'IngressClassMissing');
  const { phase, resources } = statusOf(classless, { unknown: ['IngressClass'] });
  assert.deepEqual([phase, resources.unknown], ['Running', ['IngressClass']]);
  const uncertified = withObjects({ annotations: ISSUER });
  assert.equal(reasonOf(uncertified), 'CertificatePending');
  assert.equal(statusOf(uncertified, { unknown: ['Certificate'] }).phase, 'Running');
});

test('without cert-manager, a machine with an issuer waits, and others do not', () => {
  const status = statusOf(withObjects({ annotations: ISSUER }), { notServed: ['Certificate'] });
  assert.deepEqual([status.phase, status.reason], ['Starting', 'CertificatePending']);
  assert.match(status.message, /cert-manager is not installed/);
  assert.deepEqual(status.resources.unknown, []);
  assert.equal(reasonOf(withObjects({}), { notServed: ['Certificate'] }), 'Ready');
  // What the cache still holds of a CRD that was removed does not count.
  const left = withObjects({ annotations: ISSUER }, [], [(owner) => certificate(owner)]);
  assert.equal(reasonOf(left), 'Ready');
  assert.equal(reasonOf(left, { notServed: ['Certificate'] }), 'CertificatePending');
});

test('an Ingress without class competes with those of every class', () => {
  const older = (className?: string) => [
    (owner: Parameters<typeof ingress>[0]) => foreignIngress(owner, className ? { className } : {}),
  ];
  assert.equal(reasonOf(withObjects({}, older('other'))), 'HostConflict');
  assert.equal(reasonOf(withObjects({}, older())), 'HostConflict');
  // Without its own Ingress, the machine's class is known only from its spec.
  const ahead = (className?: string): Scenario => ({ ...RUNNING, objects: deployed(...older(className)) });
  assert.equal(reasonOf(ahead()), 'HostConflict');
  assert.equal(reasonOf(ahead('other')), 'CreatingPod');
  const spec = { ingressDomain: 'own', ingress: { className: 'other' } };
  assert.equal(reasonOf({ ...ahead('other'), spec }), 'HostConflict');
});

test('an IngressClass that appears, becomes the default or is deleted changes the status', () => {
  const { view, machine, put, remove } = watched();
  const key = { namespace: 'team', name: 'machine-1' };
  const owner = ownerOf(key, RUNNING);
  machine(storedMachine(owner, RUNNING));
  const published: string[] = [];
  view.subscribe(({ document }) => published.push(documentOf(document).reason));
  withIngress({ served: false })(owner).forEach((raw, index) => {
    put(stored(raw, index + 1));
  });
  put(stored(ingressClass('one'), 20));
  put(stored(ingressClass('one', true), 21));
  put(stored(ingress(owner), 22));
  remove(stored(ingressClass('one', true), 23));
  put(stored(ingress(owner, { served: false }), 24));
  assert.deepEqual(published.slice(-5), [
    'IngressPending',
    'IngressClassMissing',
    'IngressNotServed',
    'Ready',
    'IngressClassMissing',
  ]);
});

test('the host goes to the oldest Ingress whenever one appears or is deleted', () => {
  const { view, machine, put, remove } = watched();
  const [one, other] = ['alpha', 'beta'].map((name) => ({
    ...ownerOf({ namespace: name, name }, RUNNING),
    host: 'h.example.com',
  }));
  assert.ok(one && other);
  for (const owner of [one, other]) {
    const own = { ...owner, specDigest: specDigest(storedMachine(owner, RUNNING).spec) };
    machine(storedMachine(own, RUNNING, owner === one ? 1 : 2));
    NO_INGRESS(own).forEach((raw: Raw, index) => {
      put(stored(raw, (owner === one ? 10 : 20) + index));
    });
  }
  const reasons = () =>
    [one, other].map(({ namespace, name }) => documentOf(view.get(namespace, name)).reason);
  const first = stored(ingress(one), 30);
  put(stored(ingress(other), 29));
  assert.deepEqual(reasons(), ['HostConflict', 'Ready']);
  put(first);
  assert.deepEqual(reasons(), ['Ready', 'HostConflict']);
  assert.match(documentOf(view.get('beta', 'beta')).message, /a machine in another namespace/);
  assert.ok(!view.get('beta', 'beta')?.json.includes('alpha'));
  remove(stored(ingress(one), 31));
  assert.deepEqual(reasons(), ['HostConflict', 'Ready']);

  // The Ingress of a third namespace that belongs to no machine, older by its name.
  const app = { ...foreignIngress({ ...one, namespace: 'aaa', name: 'x' }) };
  put(stored(app, 40));
  assert.deepEqual(reasons(), ['HostConflict', 'HostConflict']);
  assert.match(documentOf(view.get('beta', 'beta')).message, /an Ingress in another namespace/);
  assert.ok(!view.get('beta', 'beta')?.json.includes('app-x'));
  // It becomes the Ingress of a machine, and then of none again.
  put(stored({ ...app, metadata: { ...app.metadata, labels: { 'ide.example.com/devmachine': 'x' } } }, 41));
  assert.match(documentOf(view.get('beta', 'beta')).message, /a machine in another namespace/);
  put(stored(app, 42));
  assert.match(documentOf(view.get('beta', 'beta')).message, /an Ingress in another namespace/);
  remove(stored(app, 43));
  assert.deepEqual(reasons(), ['HostConflict', 'Ready']);
});
