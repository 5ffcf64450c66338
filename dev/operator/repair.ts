import { parseAllDocuments, type Tags } from 'yaml';
import { type Api, pathIn, type Resource } from './api.ts';
import type { Release } from './helm.ts';
import type { Machine } from './machine.ts';

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>> | null;
  };
}

/**
 * Brings every object of the release back to what was rendered: makes what is missing, sets what was changed, and leaves
 * alone what others have added. Where all is as it should be the cluster finds nothing to write.
 */
export async function repair(api: Api, release: Release, machine: Machine): Promise<void> {
  const { namespace } = machine.metadata;
  for (const object of parseManifest(release.manifest)) {
    const resource = await api.resource(object.apiVersion, object.kind);
    const body = marked(object, resource, release.chart.metadata.name, machine);
    const scope = object.metadata.namespace ?? namespace;
    if (await api.merge(pathIn(resource, scope, object.metadata.name), body)) continue;
    await api.post(pathIn(resource, scope), body);
  }
}

/** As Go reads YAML: octal numbers and `yes` as in YAML 1.1, but times are text. */
export function parseManifest(manifest: string): Rendered[] {
  const customTags = (tags: Tags) =>
    tags.filter(
      (tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !tag.tag.endsWith(':timestamp')),
    );
  return parseAllDocuments(manifest, { version: '1.1', customTags })
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

/** What helm-operator adds to each object: the chart's name, and the machine as its owner or, where it must stay, by name. */
function marked(object: Rendered, resource: Resource, chart: string, machine: Machine): Rendered {
  const { metadata } = object;
  const labels = { ...metadata.labels, 'helm.sdk.operatorframework.io/chart': chart };
  const { apiVersion, kind } = machine;
  const { name, namespace, uid } = machine.metadata;
  const stays = metadata.annotations?.['helm.sh/resource-policy']?.trim().toLowerCase() === 'keep';
  if (resource.namespaced && !stays && (metadata.namespace ?? namespace) === namespace) {
    const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
    return { ...object, metadata: { ...metadata, labels, ...{ ownerReferences: [owner] } } };
  }
  const annotations = {
    ...metadata.annotations,
    'operator-sdk/primary-resource': `${namespace}/${name}`,
    'operator-sdk/primary-resource-type': `${kind}.${apiVersion.split('/')[0]}`,
  };
  return { ...object, metadata: { ...metadata, labels, annotations } };
}
