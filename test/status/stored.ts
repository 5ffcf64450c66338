import type { MachineKey } from '../../src/devmachine/schema/manifest.ts';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { LONG_AGO, type Owner, type Raw, SCHEDULED } from './objects.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Objects as an API server would have stored them, for tests without one. */

export const specOf = ({ spec = {} }: Pick<Scenario, 'spec'>, host: string) => {
  const { ingressDomain: _, ...example } = EXAMPLE_SPEC;
  const merged = Object.entries({ ...example, storage: undefined, ...spec }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(merged.map(([key, value]) => [key, key === 'ingressDomain' ? host : value]));
};

export function ownerOf({ namespace, name }: MachineKey, scenario: Pick<Scenario, 'spec'>): Owner {
  const host = `${name}.${namespace}.example.com`;
  return { name, namespace, host, uid: `uid-${name}`, specDigest: specDigest(specOf(scenario, host)) };
}

export function storedMachine(owner: Owner, scenario: Scenario, version = 1): Raw {
  const { name, namespace, uid, host } = owner;
  return {
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion: String(version),
      generation: 1,
      creationTimestamp: LONG_AGO,
      finalizers: scenario.finalizers ?? [],
      ...(scenario.delete ? { deletionTimestamp: SCHEDULED } : {}),
    },
    spec: specOf(scenario, host),
    status: { conditions: scenario.conditions ?? [] },
  };
}

export const uidOf = (kind: string, name: string): string => `uid-${kind}-${name}`;

export function stored(raw: Raw, version: number, more: object = {}): Raw {
  const { kind, metadata, involvedObject, endpoints } = raw;
  return {
    ...raw,
    metadata: {
      uid: uidOf(kind, metadata.name),
      resourceVersion: String(version),
      generation: 1,
      creationTimestamp: LONG_AGO,
      ...metadata,
      ...more,
    },
    ...(involvedObject
      ? { involvedObject: { uid: uidOf('Pod', involvedObject.name), ...involvedObject } }
      : {}),
    ...(endpoints
      ? {
          endpoints: endpoints.map((endpoint: Raw) => ({
            ...endpoint,
            targetRef: { ...endpoint.targetRef, uid: uidOf('Pod', endpoint.targetRef.name) },
          })),
        }
      : {}),
  };
}

export const TERMINATING = { deletionTimestamp: SCHEDULED, deletionGracePeriodSeconds: 30 };
