import { Index } from '../../src/kube/cache/index.ts';
import type { EndpointSlice, Ingress, Rule } from './objects.ts';
import type { Watched } from './watch.ts';

/** The path of an Ingress that a request matches. */
export interface Route {
  readonly ingress: Ingress;
  readonly rule: Rule;
}

/** The address of a pod. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Routes {
  /** `host` is the Host header of a request, `path` its path without the query. */
  find(host: string, path: string): Route | undefined;
  /** A ready endpoint of the port of the Service that the route names. */
  endpointOf(route: Route): Endpoint | undefined;
  /** The hosts that are served, in order. */
  hosts(): string[];
}

/** Routes as Kubernetes defines it for Ingresses. Call it before the watches run. */
export function createRoutes({ ingresses, services, endpointSlices }: Watched): Routes {
  const byHost = new Index<Ingress>(hostsOf);
  const byService = new Index<EndpointSlice>(({ namespace, service }) => [`${namespace}/${service}`]);
  ingresses.subscribe((delta) => byHost.apply(delta));
  endpointSlices.subscribe((delta) => byService.apply(delta));

  const routesOf = (host: string): Route[] =>
    byHost
      .get(host)
      .flatMap((ingress) => ingress.rules.map((rule) => ({ ingress, rule })))
      .filter(({ rule }) => rule.host === host)
      .sort(byPrecedence);

  return {
    find: (header, path) => {
      const host = hostOf(header);
      const routes = [...routesOf(host), ...routesOf(wildcardOf(host))];
      return routes.find(({ rule }) => matches(rule, path));
    },
    endpointOf: ({ ingress: { namespace }, rule }) => {
      const ports = services.get(namespace, rule.service)?.ports ?? [];
      const name = ports.find((one) => one.name === rule.port || one.port === rule.port)?.name;
      if (name === undefined) return undefined;
      for (const slice of byService.get(`${namespace}/${rule.service}`)) {
        const port = slice.ports.get(name);
        const [host] = slice.addresses;
        if (host !== undefined && port !== undefined) return { host, port };
      }
      return undefined;
    },
    hosts: () => [...new Set([...ingresses.values()].flatMap(hostsOf))].sort(),
  };
}

const hostsOf = ({ isOurs, rules }: Ingress): string[] =>
  isOurs ? [...new Set(rules.map(({ host }) => host))] : [];

const hostOf = (header: string): string => header.replace(/:\d*$/, '').toLowerCase();

/** The wildcard that stands for the host: it replaces exactly one label. */
const wildcardOf = (host: string): string => host.replace(/^[^.]+/, '*');

/** A path of the type Prefix matches whole elements: /a matches /a and /a/b, but not /ab. */
function matches({ path, isExact }: Rule, requested: string): boolean {
  if (isExact) return path === requested;
  const prefix = path.replace(/\/$/, '');
  return requested === prefix || requested.startsWith(`${prefix}/`);
}

/** The longest path first, of equal paths the exact one, and then the oldest Ingress. */
const byPrecedence = (one: Route, other: Route): number =>
  other.rule.path.length - one.rule.path.length ||
  Number(other.rule.isExact) - Number(one.rule.isExact) ||
  ageKey(one).localeCompare(ageKey(other));

const ageKey = ({ ingress: { createdAt, namespace, name } }: Route): string =>
  `${createdAt} ${namespace}/${name}`;
