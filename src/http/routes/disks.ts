import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { OBJECT_NAME } from '../../devmachine/schema/formats.ts';
import { Namespace } from '../../devmachine/schema/manifest.ts';
import { DISK_EXAMPLE, DISKS_EXAMPLE } from '../openapi/object-examples.ts';
import type { RouteAccess } from '../plugins/route-access.ts';
import { clientAbortSignal } from '../responses/abort.ts';
import { jsonResponse, problems } from '../responses/schemas.ts';
import type { MachineRouteOptions } from './devmachines/options.ts';

const NAMESPACE = Type.Optional({ ...Namespace, description: 'Namespace of the disks.' });

const DiskList = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          name: Type.String({ description: 'Name of the PersistentVolumeClaim.' }),
          machine: Type.String({
            description: 'The machine that it belonged to. The next machine of this name gets the disk.',
          }),
          size: Type.String({
            description: 'Capacity of the disk; the requested size until the claim is bound.',
          }),
          storageClassName: Type.Optional(Type.String({ description: 'StorageClass of the disk.' })),
          createdAt: Type.String({ description: 'When it was created (RFC 3339).' }),
        },
        { description: 'A disk that has outlived its machine.' },
      ),
      { description: 'The disks, sorted by name.' },
    ),
  },
  { description: 'Disks that have outlived their machines.' },
);

const Accepted = Type.Object({
  name: Type.String({ description: 'Name of the disk.' }),
  namespace: Type.String({ description: 'Namespace of the disk.' }),
});

const listSchema = {
  operationId: 'listDisks',
  summary: 'List the disks whose machines are gone',
  description:
    'Read with the token of the caller, who also needs the right to list machines. A disk is listed if its machine was deleted and storage.retention was Retain, the default. A machine of the same name in this namespace gets it again.',
  querystring: Type.Object({ namespace: NAMESPACE }, { additionalProperties: false }),
  response: { 200: jsonResponse(DiskList, 'The disks.', DISKS_EXAMPLE), ...problems(400, 404) },
};

const deleteSchema = {
  operationId: 'deleteDisk',
  summary: 'Delete a disk whose machine is gone',
  description:
    'The files on it are lost, unless the reclaim policy of its volume is Retain. The access Secret of the machine is deleted, too. Needs the rights to get and delete persistentvolumeclaims and secrets, to get machines and to list pods; if one is missing, nothing is deleted. While the machine exists or a pod uses the disk, it is a 409. If the request fails halfway, repeat it.',
  querystring: Type.Object(
    {
      namespace: NAMESPACE,
      name: Type.String({ ...OBJECT_NAME, minLength: 1, description: 'Name of the disk, as in the list.' }),
    },
    { additionalProperties: false },
  ),
  response: {
    202: jsonResponse(Accepted, 'Accepted: the disk is being deleted, or is gone.', DISK_EXAMPLE),
    ...problems(400, 404, 409, 413, 415, 422),
  },
};

const LIST: RouteAccess = { verb: 'list', resource: 'persistentvolumeclaims', namespace: 'query' };
const DELETE: RouteAccess = { verb: 'delete', resource: 'persistentvolumeclaims', namespace: 'query' };

/** The disks that outlive their machines. */
export const diskRoutes: FastifyPluginAsyncTypebox<MachineRouteOptions> = async (app, options) => {
  const { resolveNamespace } = options;

  app.get('/disks', { schema: listSchema, config: { access: LIST } }, async ({ caller, query }, reply) => {
    const namespace = resolveNamespace(query.namespace);
    const disks = await caller.objects.disks(namespace, clientAbortSignal(reply));
    return {
      items: disks.map(({ storageClassName, ...disk }) => ({
        ...disk,
        ...(storageClassName !== undefined && { storageClassName }),
      })),
    };
  });

  app.delete(
    '/disks',
    { schema: deleteSchema, config: { access: DELETE } },
    async ({ caller, query }, reply) => {
      const key = { name: query.name, namespace: resolveNamespace(query.namespace) };
      await caller.objects.deleteDisk(key, clientAbortSignal(reply));
      return reply.code(202).send(key);
    },
  );
};
