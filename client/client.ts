import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

export type Machine = components['schemas']['MachineStatus'];
export type MachineSpec = components['schemas']['DevMachineSpec'];
export type Manifest = components['schemas']['DevMachineManifest'];
export type Problem = components['schemas']['Problem'];
export type Phase = Machine['phase'];

export interface ClientOptions {
  /** The origin of the API, such as https://devmachines.example.com. */
  readonly baseUrl: string;
  /** The bearer token, or a function that returns the current one. Undefined: the API asks for none. */
  readonly token?: string | (() => string | undefined) | undefined;
  /** Called instead of the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Calls of the API, checked against openapi.yaml, and what the other helpers of this package need. */
export interface DevMachineClient extends Client<paths> {
  readonly baseUrl: string;
  token(): string | undefined;
  /** Fetches a path with the token. Throws a ProblemError unless the status is 2xx. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** A refusal, with the problem document that explains it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }

  /** The last part of the problem's type, such as `machine-not-found`. */
  get code(): string {
    return this.problem.type.replace('urn:devmachine:problem:', '');
  }
}

export function createDevMachineClient(options: ClientOptions): DevMachineClient {
  const { baseUrl, token: given, fetch: send = (request) => globalThis.fetch(request) } = options;
  const token = () => (typeof given === 'function' ? given() : given);
  const authorized = (input: Request): Promise<Response> => {
    const value = token();
    if (value !== undefined) input.headers.set('authorization', `Bearer ${value}`);
    return send(input);
  };
  return {
    ...createClient<paths>({ baseUrl, fetch: authorized }),
    baseUrl,
    token,
    async fetch(path, init) {
      const response = await authorized(new Request(new URL(path, baseUrl), init));
      if (!response.ok) throw new ProblemError(await problemOf(response));
      return response;
    },
  };
}

/** The data of a call of the client. Throws a ProblemError if the API has refused it. */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ProblemError(isProblem(error) ? error : unknownProblem(response));
  return data as T;
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  return isProblem(body) ? body : unknownProblem(response);
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'type' in body && 'detail' in body;

/** A proxy in front of the API answers in its own format. */
const unknownProblem = ({ status, statusText }: Response): Problem => ({
  type: 'about:blank',
  title: statusText,
  status,
  detail: `The server answered ${status} ${statusText}.`,
  instance: '',
});
