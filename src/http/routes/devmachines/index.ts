import type { FastifyPluginAsync } from 'fastify';
import type { Machines } from '../../../devmachine/machines.ts';
import type { EventHub } from '../../sse/hub.ts';
import type { Terminals } from '../../terminal/terminals.ts';
import { accessRoute } from './access.ts';
import { createRoute } from './create.ts';
import { deleteRoute } from './delete.ts';
import { eventsRoute } from './events.ts';
import { listRoute } from './list.ts';
import { logsRoute } from './logs.ts';
import type { MachineRouteOptions } from './options.ts';
import { powerRoutes } from './power.ts';
import { namespaceResolver } from './query.ts';
import { replaceRoute } from './replace.ts';
import { statusRoute } from './status.ts';
import { terminalRoute } from './terminal.ts';
import { timelineRoute } from './timeline.ts';

export interface DevMachineRoutesOptions {
  readonly machines: Machines;
  readonly hub: EventHub;
  /** The namespace of requests that name none. If undefined, those that need one are refused. */
  readonly defaultNamespace: string | undefined;
  readonly terminals: Terminals;
  /** How many requests may wait for a phase at the same time, and how many logs may be followed. */
  readonly maxReaders: number;
}

/** The calls under /devmachines. A new call is a file beside this one and a line below. */
export const devMachineRoutes: FastifyPluginAsync<DevMachineRoutesOptions> = async (app, options) => {
  const { machines, hub, terminals, defaultNamespace, maxReaders } = options;
  const common: MachineRouteOptions = { resolveNamespace: namespaceResolver(defaultNamespace) };
  await app.register(createRoute, common);
  await app.register(replaceRoute, common);
  await app.register(deleteRoute, common);
  await app.register(powerRoutes, common);
  await app.register(statusRoute, { ...common, machines, maxWaitingRequests: maxReaders });
  await app.register(accessRoute, common);
  await app.register(logsRoute, { ...common, maxFollowers: maxReaders });
  await app.register(terminalRoute, { ...common, terminals });
  await app.register(timelineRoute, common);
  await app.register(listRoute, { machines, defaultNamespace });
  await app.register(eventsRoute, { hub, defaultNamespace });
};
