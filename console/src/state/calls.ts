import { type paths, unwrap } from '../../../client/index.ts';
import { client } from './session.ts';

/** The body of a successful GET of a path. */
type Got<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type KeptDisk = Got<'/api/v1/disks'>['items'][number];
export type MachineAccess = Got<'/api/v1/devmachines/access'>;
export type TimelineItem = Got<'/api/v1/devmachines/timeline'>['items'][number];

export const listDisks = async (namespace: string): Promise<readonly KeptDisk[]> =>
  (await unwrap(client.GET('/api/v1/disks', { params: { query: { namespace } } }))).items;

export const deleteDisk = (namespace: string, name: string) =>
  unwrap(client.DELETE('/api/v1/disks', { params: { query: { namespace, name } } }));

export const readAccess = (namespace: string, name: string): Promise<MachineAccess> =>
  unwrap(client.GET('/api/v1/devmachines/access', { params: { query: { namespace, name } } }));

export const readTimeline = async (namespace: string, name: string): Promise<readonly TimelineItem[]> =>
  (await unwrap(client.GET('/api/v1/devmachines/timeline', { params: { query: { namespace, name } } })))
    .items;
