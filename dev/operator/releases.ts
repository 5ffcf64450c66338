import { gunzipSync } from 'node:zlib';
import type { Api } from './api.ts';
import type { Release, ReleaseKey } from './helm.ts';

/** Helm keeps each revision of a release in a Secret, which says by its labels what it is. */
export interface ReleaseRecord {
  readonly metadata: {
    readonly name: string;
    readonly labels: { readonly status: string; readonly version: string };
  };
  readonly data: { readonly release: string };
}

/** The last revision first. */
export async function listRecords(api: Api, { namespace, name }: ReleaseKey): Promise<ReleaseRecord[]> {
  const list = await api.get(`/api/v1/namespaces/${namespace}/secrets`, {
    labelSelector: `owner=helm,name=${name}`,
  });
  const { items } = list as { items: ReleaseRecord[] };
  return items.sort((a, b) => versionOf(b) - versionOf(a));
}

/** Deletes all but what is deployed: a revision that failed, or hung, must not keep the next one from being tried. */
export async function deleteStale(
  api: Api,
  records: readonly ReleaseRecord[],
  namespace: string,
): Promise<void> {
  const stale = records.filter((record) => !isDeployed(record));
  await Promise.all(
    stale.map(({ metadata }) => api.delete(`/api/v1/namespaces/${namespace}/secrets/${metadata.name}`)),
  );
}

export const isDeployed = ({ metadata }: ReleaseRecord): boolean => metadata.labels.status === 'deployed';

export const versionOf = ({ metadata }: ReleaseRecord): number => Number(metadata.labels.version);

export function readRelease({ data }: ReleaseRecord): Release {
  // The Secret's own base64 around helm's.
  const zipped = Buffer.from(Buffer.from(data.release, 'base64').toString('latin1'), 'base64');
  return JSON.parse(gunzipSync(zipped).toString('utf8')) as Release;
}
