import { type Agent, createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../../src/kube/cache/log.ts';
import { isWebSocket } from './headers.ts';
import { type Page, sendPage } from './pages.ts';
import { forward, tunnel, type Upstream } from './proxy.ts';
import type { Endpoint, Route, Routes } from './routes.ts';

const RETRY_AFTER_SECONDS = 2;

interface Options {
  readonly routes: Routes;
  /** Whether the routes are complete. */
  readonly synced: () => boolean;
  /** Connects to pods. Without it, pods are simulated. */
  readonly agent: Agent | undefined;
  readonly log: Log;
}

type Target = { readonly route: Route; readonly endpoint: Endpoint; readonly agent: Agent };

/** Forwards requests to the pods that the Ingresses of their hosts lead to. */
export function createRelay(options: Options): Server {
  const server = createServer({
    // A large upload takes its time.
    requestTimeout: 0,
    shouldUpgradeCallback: isWebSocket,
  });
  server.on('request', (request, response) => {
    const target = findTarget(request, options);
    if ('status' in target) sendPage(response, target);
    else forward(request, response, toUpstream(target, response, options.log));
  });
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    const response = responseOn(request, socket);
    const target = findTarget(request, options);
    if ('status' in target) sendPage(response, target);
    else tunnel(request, socket, head, toUpstream(target, response, options.log));
  });
  return server;
}

/** A response to a request for an upgrade, for a page instead of it. */
function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  return response;
}

function toUpstream({ route, endpoint, agent }: Target, response: ServerResponse, log: Log): Upstream {
  const { machine } = route.ingress;
  const onFailure = (error: Error) => {
    if (!response.destroyed) log.warn({ machine, endpoint, reason: error.message }, 'a pod did not answer');
    sendPage(response, {
      status: 502,
      title: 'The machine does not answer',
      text: [`The machine ${machine} did not answer the request: ${error.message}.`],
    });
  };
  return { endpoint, agent, onFailure };
}

/** Finds where to forward a request, or the page that answers it. */
function findTarget(
  { url = '', headers: { host = '' }, headersDistinct, socket }: IncomingMessage,
  { routes, synced, agent }: Options,
): Target | Page {
  // The target `http://other/` would name a second host.
  if (!url.startsWith('/') || headersDistinct['host']?.length !== 1) return BAD_REQUEST;
  const [path = ''] = url.split('?', 1);
  const route = routes.find(host, path);
  if (!route) return synced() ? notFound(host, path, routes.hosts(), socket.localPort) : STARTING;
  const endpoint = routes.endpointOf(route);
  if (!endpoint) return notReady(route);
  return agent ? { route, endpoint, agent } : simulated(route);
}

const BAD_REQUEST: Page = {
  status: 400,
  title: 'Bad request',
  text: ['A request needs exactly one Host header, and a path as its target.'],
};

const STARTING: Page = {
  status: 503,
  title: 'Starting',
  text: ['The relay is still reading the Ingresses of the cluster. This page tries again by itself.'],
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

function notFound(host: string, path: string, hosts: readonly string[], port: number | undefined): Page {
  const names = hosts.filter((name) => !name.startsWith('*'));
  return {
    status: 404,
    title: 'No machine has this address',
    text: [
      `No Ingress leads from ${host}${path} to a machine.`,
      names.length > 0 ? 'These hosts lead to machines:' : 'There is no machine with a host yet.',
    ],
    links: names.map((name) => `http://${name}:${port}/`),
  };
}

const notReady = ({ ingress: { machine }, rule }: Route): Page => ({
  status: 503,
  title: 'The machine is not ready',
  text: [
    `The machine ${machine} is not ready: its Service ${rule.service} leads to no ready pod. This page tries again by itself.`,
  ],
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});

const simulated = ({ ingress: { machine, namespace }, rule: { host } }: Route): Page => ({
  status: 200,
  title: 'A simulated machine',
  text: [
    `The pod of the machine ${machine} in the namespace ${namespace} is simulated by kwok. Nothing really runs at ${host}.`,
    'npm run dev -- --real-node runs the machine.',
  ],
});
